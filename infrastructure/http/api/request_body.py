"""Reading a body that may be larger than agreed, or nonsense."""

import asyncio
import errno
import sys
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from domain.runs.units import size_text
from infrastructure.http.api.strict_json import MalformedJson, parse

PATIENCE_SECONDS = 60.0
_ROOM_IS_GONE = (errno.ENOSPC, errno.EDQUOT) if sys.platform != "win32" else (errno.ENOSPC,)


class BodyTooLarge(HTTPException):
    """More bytes than the configured limit came, announced or not."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"the body may have {size_text(limit)}")


class BodyTooSlow(HTTPException):
    """Nothing has come for too long: whoever sends nothing shall not hold us up."""

    def __init__(self) -> None:
        super().__init__(408, f"nothing of the body has come for {PATIENCE_SECONDS:g} s", {"Connection": "close"})


class LimitedRequest(Request):
    """A request whose body is counted while it is read, and whose JSON is strict."""

    def __init__(self, scope: Scope, receive: Receive, max_body_size: int) -> None:
        super().__init__(scope, self._counted(receive))
        self._max_body_size = max_body_size
        self._received = 0
        self._complete = False
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > max_body_size:
            raise BodyTooLarge(max_body_size)

    def _counted(self, receive: Receive) -> Receive:
        async def receive_counted() -> Message:
            if self._complete:
                return await receive()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlow from None
            self._complete = not message.get("more_body", False)
            if message["type"] == "http.request":
                self._received += len(message.get("body", b""))
                if self._received > self._max_body_size:
                    raise BodyTooLarge(self._max_body_size)
            return message

        return receive_counted

    async def _get_form(self, **limits: Any) -> FormData:
        """Files of a form lie in the directory for temporary files. Raises a 503 HTTPException when that is full: as an
        OSError it would be told as the client's fault.
        """
        try:
            return await super()._get_form(**limits)
        except OSError as error:
            if error.errno not in _ROOM_IS_GONE:
                raise
            raise HTTPException(503, "there is no room for the upload now", {"Retry-After": "60"}) from error

    async def json(self) -> Any:
        """The parsed body. Raises a 400 HTTPException."""
        if not hasattr(self, "_json"):
            try:
                self._json = parse(await self.body())
            except MalformedJson as error:
                raise HTTPException(400, f"the body is not valid JSON: {error}") from None
        return self._json
