"""Reading a table that a stranger wrote: each value has the type asked for, or there is a complaint."""

import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from domain.problems.entities import Complaint

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V")

_MAX_COMPLAINTS = 50
_MAX_NUMBER = 2**53
_SHOWN = 60


class TomlTable:
    """A table of the file ``file``; ``path`` is where it stands: "", "limits", "tests[3]".

    What a getter is asked for is known; ``finish`` complains of everything else.
    """

    def __init__(self, file: str, path: str, values: Mapping[str, object], complaints: list[Complaint]) -> None:
        self._file = file
        self._path = path
        self._values = values
        self._known: set[str] = set()
        self._complaints = complaints

    def text(self, key: str) -> str | None:
        """A text."""
        return self._get(key, str, "a text in quotes")

    def flag(self, key: str) -> bool | None:
        """A truth value."""
        return self._get(key, bool, "true or false")

    def whole(self, key: str) -> int | None:
        """A whole number."""
        value = self._get(key, int, "a whole number")
        return value if value is None or self._in_range(key, value) else None

    def number(self, key: str) -> float | None:
        """A finite number."""
        kind = int if isinstance(self._values.get(key), int) else float
        value = self._get(key, kind, "a number")
        return float(value) if value is not None and self._in_range(key, value) else None

    def choice(self, key: str, choices: type[E]) -> E | None:
        """One of an enum's values."""
        value = self.text(key)
        found = next((choice for choice in choices if value in (choice.value, choice.name.lower())), None)
        if value is not None and found is None:
            names = ", ".join(f'"{choice.name.lower()}"' for choice in choices)
            self.complain(key, f'must be one of {names}, not "{value[:_SHOWN]}"')
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty if there is none."""
        values = self._get(key, list, "a list of texts") or []
        if all(isinstance(value, str) for value in values):
            return tuple(values)
        self.complain(key, "must be a list of texts")
        return ()

    def table(self, key: str) -> "TomlTable":
        """A table; empty if there is none."""
        return self._inner(key, self._get(key, dict, f"a table: [{key}]") or {})

    def tables(self, key: str) -> Iterator["TomlTable"]:
        """A list of tables; empty if there is none."""
        for index, value in enumerate(self._get(key, list, f"a list of tables: [[{key}]]") or []):
            if not isinstance(value, dict):
                self.complain(f"{key}[{index}]", f"must be a table: [[{key}]]")
                return
            yield self._inner(f"{key}[{index}]", value)

    def finish(self) -> None:
        """Complain of the keys that nobody has asked for."""
        for key in self._values:
            if key not in self._known:
                known = ", ".join(sorted(self._known))
                self.complain(key[:_SHOWN], f"is not known here; known are {known}")

    def complain(self, key: str, message: str) -> None:
        """Note what is wrong with a value."""
        if len(self._complaints) < _MAX_COMPLAINTS:
            where = f"{self._path}.{key}" if self._path else key
            self._complaints.append(Complaint(f"{where} {message}", self._file))

    def _inner(self, path: str, values: Mapping[str, object]) -> "TomlTable":
        return TomlTable(self._file, f"{self._path}.{path}" if self._path else path, values, self._complaints)

    def _get(self, key: str, kind: type[V], description: str) -> V | None:
        """The value, if it is of the kind; a truth value is no number."""
        self._known.add(key)
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.complain(key, f"must be {description}")
            return None
        return value

    def _in_range(self, key: str, value: float) -> bool:
        good = math.isfinite(value) and -_MAX_NUMBER <= value <= _MAX_NUMBER
        if not good:
            self.complain(key, "must be a finite number of ordinary size")
        return good
