"""The verdict of a submission that talked to an interactor: one pure function of both ends.

The rule, from the top:

======================  ================================  ==========================================================
the interactor          the program                       verdict
======================  ================================  ==========================================================
says AC or PA           ended well, or of a broken pipe   the interactor's
says AC or PA           anything else                     the program's (TLE, MLE, OLE, RTE)
says WA or PE           ended well, or of a broken pipe   the interactor's
says WA or PE           failed, clearly after it          the interactor's: it goes astray without a peer
says WA or PE           failed, clearly before it         the program's
says WA or PE           failed at about the same time     the program's for a limit, else the interactor's
broke its contract      failed clearly before it          the program's
broke its contract      limit at about the same time      the program's
died of a broken pipe   ended well                        WA: it left before the interactor had judged
broke its contract      anything else                     none: a judge error
======================  ================================  ==========================================================

"Clearly" is ``first_end``'s. The sandbox keeps a failed program's pipes open for longer than that tolerance
(``Sandbox.converse``, lingering): an interactor that ended at about the same time has not yet seen the program's end,
so that it has judged by itself, and the program's failure follows from that, or from nothing.

Sources: problemtools, ``verifyproblem`` and ``interactive.cc`` (WA stands where the validator was first, then TLE, then
RTE, then the validator; there a validator that fails is JE whoever was first, and a broken pipe after AC is RTE, by
chance of timing); DMOJ, ``graders/bridged.py``, and CMS, ``Communication.py`` (the program's failure goes first).
"""

from domain.runs.first_end import End, first_to_end, hung_up
from domain.submissions.entities import CheckResult
from domain.submissions.verdicts import Judgement, judge_check
from domain.verdicts import Verdict

_PROGRAM, _INTERACTOR = 0, 1
_GOOD = (Verdict.AC, Verdict.PA)
_LEFT = Judgement(Verdict.WA, "wrong answer; the program ended, or stopped reading, before the interactor had judged")


def judge_conversation(
    program: End, own: Judgement | None, interactor: End, said: CheckResult | None
) -> Judgement | None:
    """``own`` is ``judge_execution`` of the program's end, ``said`` what the interactor's end means (None: it broke its
    contract). None: nobody but the interactor is to blame, a judge error.
    """
    lost_its_peer = hung_up(program.execution)
    failed = None if lost_its_peer else own
    caused = failed is not None and _is_cause(program, failed, interactor)
    if said is None:
        if failed is not None and caused:
            return failed
        if not hung_up(interactor.execution) or lost_its_peer:
            return None
        return failed or _LEFT
    if failed is None or (said.verdict not in _GOOD and not caused):
        return judge_check(said)
    return failed


def _is_cause(program: End, failed: Judgement, interactor: End) -> bool:
    """Whether the program failed by itself, and not for want of the interactor."""
    first = first_to_end((program, interactor))
    return failed.verdict is not Verdict.RTE if first is None else first == _PROGRAM
