"""What names of solutions tell of their verdicts, where a format has no place to say it."""

import re

from domain.problems.material import Expectation
from domain.verdicts import Verdict

_RIGHT = frozenset({Verdict.AC})
_WORDS: tuple[tuple[str, frozenset[Verdict]], ...] = (
    (r"ac|accepted|correct|full|100", _RIGHT),
    (r"wa|wrong|wrong_?answer|incorrect", frozenset({Verdict.WA, Verdict.PE, Verdict.PA})),
    (r"tle|slow|time_?limit|time_?limit_?exceeded|timeout", frozenset({Verdict.TLE})),
    (r"mle|memory_?limit|memory_?limit_?exceeded", frozenset({Verdict.MLE, Verdict.RTE})),
    (r"rte|runtime_?error|run_?time_?error", frozenset({Verdict.RTE, Verdict.MLE})),
)
_MAIN = re.compile(
    r"(solution|soluzione|sol|model|main|reference|std|official)([-_](c|cpp|cc|pas|java|py|python))?", re.IGNORECASE
)


def is_main(stem: str) -> bool:
    """Whether a file so named is the author's own solution."""
    return _MAIN.fullmatch(stem) is not None


def hinted(folder: str, stem: str) -> tuple[Expectation, ...]:
    """Of a file ``stem`` in ``folder``, both without path and ending; empty: the names tell nothing."""
    if is_main(stem):
        return (Expectation(verdicts=_RIGHT),)
    for words, verdicts in _WORDS:
        in_name = rf"(?:^|[-_.])(?:{words})(?:[-_.]?\d*$|[-_.])"
        if re.fullmatch(words, folder, re.IGNORECASE) or re.search(in_name, stem, re.IGNORECASE):
            return (Expectation(verdicts=verdicts),)
    return ()
