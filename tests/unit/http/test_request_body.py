import asyncio

import pytest
from starlette.types import Message

from infrastructure.http.api import request_body
from infrastructure.http.api.request_body import BodyTooLarge, BodyTooSlow, LimitedRequest


def request(*parts: bytes, length: str | None = None) -> LimitedRequest:
    """One that comes in parts, the last of them followed by silence when it is empty."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        message = messages.pop(0)
        message["more_body"] = bool(message["body"])
        return message

    headers = [] if length is None else [(b"content-length", length.encode())]
    return LimitedRequest({"type": "http", "method": "POST", "headers": headers}, receive, 10)


async def test_a_body_is_counted_as_it_comes() -> None:
    assert await request(b"12345", b"67890", b"").body() == b"1234567890"
    with pytest.raises(BodyTooLarge):
        await request(b"12345", b"67890", b"1", b"").body()


@pytest.mark.parametrize("length", ["11", "9" * 30])
def test_an_announced_body_is_refused_unread(length: str) -> None:
    with pytest.raises(BodyTooLarge):
        request(length=length)


@pytest.mark.parametrize("length", ["10", "-1", "x", ""])
async def test_what_is_announced_is_not_believed(length: str) -> None:
    assert await request(b"1", b"", length=length).body() == b"1"


async def test_silence_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(BodyTooSlow):
        await request(b"1").body()
