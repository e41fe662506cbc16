"""Who calls: the API key of a request."""

from typing import Annotated

from fastapi import Depends, Request

from application.access.usecases import AuthenticateKey
from domain.access.entities import ApiKey
from domain.exceptions import Unauthenticated


async def authenticate(request: Request) -> None:
    """Note the request's key in its state; the route class does it before anything is read. Raises Unauthenticated."""
    use_case = await request.state.dishka_container.get(AuthenticateKey)
    request.state.key = await use_case(secret_of(request))


def secret_of(request: Request) -> str:
    """What the request brings as its key. Raises Unauthenticated."""
    headers = request.headers.getlist("authorization")
    if len(headers) != 1:
        raise Unauthenticated
    scheme, _, secret = headers[0].partition(" ")
    if scheme.lower() != "bearer" or not secret or secret != secret.strip():
        raise Unauthenticated
    return secret


async def _caller(request: Request) -> ApiKey:
    # async, since FastAPI runs plain functions in threads
    key: ApiKey = request.state.key
    return key


Caller = Annotated[ApiKey, Depends(_caller)]
"""The authenticated key."""
