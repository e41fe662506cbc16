"""``If-Match``: the revision that a change was made from."""

import re
from typing import Annotated

from fastapi import Header

from domain.exceptions import Invalid

IfMatch = Annotated[
    str | None,
    Header(
        max_length=50,
        description="the revision that the change was made from, as the `ETag` of a GET has it; "
        "another one in force is answered with 412",
        examples=['"3"'],
    ),
]

_FORM = re.compile(r'"?(\d{1,9})"?')


def revision_of(if_match: str | None) -> int | None:
    """The revision's number. Raises Invalid."""
    if if_match is None:
        return None
    found = _FORM.fullmatch(if_match.strip())
    if found is None:
        raise Invalid.field("if-match", 'must be the number of one revision, like "3"')
    return int(found[1])


def etag(revision: int) -> str:
    """What a GET says and ``If-Match`` repeats."""
    return f'"{revision}"'
