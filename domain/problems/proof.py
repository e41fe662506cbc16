"""What an imported package has shown of itself: every reference submission with its verdict, and the time limit."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.languages.entities import LanguageId
from domain.problems.entities import Complaint
from domain.problems.material import Expectation, TimeRule
from domain.problems.path_patterns import matches_path
from domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a proof stands. ``step``: "generate", "validate" or "judge"; ``done`` of ``total``, in tests or
    submissions; ``detail`` names the one that was done last.
    """

    step: str
    done: int
    total: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceOutcome:
    """What one reference submission did, as far as expectations look at it. ``tests``: (name, group, verdict); those
    that were not run (SK) are no matter; ``groups``: scores by group.
    """

    verdict: Verdict
    score: float
    tests: Sequence[tuple[str, str | None, Verdict]]
    groups: Sequence[tuple[str, float]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceProof:
    """One reference submission. ``expected`` is for people. ``ok``: it did what its author expects. ``too_close``: at
    the time limit it is too slow, with the safety margin it is not, or the other way round. ``cpu_time`` is that of
    the slowest test.
    """

    path: str
    language: LanguageId | None
    expected: tuple[str, ...]
    verdict: Verdict
    score: float
    cpu_time: timedelta | None
    ok: bool
    too_close: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A reference submission that was not judged, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """``limit`` is in force; ``proposed`` follows from the slowest accepted one. ``fastest_slow``: the least time of
    one that must be too slow.
    """

    limit: timedelta
    proposed: timedelta | None
    slowest_accepted: timedelta | None
    fastest_slow: timedelta | None

    @property
    def margin(self) -> float | None:
        """How many times the slowest accepted one fits into the limit; None: there is none."""
        return None if not self.slowest_accepted else self.limit / self.slowest_accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``accepted``: there are no complaints. ``machine``: where the times were measured, for people."""

    complaints: tuple[Complaint, ...]
    warnings: tuple[Complaint, ...]
    references: tuple[ReferenceProof, ...]
    skipped: tuple[Skipped, ...]
    times: TimeLimits
    machine: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the revision may be put in force."""
        return not self.complaints


def limit_from(rule: TimeRule, slowest: timedelta | None) -> timedelta:
    """The time limit of a package that states none."""
    wanted = max(rule.least, rule.multiplier * (slowest or timedelta()))
    return rule.resolution * math.ceil(wanted / rule.resolution - 1e-9)


def unmet(expectations: Iterable[Expectation], outcome: ReferenceOutcome) -> str | None:
    """Why an outcome is not as expected, for people; None: it is."""
    return next((reason for e in expectations if (reason := _unmet(e, outcome))), None)


def _unmet(expectation: Expectation, outcome: ReferenceOutcome) -> str | None:
    group = expectation.group
    where = f" in {group}" if group else ""
    tests = [test for test in outcome.tests if is_within(group, test)]
    if group is not None and not tests:  # a pattern that names nothing asks for nothing
        return None
    if expectation.verdicts is not None and outcome.verdict not in expectation.verdicts:
        return f"expected {_names(expectation.verdicts)}, got {outcome.verdict}"
    if expectation.every is not None:
        if outcome.verdict is Verdict.CE and Verdict.CE not in expectation.every:
            return f"expected {_names(expectation.every)} for every test{where}, got {outcome.verdict}"
        for name, _, verdict in tests:
            if verdict is not Verdict.SK and verdict not in expectation.every:
                return f"expected {_names(expectation.every)} for every test{where}, but test {name} is {verdict}"
    if expectation.some is not None and not any(verdict in expectation.some for _, _, verdict in tests):
        return f"expected {_names(expectation.some)} for some test{where}, but there is none"
    return _score_unmet(expectation, outcome, where)


def _score_unmet(expectation: Expectation, outcome: ReferenceOutcome, where: str) -> str | None:
    if expectation.score is None:
        return None
    least, most = expectation.score
    score = outcome.score if expectation.group is None else dict(outcome.groups).get(expectation.group, 0.0)
    too_low = least is not None and score < least - 1e-6 * max(1.0, abs(least))
    too_high = most is not None and score > most + 1e-6 * max(1.0, abs(most))
    if not (too_low or too_high):
        return None
    wanted = f"{least:g}" if least == most and least is not None else _range(least, most)
    return f"expected a score of {wanted}{where}, got {score:g}"


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return f"{most:g} or less"
    return f"{least:g} or more" if most is None else f"{least:g} to {most:g}"


def is_within(group: str | None, test: tuple[str, str | None, Verdict]) -> bool:
    """Whether a test (name, group, verdict) is, or lies in, what a pattern names; None names all."""
    if group is None:
        return True
    name, in_group, _ = test
    return any(path is not None and matches_path(group, path) for path in (name, in_group))


def describe(expectations: Iterable[Expectation]) -> tuple[str, ...]:
    """What is expected, as verdict codes for machines: the verdicts that a submission's job may have."""
    verdicts: set[Verdict] = set()
    for e in expectations:
        if e.group is None:
            verdicts |= e.verdicts or e.some or e.every or frozenset()
    return tuple(sorted(verdicts))


def _names(verdicts: Iterable[Verdict]) -> str:
    return " or ".join(sorted(verdicts))
