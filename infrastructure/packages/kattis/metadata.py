"""``problem.yaml``, ``.timelimit`` and ``domjudge-problem.ini``: what a package says of itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from domain.problems.entities import Complaint
from infrastructure.packages.kattis.tables import read_table
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.yaml_table import YamlTable

MANIFEST, TIME_LIMIT, INI = "problem.yaml", ".timelimit", "domjudge-problem.ini"
_MAX_SIZE = 1024 * 1024
_MIB, _KIB = 1024 * 1024, 1024
_INI_LINE = re.compile(r"""^\s*([\w-]+)\s*=\s*(?:'([^']*)'|"([^"]*)"|(.*?))\s*$""")
_WITH_UNIT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(s|sec|seconds?|[kmg]i?b?)?\s*", re.IGNORECASE)
_LEGACY = ("legacy", "legacy-icpc")
_NEWER = re.compile(r"20\d\d|draft")
_KNOWN_TYPES = frozenset({"pass-fail", "scoring", "interactive", "multi-pass", "submit-answer"})
_UNREAD = (
    "uuid", "version", "credits", "author", "authors", "source", "source_url", "license", "rights_owner",
    "rights_owners",
    "keywords", "embargo_until", "contributors", "testers", "translators", "acknowledgements", "contest",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Metadata:
    """What was read, in the units of this service. ``legacy``: of the format's first version.

    ``overrides`` are settings of test groups that very old packages have in problem.yaml.
    """

    legacy: bool = True
    version: str = "legacy"
    names: dict[str, str] = field(default_factory=dict)
    types: frozenset[str] = frozenset({"pass-fail"})
    custom_validation: bool = False
    validator_flags: tuple[str, ...] = ()
    time_limit: timedelta | None = None
    time_multiplier: float = 5.0
    time_margin: float = 2.0
    time_resolution: timedelta = timedelta(seconds=1)
    memory: int = 2048 * _MIB
    output: int = 8 * _MIB
    code: int = 128 * _KIB
    compilation_time: timedelta | None = None
    compilation_memory: int | None = None
    validation_time: timedelta | None = None
    validation_memory: int | None = None
    validation_output: int | None = None
    passes: int = 1
    languages: tuple[str, ...] | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    short_name: str = ""

    @property
    def scoring(self) -> bool:
        """Whether submissions get points."""
        return "scoring" in self.types

    @property
    def interactive(self) -> bool:
        """Whether the output validator talks to the submission."""
        return "interactive" in self.types


def read_metadata(folder: PackageFolder, complaints: list[Complaint], warnings: list[Complaint]) -> Metadata:
    """Whatever of the three files is there. What cannot be parsed is a complaint."""
    metadata = Metadata()
    if MANIFEST in folder.files:
        _read_manifest(read_table(folder, MANIFEST, _MAX_SIZE, complaints, warnings), metadata)
    if TIME_LIMIT in folder.files:
        _read_time_limit(folder, metadata, warnings)
    if INI in folder.files:
        _read_ini(folder, metadata, warnings)
    return metadata


def _read_manifest(table: YamlTable, metadata: Metadata) -> None:
    version = table.text("problem_format_version") or "legacy"
    metadata.version = version
    metadata.legacy = version in _LEGACY or _NEWER.match(version) is None
    name = table.get("name")
    if name is not None and isinstance(name.value, dict):
        names = table.table("name")
        metadata.names = {language: text for language in names if (text := names.text(language))}
    elif text := table.text("name"):
        metadata.names = {"en": text}
    _read_types(table, metadata)
    _read_limits(_table(table, "limits"), metadata)
    languages = table.words("languages")
    metadata.languages = None if languages is None or "all" in languages else languages
    metadata.constants = _constants(table.table("constants"))
    grading = _table(table, "grading")
    metadata.overrides = {
        key: text
        for key in ("accept_score", "reject_score", "range", "on_reject")
        if (text := grading.text(key)) is not None
    }
    for key in ("objective", "show_test_data_groups", "custom_scoring"):
        grading.get(key)
    grading.finish()
    table.flag("allow_file_writing")
    table.get("allow_file_writing")
    for key in _UNREAD:
        table.get(key)
    table.finish()


def _read_types(table: YamlTable, metadata: Metadata) -> None:
    types = set(table.words("type") or ("pass-fail",))
    if unknown := types - _KNOWN_TYPES:
        known = ", ".join(sorted(_KNOWN_TYPES))
        table.warn("type", f"is {min(unknown)[:40]!r}, which was ignored; known are {known}")
    validation = table.words("validation") or ("default",)
    metadata.custom_validation = validation[0] == "custom"
    if "interactive" in validation:
        types.add("interactive")
    if "multi-pass" in validation or "multipass" in validation:
        types.add("multi-pass")
    metadata.validator_flags = table.words("validator_flags") or ()
    metadata.types = frozenset(types & _KNOWN_TYPES)


def _read_limits(table: YamlTable, metadata: Metadata) -> None:
    if not metadata.legacy:
        metadata.time_multiplier, metadata.time_margin = 2.0, 1.5
    found = table.get("time_multiplier")
    is_table = found is not None and isinstance(found.value, dict)  # as drafts of the format had it
    multipliers = table.table("time_multiplier" if is_table else "time_multipliers")
    metadata.time_multiplier = (
        (None if is_table else table.number("time_multiplier"))
        or multipliers.number("ac_to_time_limit")
        or metadata.time_multiplier
    )
    metadata.time_margin = (
        table.number("time_safety_margin") or multipliers.number("time_limit_to_tle") or metadata.time_margin
    )
    metadata.time_limit = _seconds(table, "time_limit")
    metadata.time_resolution = _seconds(table, "time_resolution") or metadata.time_resolution
    metadata.memory = _size(table, "memory", _MIB) or metadata.memory
    metadata.output = _size(table, "output", _MIB) or metadata.output
    metadata.code = _size(table, "code", _KIB) or metadata.code
    metadata.compilation_time = _seconds(table, "compilation_time")
    metadata.compilation_memory = _size(table, "compilation_memory", _MIB)
    metadata.validation_time = _seconds(table, "validation_time")
    metadata.validation_memory = _size(table, "validation_memory", _MIB)
    metadata.validation_output = _size(table, "validation_output", _MIB)
    passes = table.whole("validation_passes")
    if "multi-pass" in metadata.types:
        metadata.passes = 2 if passes is None else max(1, min(passes, 1000))
    multipliers.finish()
    table.finish()


def _table(table: YamlTable, key: str) -> YamlTable:
    """A mapping; anything else in its place means nothing."""
    found = table.get(key)
    if found is not None and not isinstance(found.value, dict):
        table.warn(key, "should be a mapping (keys with values, indented below it), and was ignored")
        return YamlTable(table.file, {}, [], [])
    return table.table(key)


def _number(table: YamlTable, key: str) -> float | None:
    """A number, also with its unit behind it: "2 s", "512 MB", "1 GiB"."""
    found = table.get(key)
    if found is not None and isinstance(found.value, str):
        match = _WITH_UNIT.fullmatch(found.value)
        if match is None:
            table.warn(key, f"is not a number, but {found.value[:40]!r}: it was ignored")
            return None
        return float(match[1]) * (1024 if (match[2] or "").lower().startswith("g") else 1)
    return table.number(key)


def _seconds(table: YamlTable, key: str) -> timedelta | None:
    value = _number(table, key)
    if value is not None and not 0 < value <= 1_000_000:
        table.warn(key, "must be a number of seconds above 0: it was ignored")
        return None
    return None if value is None else timedelta(seconds=value)


def _size(table: YamlTable, key: str, unit: int) -> int | None:
    value = _number(table, key)
    if value is not None and value <= 0:
        table.warn(key, "must be above 0: it was ignored")
        return None
    return None if value is None else int(value * unit)


def _read_time_limit(folder: PackageFolder, metadata: Metadata, warnings: list[Complaint]) -> None:
    text = folder.any_text(TIME_LIMIT, _KIB).strip()
    limit = _as_seconds(text)
    if limit is None:
        warnings.append(Complaint(f"is not a number of seconds: {text[:40]!r}", folder.prefix + TIME_LIMIT))
    else:
        metadata.time_limit = metadata.time_limit or limit


def _read_ini(folder: PackageFolder, metadata: Metadata, warnings: list[Complaint]) -> None:
    for number, line in enumerate(folder.any_text(INI, _MAX_SIZE).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(("#", ";", "[")):
            continue
        found = _INI_LINE.match(line)
        if found is None:
            warnings.append(Complaint("is not 'key = value'", folder.prefix + INI, number))
            continue
        key, value = found[1].lower(), next(v for v in (found[2], found[3], found[4]) if v is not None)
        if key == "timelimit":
            metadata.time_limit = _as_seconds(value) or metadata.time_limit
        elif key == "name" and value:
            metadata.names.setdefault("en", value)
        elif key in ("short-name", "externalid", "probid") and value:
            metadata.short_name = metadata.short_name or value
        elif key in ("memlimit", "outputlimit") and value.isdigit():
            setattr(metadata, "memory" if key == "memlimit" else "output", int(value) * _KIB)


def _as_seconds(text: str) -> timedelta | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return timedelta(seconds=value) if 0 < value <= 1_000_000 else None


def _constants(table: YamlTable) -> dict[str, str]:
    """2025-09: ``{{NAME}}``, and ``{{NAME.FORM}}`` where a constant has several spellings."""
    found: dict[str, str] = {}
    for name in table:
        value = table.get(name)
        if value is None or not isinstance(value.value, dict):
            found[name] = table.text(name) or ""
            continue
        forms = table.table(name)
        found |= {name if form == "value" else f"{name}.{form}": forms.text(form) or "" for form in forms}
    return found
