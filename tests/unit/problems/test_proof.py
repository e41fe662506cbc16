"""What reference submissions are held to."""

from datetime import timedelta

import pytest

from domain.problems.material import Expectation, TimeRule
from domain.problems.proof import ReferenceOutcome, describe, limit_from, unmet
from domain.verdicts import Verdict

AC, WA, TLE, RTE = Verdict.AC, Verdict.WA, Verdict.TLE, Verdict.RTE


def outcome(*verdicts: Verdict, score: float = 0.0, verdict: Verdict | None = None) -> ReferenceOutcome:
    tests = [(f"secret/{n}", "secret", v) for n, v in enumerate(verdicts, 1)]
    first = next((v for v in verdicts if v is not AC), AC)
    return ReferenceOutcome(verdict=verdict or first, score=score, tests=tests, groups=[("secret", score)])


@pytest.mark.parametrize(
    ("expectation", "result", "reason"),
    [
        (Expectation(verdicts=frozenset({AC})), outcome(AC), None),
        (Expectation(verdicts=frozenset({WA})), outcome(AC), "expected WA, got AC"),
        (Expectation(some=frozenset({TLE})), outcome(WA, TLE), None),
        (Expectation(some=frozenset({TLE})), outcome(WA, AC), "expected TLE for some test, but there is none"),
        (
            Expectation(every=frozenset({AC, WA}), some=frozenset({WA})), outcome(WA, RTE),
            "expected AC or WA for every test, but test secret/2 is RTE",
        ),
        (Expectation(score=(40.0, 40.0)), outcome(AC, score=40.0), None),
        (Expectation(score=(40.0, 40.0)), outcome(AC, score=41.0), "expected a score of 40, got 41"),
        (Expectation(score=(None, 50.0)), outcome(AC, score=41.0), None),
        (Expectation(group="secret", score=(1.0, 2.0)), outcome(AC, score=3.0),
         "expected a score of 1 to 2 in secret, got 3"),
        (Expectation(group="secret/9*", some=frozenset({AC})), outcome(WA), None),
        (Expectation(group="secret/1", every=frozenset({AC})), outcome(AC, WA), None),
        (Expectation(group="secret/2", every=frozenset({AC})), outcome(AC, WA),
         "expected AC for every test in secret/2, but test secret/2 is WA"),
    ],
)  # fmt: skip
def test_expectations(expectation: Expectation, result: ReferenceOutcome, reason: str | None) -> None:
    assert unmet([expectation], result) == reason


def test_all_of_several_must_hold() -> None:
    expectations = [Expectation(verdicts=frozenset({AC})), Expectation(score=(10.0, None))]
    assert unmet(expectations, outcome(AC, score=10.0)) is None
    assert unmet(expectations, outcome(AC, score=9.0)) == "expected a score of 10 or more, got 9"


def test_time_limits_follow_from_the_slowest() -> None:
    assert limit_from(TimeRule(), None) == timedelta(seconds=1)
    assert limit_from(TimeRule(), timedelta(seconds=0.41)) == timedelta(seconds=3)
    assert limit_from(TimeRule(), timedelta(seconds=0.4)) == timedelta(seconds=2)
    rule = TimeRule(multiplier=2.0, resolution=timedelta(seconds=0.1), least=timedelta(seconds=0.1))
    assert limit_from(rule, timedelta(seconds=0.33)) == timedelta(seconds=0.7)


def test_what_machines_are_told() -> None:
    assert describe([Expectation(every=frozenset({AC, WA}), some=frozenset({WA}))]) == ("WA",)
    assert describe([]) == ()
