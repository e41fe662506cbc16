"""Who may see which submission, and what of it."""

from dataclasses import replace

from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.submissions.dtos import SubmissionFilter
from domain.submissions.entities import SubmissionView, TestResult
from domain.submissions.rejudge import Rejudge
from domain.verdicts import Verdict


def may_see(key: ApiKey, view: SubmissionView) -> bool:
    """``submit`` sees its own; ``author`` also those to its problems; ``admin`` all."""
    return view.submission.key_id == key.id or is_author(key, view)


def restrict(key: ApiKey, filter_: SubmissionFilter) -> SubmissionFilter:
    """The same rule for lists."""
    if key.allows(Scope.ADMIN):
        return filter_
    return replace(filter_, visible_to=key.id, or_problems_of=key.id if key.allows(Scope.AUTHOR) else None)


def shown(key: ApiKey, view: SubmissionView) -> SubmissionView:
    """The view as ``key`` may see it: output and checker comments only of samples and of the submission's own tests,
    unless the key is the problem's author's. A comment that may be seen becomes part of the sentence.
    """
    everything = view.problem is None or is_author(key, view)
    tests = tuple(_commented(t) if everything or t.sample else _hidden(t) for t in view.tests)
    view = replace(view, tests=tests)
    first = next((t for t in tests if t.verdict not in (Verdict.AC, Verdict.SK)), None)
    result = view.job.result
    if first is None or not first.comment or result is None or result.verdict is Verdict.JE:
        return view
    return replace(view, job=replace(view.job, result=replace(result, message=f"test {first.name}: {first.message}")))


def is_author(key: ApiKey, view: SubmissionView) -> bool:
    """Whether the problem is the key's, or the key an admin's."""
    return key.allows(Scope.ADMIN) or (key.allows(Scope.AUTHOR) and view.problem_owner == key.id)


def may_see_rejudge(key: ApiKey, rejudge: Rejudge) -> bool:
    """Whoever asked for it, and admins."""
    return rejudge.key_id == key.id or key.allows(Scope.ADMIN)


def _commented(test: TestResult) -> TestResult:
    if not test.comment:
        return test
    comment = test.comment.decode(errors="replace")
    return replace(test, message=f"{test.message}: {comment}" if test.message else comment)


def _hidden(test: TestResult) -> TestResult:
    return replace(test, stdout=None, stderr=None, comment=None)
