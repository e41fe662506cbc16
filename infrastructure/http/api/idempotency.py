"""The ``Idempotency-Key`` header of every POST: what is sent twice takes effect once."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping

from fastapi import Request, Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from application.access.secrets import mask_secrets
from application.idempotency.replies import Reply
from application.idempotency.reply_keeper import ReplyKeeper
from application.idempotency.usecases import AnswerOnce
from domain.exceptions import Invalid
from infrastructure.http.api.caller import secret_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
MAX_LENGTH = 255
CHUNK_SIZE = 1024 * 1024
JSON = "application/json"
WAIT = "wait"
NOT_KEPT = frozenset({"content-length", "content-type"})

PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": (
        "Any text of your own for this request, 1 to 255 printable ASCII characters. The same request sent again with "
        f"it within 24 h does nothing and gets the first one's answer, marked `{REPLAYED}: true`; another request with "
        "it gets 409, and so does one that comes while the first is in work. Refusals are not kept."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
}
"""For the documentation of every POST."""


def reply(status: int, model: BaseModel, headers: Mapping[str, str] | None = None) -> Reply:
    """What is kept of an answer."""
    return Reply(status, headers or {}, model.model_dump_json(by_alias=True).encode())


async def answer_once(request: Request, handle: Callable[[Request], Awaitable[Response]]) -> Response:
    """The handler's answer, or an earlier one's. Raises Invalid, IdempotencyKeyReused, IdempotencyKeyInUse."""
    name = _name(request)
    container = request.state.dishka_container
    use_case = await container.get(AnswerOnce)
    keeper = await container.get(ReplyKeeper)
    refusal: Response | None = None

    async def work() -> Reply | None:
        nonlocal refusal
        response = await handle(request)
        if response.status_code >= 400:
            refusal = response
            return None
        return _same_or_new(response, keeper.kept)

    try:
        fingerprint = await _fingerprint(request)
        answer, replayed = await use_case(request.state.key, secret_of(request), name, fingerprint, work)
    finally:
        await request.close()
    if answer is None:
        assert refusal is not None  # work has seen to it
        return refusal
    response = Response(answer.body, answer.status, dict(answer.headers), JSON if answer.body else None)
    if replayed:
        response.headers[REPLAYED] = "true"
    return response


def _name(request: Request) -> str:
    values = request.headers.getlist(HEADER)
    name = values[0] if len(values) == 1 else ""
    if len(name) > 1 and name[0] == name[-1] == '"':  # a string of a structured field, as the draft of the RFC has it
        name = name[1:-1]
    if not 1 <= len(name) <= MAX_LENGTH or not name.isascii() or not name.isprintable():
        raise Invalid.field(HEADER, f"must be sent once and have 1 to {MAX_LENGTH} printable ASCII characters")
    if mask_secrets(name) != name:  # it is stored as it is sent
        raise Invalid.field(HEADER, "must not hold an API key: take a random UUID")
    return name


async def _fingerprint(request: Request) -> bytes:
    """Of method, path, query and body. ``?wait=`` is no part of it: it only says how long to hold the answer back."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}\0".encode())
    asked = sorted(item for item in request.query_params.multi_items() if item[0] != WAIT)
    if asked:
        digest.update(repr(asked).encode())
    if request.headers.get("content-type", "").startswith("multipart/"):
        for name, value in (await request.form()).multi_items():
            if isinstance(value, UploadFile):
                digest.update(repr((name, value.filename, value.size)).encode())
                while chunk := await value.read(CHUNK_SIZE):
                    digest.update(chunk)
                await value.seek(0)
            else:
                digest.update(repr((name, value)).encode())
    else:
        digest.update(await request.body())
    return digest.digest()


def _same_or_new(response: Response, kept: Reply | None) -> Reply:
    """What was kept, if the response says the same: then first and later answers are equal to the byte."""
    body = bytes(response.body)
    if kept is not None and kept.status == response.status_code and _says_the_same(body, kept.body):
        return kept
    headers = {name: value for name, value in response.headers.items() if name not in NOT_KEPT}
    return Reply(response.status_code, headers, body)


def _says_the_same(one: bytes, other: bytes) -> bool:
    return one == other or (bool(one and other) and bool(json.loads(one) == json.loads(other)))
