"""Files of strangers' packages over HTTP: nothing of theirs may run in this service's origin."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Header, Response
from fastapi.responses import StreamingResponse

from application.problems.stored_file import StoredFile

CONTENT_SECURITY_POLICY = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
UNKNOWN = "application/octet-stream"
FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"

FORMATS: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "markdown": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "latex": "application/x-tex",
}
"""Media types of statements."""

_PLAIN = "text/plain; charset=utf-8"
ENDINGS: Mapping[str, str] = {
    "html": FORMATS["html"], "htm": FORMATS["html"], "md": FORMATS["markdown"], "pdf": FORMATS["pdf"],
    "tex": FORMATS["latex"], "css": "text/css; charset=utf-8", "csv": "text/csv; charset=utf-8",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "svg": "image/svg+xml", "eps": "application/postscript", "zip": "application/zip", "gz": "application/gzip",
    "json": "application/json",
    **dict.fromkeys(("txt", "in", "out", "ans", "c", "h", "cpp", "hpp", "cc", "py", "java", "kt", "rs", "go"), _PLAIN),
}  # fmt: skip
"""Every other file is a row of bytes."""

IfNoneMatch = Annotated[
    str | None, Header(max_length=2000, description="`ETag`s that the client has: then 304, without the file")
]


def media_type(name: str, form: str = "") -> str:
    """Of a file by its ending; of a statement's text by its format."""
    stem, _, ending = name.rpartition(".")
    return FORMATS.get(form) or ENDINGS.get(ending.lower() if stem else "", UNKNOWN)


def disposition(name: str, *, attached: bool) -> str:
    """``Content-Disposition`` (RFC 6266): the last part of the name, in ASCII, and as it is where that differs."""
    last = name.rpartition("/")[2] or "file"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in last)
    kind = "attachment" if attached else "inline"
    extended = "" if plain == last else f"; filename*=UTF-8''{quote(last, safe='', errors='replace')}"
    return f'{kind}; filename="{plain}"{extended}'


async def served(
    file: StoredFile,
    if_none_match: str | None,
    *,
    immutable: bool,
    attached: bool = False,
    vary: str = "Authorization",
    location: str | None = None,
) -> Response:
    """The file in parts, or 304. ``immutable``: its address names the revision. ``location``: where it stands alone."""
    kind = media_type(file.name, file.format)
    tag = f'"{file.ref.digest.hex()}"'
    headers = {
        "ETag": tag,
        "Cache-Control": FOREVER if immutable else ASK_AGAIN,
        "Vary": vary,
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    if location is not None:
        headers["Content-Location"] = location
    if _known(tag, if_none_match):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = disposition(file.name, attached=attached or kind == UNKNOWN)
    headers["Content-Length"] = str(file.ref.size)
    headers["Content-Type"] = kind  # not as media_type, to which a charset may be added
    return StreamingResponse(await file.open(), headers=headers)


def _known(tag: str, if_none_match: str | None) -> bool:
    """Compared weakly (RFC 9110, 13.1.2)."""
    tags = [] if if_none_match is None else [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return tag in tags or tags == ["*"]


FILE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file. Its `ETag` is the SHA-256 of its bytes.",
        "headers": {
            "ETag": {"schema": {"type": "string"}},
            "Cache-Control": {"schema": {"type": "string"}},
            "Content-Disposition": {"schema": {"type": "string"}},
        },
        "content": {UNKNOWN: {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "The client has it: `If-None-Match` names its `ETag`."},
}
