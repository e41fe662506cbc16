"""A client that costs little: keep-alive connections with ready-made requests, so that the server is what is
measured.
"""

import asyncio
import json
import time
from urllib.parse import urlsplit

from benchmarks.service import Service


def request(service: Service, method: str, path: str, body: object = None) -> bytes:
    """A ready-made HTTP/1.1 request."""
    data = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} /api/v1{path} HTTP/1.1\r\nHost: proba\r\nAuthorization: Bearer {service.key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


async def post_many(
    service: Service, raw: bytes, count: int, connections: int, times: list[float] | None = None
) -> list[int]:
    """Send ``raw`` ``count`` times over ``connections``; the statuses, and in ``times`` the seconds of each."""
    parts = urlsplit(service.url)
    statuses: list[int] = []

    async def send(own: int) -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for _ in range(own):
            began = time.perf_counter()
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await reader.readexactly(length)
            statuses.append(int(head[9:12]))
            if times is not None:
                times.append(time.perf_counter() - began)
        writer.close()

    async with asyncio.TaskGroup() as group:
        for index in range(connections):
            group.create_task(send(count // connections + (index < count % connections)))
    return statuses
