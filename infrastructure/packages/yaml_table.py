"""Reading YAML that a stranger wrote: bounded, with the line of every value, forgiving of what it does not know."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint

_Loader: "type[yaml.SafeLoader | yaml.CSafeLoader]" = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast where PyYAML has been built with libyaml, as its wheels are."""
_MAX_NODES = 200_000
_MAX_DEPTH = 40
_MAX_NUMBER = 2**53
_SHOWN = 60

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class YamlValue:
    """``value`` is a scalar, a list of YamlValue, or a dictionary of them by text; ``line`` counts from 1."""

    value: "Scalar | list[YamlValue] | dict[str, YamlValue]"
    line: int


class YamlTable:
    """A mapping of the file ``file``. Each getter gives a value of its type, or None with a complaint.

    ``complaints`` reject the package, ``warnings`` do not. What is unknown is only warned about (``finish``): real
    packages carry the keys of other judges.
    """

    def __init__(
        self,
        file: str,
        values: "Mapping[str, YamlValue]",
        complaints: list[Complaint],
        warnings: list[Complaint],
        path: str = "",
    ) -> None:
        self.file = file
        self._path = path
        self._values = values
        self._complaints = complaints
        self._warnings = warnings
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """Its keys, in the order of the file."""
        return iter(self._values)

    def text(self, key: str) -> str | None:
        """A text; numbers and truth values are taken as they are spelled by Python."""
        value = self._scalar(key, "a text")
        return None if value is None else str(value)

    def whole(self, key: str) -> int | None:
        """A whole number, also one that is written as text or as a fraction without remainder."""
        number = self.number(key)
        if number is not None and not number.is_integer():
            self.complain(key, "must be a whole number")
            return None
        return None if number is None else int(number)

    def number(self, key: str) -> float | None:
        """A finite number, also one that is written as text."""
        value = self._scalar(key, "a number")
        if value is None:
            return None
        try:
            number = float("nan" if isinstance(value, bool) else value)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and abs(number) <= _MAX_NUMBER):
            self.complain(key, f"must be a number, not {str(value)[:_SHOWN]!r}")
            return None
        return number

    def flag(self, key: str) -> bool | None:
        """A truth value."""
        value = self._scalar(key, "true or false")
        if value is None or isinstance(value, bool):
            return value
        if value in (0, 1, "true", "false", "yes", "no"):
            return value in (1, "true", "yes")
        self.complain(key, "must be true or false")
        return None

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts; one text alone is a list of one."""
        found = self.get(key)
        if found is None:
            return None
        items = found.value if isinstance(found.value, list) else [found]
        texts = [str(item.value) for item in items if not isinstance(item.value, list | dict)]
        if len(texts) != len(items):
            self.complain(key, "must be a list of texts")
            return None
        return tuple(texts)

    def words(self, key: str) -> tuple[str, ...] | None:
        """Texts as a list, or as one text divided by white space."""
        texts = self.texts(key)
        return None if texts is None else tuple(word for text in texts for word in text.split())

    def table(self, key: str) -> "YamlTable":
        """A mapping; empty if there is none."""
        found = self.get(key)
        if found is None:
            return self._inner(key, {})
        if not isinstance(found.value, dict):
            self.complain(key, "must be a mapping: keys with values, indented below it")
            return self._inner(key, {})
        return self._inner(key, found.value)

    def tables(self, key: str) -> "list[YamlTable]":
        """A list of mappings; empty if there is none."""
        found = self.get(key)
        if found is None:
            return []
        items = found.value if isinstance(found.value, list) else [found]
        if not all(isinstance(item.value, dict) for item in items):
            self.complain(key, "must be a list of mappings")
            return []
        return [self._inner(f"{key}[{i}]", item.value) for i, item in enumerate(items) if isinstance(item.value, dict)]

    def get(self, key: str) -> YamlValue | None:
        """Whatever stands there; None when there is nothing, or null."""
        self._known.add(key)
        found = self._values.get(key)
        return None if found is None or found.value is None else found

    def finish(self) -> None:
        """Warn of the keys that nobody has asked for."""
        for key, value in self._values.items():
            if key not in self._known:
                name = f"{self._path}.{key}" if self._path else key
                remark = f"{name[:_SHOWN]} is not known here and was ignored"
                self._warnings.append(Complaint(remark, self.file, value.line))

    def complain(self, key: str, message: str) -> None:
        """Note what is wrong with a value: the package is rejected."""
        self._complaints.append(self._remark(key, message))

    def warn(self, key: str, message: str) -> None:
        """Note what looks wrong."""
        self._warnings.append(self._remark(key, message))

    def _remark(self, key: str, message: str) -> Complaint:
        found = self._values.get(key)
        name = f"{self._path}.{key}" if self._path else key
        return Complaint(f"{name[:_SHOWN]} {message}", self.file, None if found is None else found.line)

    def _scalar(self, key: str, what: str) -> Scalar:
        found = self.get(key)
        if found is None:
            return None
        if isinstance(found.value, list | dict):
            self.complain(key, f"must be {what}")
            return None
        return found.value

    def _inner(self, key: str, values: "Mapping[str, YamlValue]") -> "YamlTable":
        path = f"{self._path}.{key}" if self._path else key
        return YamlTable(self.file, values, self._complaints, self._warnings, path)


def parse_yaml(text: str, file: str) -> YamlValue:
    """A document; one that is empty is an empty mapping. Tabs, which YAML does not take for indentation, are. Raises
    PackageRejected: also for one that unfolds without end by its aliases.
    """
    try:
        return _parsed(text, file)
    except PackageRejected:
        if "\t" not in text:
            raise
        return _parsed(text.expandtabs(4), file)


def _parsed(text: str, file: str) -> YamlValue:
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return YamlValue({}, 1)
            return _Unfolding(loader, file).value(node, 0)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = f"is not valid YAML: {error.problem or error.context}"[:200]
        raise PackageRejected(Complaint(why, file, mark.line + 1 if mark else None)) from None
    except yaml.YAMLError as error:
        raise PackageRejected(Complaint(f"is not valid YAML: {str(error).splitlines()[0][:200]}", file)) from None
    except RecursionError:
        raise PackageRejected(Complaint("is nested too deep", file)) from None


def parse_table(text: str, file: str, complaints: list[Complaint], warnings: list[Complaint]) -> YamlTable:
    """A document that is a mapping. Raises PackageRejected."""
    document = parse_yaml(text, file)
    if not isinstance(document.value, dict):
        raise PackageRejected(Complaint("must be a mapping: keys with values", file, document.line))
    return YamlTable(file, document.value, complaints, warnings)


class _Unfolding:
    def __init__(self, loader: "yaml.SafeLoader | yaml.CSafeLoader", file: str) -> None:
        self._loader = loader
        self._file = file
        self._left = _MAX_NODES

    def value(self, node: yaml.Node, depth: int) -> YamlValue:
        line = node.start_mark.line + 1
        self._left -= 1
        if self._left < 0:
            raise PackageRejected(Complaint(f"has more than {_MAX_NODES} values", self._file, line))
        if depth > _MAX_DEPTH:
            raise PackageRejected(Complaint(f"is nested more than {_MAX_DEPTH} deep", self._file, line))
        if isinstance(node, yaml.SequenceNode):
            return YamlValue([self.value(item, depth + 1) for item in node.value], line)
        if isinstance(node, yaml.MappingNode):
            return YamlValue(self._mapping(node, depth), line)
        return YamlValue(self._scalar(node, line), line)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, YamlValue]:
        self._loader.flatten_mapping(node)  # "<<"
        values: dict[str, YamlValue] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise PackageRejected(Complaint("has a key that is no text", self._file, key.start_mark.line + 1))
            values[key.value] = self.value(value, depth + 1)
        return values

    def _scalar(self, node: yaml.Node, line: int) -> Scalar:
        try:
            value = self._loader.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            raise PackageRejected(Complaint(f"has a value that is not {node.tag}", self._file, line)) from None
        return value if isinstance(value, str | int | float | bool | None) else str(node.value)
