"""``testdata.yaml`` (legacy) and ``test_group.yaml`` (2025-09): how the tests of a folder are called and added up."""

from dataclasses import dataclass, replace

from domain.problems.entities import Complaint
from domain.problems.enums import GroupScoring, GroupVerdict
from infrastructure.packages.kattis.metadata import Metadata
from infrastructure.packages.kattis.tables import read_table
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.yaml_table import YamlTable

LEGACY_FILE, NEW_FILE = "testdata.yaml", "test_group.yaml"
_MAX_SIZE = 256 * 1024
_AGGREGATIONS = {
    "sum": GroupScoring.SUM, "avg": GroupScoring.AVERAGE, "min": GroupScoring.MIN, "max": GroupScoring.MAX,
}  # fmt: skip
_ON_REJECT = {"break": True, "first_error": True, "continue": False, "worst_error": False, "grade": False}
"""Whether a group stops at its first failure; others than "break" and "continue" are those of old packages."""
_VERDICTS = {
    "worst_error": GroupVerdict.WORST, "first_error": GroupVerdict.FIRST, "always_accept": GroupVerdict.ALWAYS_ACCEPT,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSettings:
    """Of one folder; what is inherited is here already. ``unbounded``: no most points (2025-09)."""

    __test__ = False

    scoring: GroupScoring = GroupScoring.SUM
    verdict: GroupVerdict = GroupVerdict.WORST
    accept_if_any: bool = False
    ignore_sample: bool = False
    custom_grader: bool = False
    grader_flags: tuple[str, ...] = ()
    stop: bool = True
    accept_score: float = 1.0
    reject_score: float = 0.0
    least: float | None = None
    most: float | None = None
    requires: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    checker_arguments: tuple[str, ...] = ()
    validator_arguments: tuple[str, ...] = ()

    @staticmethod
    def root(metadata: Metadata) -> "TestSettings":
        """Before any file is read."""
        given = metadata.overrides
        settings = TestSettings(
            accept_score=_float(given.get("accept_score"), 1.0), reject_score=_float(given.get("reject_score"), 0.0)
        )
        if (stop := _ON_REJECT.get(given.get("on_reject", ""))) is not None:
            settings = replace(settings, stop=stop)
        return _with_range(settings, given.get("range"))


def read_settings(
    folder: PackageFolder,
    inherited: TestSettings,
    metadata: Metadata,
    complaints: list[Complaint],
    warnings: list[Complaint],
) -> TestSettings:
    """``folder`` is that of the tests. A file that cannot be parsed is a complaint."""
    file = next((name for name in (NEW_FILE, LEGACY_FILE) if name in folder.files), None)
    if file is None:
        return inherited
    table = read_table(folder, file, _MAX_SIZE, complaints, warnings)
    legacy = _read_legacy(table, inherited) if metadata.legacy or file == LEGACY_FILE else None
    settings = legacy or _read_new(table, inherited)
    table.finish()
    return settings


def _read_legacy(table: YamlTable, inherited: TestSettings) -> TestSettings:
    settings = _with_scores(table, inherited)
    on_reject, grading = table.text("on_reject"), table.text("grading")
    if on_reject in _ON_REJECT:
        settings = replace(settings, stop=_ON_REJECT[on_reject])
    elif on_reject is not None:
        table.warn("on_reject", "is neither 'break' nor 'continue', and was ignored")
    if grading is not None:
        settings = replace(settings, custom_grader=grading == "custom")
    if (words := table.words("grader_flags")) is not None:
        settings = _with_flags(settings, words)
    settings = replace(
        settings,
        validator_arguments=_flags(table, "input_validator_flags", settings.validator_arguments),
        checker_arguments=_flags(table, "output_validator_flags", settings.checker_arguments),
    )
    return with_arguments(table, settings)


def _flags(table: YamlTable, key: str, inherited: tuple[str, ...]) -> tuple[str, ...]:
    found = table.get(key)
    if found is not None and isinstance(found.value, dict):
        table.warn(key, "names flags for single validators: none of them was given any")
        return inherited
    words = table.words(key)
    return inherited if words is None else words


def _with_scores(table: YamlTable, settings: TestSettings) -> TestSettings:
    scoring = table.table("scoring")  # the 2023-07 draft
    if (text := scoring.text("aggregation")) in _AGGREGATIONS:
        settings = replace(settings, scoring=_AGGREGATIONS[text])
    for given in (scoring.number("score"), table.number("accept_score")):
        settings = settings if given is None else replace(settings, accept_score=given)
    if (number := table.number("reject_score")) is not None:
        settings = replace(settings, reject_score=number)
    words = table.words("range")
    return _with_range(settings, None if words is None else " ".join(words))


def _with_flags(settings: TestSettings, words: tuple[str, ...]) -> TestSettings:
    """Flags of the default grader; unknown ones occur in real data and mean nothing to it."""
    settings = replace(
        settings, grader_flags=words, scoring=GroupScoring.SUM, verdict=GroupVerdict.WORST, accept_if_any=False
    )
    for word in words:
        if word in _AGGREGATIONS:
            settings = replace(settings, scoring=_AGGREGATIONS[word])
        elif word in _VERDICTS:
            settings = replace(settings, verdict=_VERDICTS[word])
        elif word == "accept_if_any_accepted":
            settings = replace(settings, accept_if_any=True)
        elif word == "ignore_sample":
            settings = replace(settings, ignore_sample=True)
    return settings


def _with_range(settings: TestSettings, text: str | None) -> TestSettings:
    try:
        least, most = (float(word) for word in (text or "").split())
    except ValueError:
        return settings
    finite = least > float("-inf"), most < float("inf")
    return replace(settings, least=least if finite[0] else None, most=most if finite[1] else None)


def _read_new(table: YamlTable, inherited: TestSettings) -> TestSettings:
    settings = replace(inherited, requires=table.texts("require_pass") or ())
    aggregation = table.text("score_aggregation")
    if aggregation == "pass-fail":
        settings = replace(settings, scoring=GroupScoring.MIN, stop=True)
    elif aggregation is not None and aggregation not in ("sum", "min"):
        table.complain("score_aggregation", "must be 'pass-fail', 'sum' or 'min'")
    elif aggregation is not None:
        settings = replace(settings, scoring=_AGGREGATIONS[aggregation], stop=False)
    found = table.get("max_score")
    if found is not None:
        most = None if found.value == "unbounded" else table.number("max_score")
        settings = replace(settings, most=most)
    if table.get("static_validation_score") is not None:
        table.complain("static_validation_score", "asks for a static validator, which is not supported yet")
    settings = with_arguments(table, settings)
    for key in ("static_validator_args", "input_visualizer_args", "output_visualizer_args", "full_feedback", "hint",
                "description"):  # fmt: skip
        table.get(key)
    return settings


def with_arguments(table: YamlTable, settings: TestSettings) -> TestSettings:
    """2025-09: the arguments that a group, or a single test, gives its programs."""
    return replace(
        settings,
        arguments=_arguments(table, "args", settings.arguments),
        checker_arguments=_arguments(table, "output_validator_args", settings.checker_arguments),
        validator_arguments=_arguments(table, "input_validator_args", settings.validator_arguments),
    )


def _arguments(table: YamlTable, key: str, inherited: tuple[str, ...]) -> tuple[str, ...]:
    found = table.get(key)
    if found is not None and isinstance(found.value, dict):
        table.warn(key, "names arguments for single validators: none of them was given any")
        return inherited
    as_text = found is not None and isinstance(found.value, str)  # as drafts had it
    texts = table.words(key) if as_text else table.texts(key)
    return inherited if texts is None else texts


def _float(text: str | None, default: float) -> float:
    try:
        return default if text is None else float(text)
    except ValueError:
        return default
