"""Rules for what a client sends with a submission. Pure: every limit is passed in, every refusal names its field."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.exceptions import FieldError, Invalid, TooLarge
from domain.runs.entities import SourceFile
from domain.runs.units import size_text


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRules:
    """How many sources one submission may have, how long their names may be, and how large they may be together.

    Sizes are bytes; a name is measured in UTF-8.
    """

    max_sources: int
    max_source_size: int
    max_name_size: int = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataRules:
    """How large a client's own data may be: ``max_size`` bytes of texts and names, ``max_values`` values in all."""

    max_size: int = 16 * 1024
    max_values: int = 256
    max_depth: int = 8


def check_sources(sources: Sequence[SourceFile], rules: SourceRules) -> None:
    """Raises Invalid naming every bad file, or TooLarge."""
    if not sources:
        raise Invalid.field("/sources", "send at least one source file")
    if len(sources) > rules.max_sources:
        raise TooLarge.field("/sources", f"at most {rules.max_sources} source files may be sent, not {len(sources)}")
    errors: list[FieldError] = []
    first_with: dict[str, int] = {}
    for index, source in enumerate(sources):
        problem = file_name_problem(source.name, rules.max_name_size)
        if problem is None:
            earlier = first_with.setdefault(source.name.casefold(), index)
            if earlier != index:
                problem = f"the same name as /sources/{earlier}/name (upper and lower case are one)"
        if problem is not None:
            errors.append(FieldError(f"/sources/{index}/name", problem))
    if errors:
        raise Invalid(*errors)
    _check_sizes(sources, rules)


def _check_sizes(sources: Sequence[SourceFile], rules: SourceRules) -> None:
    total = 0
    for index, source in enumerate(sources):
        total += len(source.content)
        if total > rules.max_source_size:
            raise TooLarge.field(
                f"/sources/{index}/content",
                f"the sources may have {size_text(rules.max_source_size)} together; this file passes that",
            )


def file_name_problem(name: str, max_size: int) -> str | None:
    """What is wrong with a name that must be a single, harmless path component; None: nothing."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "must be valid Unicode text"
    complaints = {
        "must not be empty": not name,
        f"may have {max_size} bytes, not {size}": size > max_size,
        "must name a file, not a folder": name in (".", ".."),
        "must be a file name without slashes and backslashes": "/" in name or "\\" in name,
        "must not contain NUL or other control characters": any(map(_is_control, name)),
        "must not begin or end with white space": name != name.strip(),
    }
    return next((complaint for complaint, holds in complaints.items() if holds), None)


def _is_control(character: str) -> bool:
    return ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0


def check_metadata(metadata: Mapping[str, object], rules: MetadataRules) -> None:
    """Raises Invalid when it cannot be stored as it is, TooLarge when it is more than a client's notes."""
    size = values = 0
    waiting: list[tuple[str, object, int]] = [("/metadata", metadata, 1)]
    while waiting:
        pointer, value, depth = waiting.pop()
        if depth > rules.max_depth:
            raise Invalid.field(pointer, f"may be nested {rules.max_depth} deep")
        values += 1
        size += _checked_size(pointer, value)
        if values + len(waiting) > rules.max_values:
            raise TooLarge.field("/metadata", f"may hold {rules.max_values} values in all")
        if size > rules.max_size:
            raise TooLarge.field("/metadata", f"may hold {size_text(rules.max_size)} of text in all")
        waiting.extend((f"{pointer}/{_escaped(key)}", item, depth + 1) for key, item in _parts(value))


def _parts(value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, Mapping):
        return value.items()
    if isinstance(value, list | tuple):
        return ((str(index), item) for index, item in enumerate(value))
    return ()


def _checked_size(pointer: str, value: object) -> int:
    """Of the texts that it holds itself, in bytes."""
    if isinstance(value, Mapping):
        return sum(_text_size(pointer, key) for key in value)
    if isinstance(value, str):
        return _text_size(pointer, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise Invalid.field(pointer, "must be a finite number")
    if isinstance(value, int) and value.bit_length() > 64:
        raise Invalid.field(pointer, "whole numbers may have 64 bits; send larger ones as text")
    return 0


def _text_size(pointer: str, text: str) -> int:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise Invalid.field(pointer, "must be valid Unicode text") from None
    if "\0" in text:
        raise Invalid.field(pointer, "must not contain NUL")
    return size


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
