import pytest

from application.judging.checker_call import ANSWER, FEEDBACK, INPUT, OUTPUT, CheckRequest, Said
from application.judging.checker_calls import call_of
from application.judging.exceptions import SetterProgramBroken
from domain.problems.enums import CheckerProtocol
from domain.runs.entities import Execution
from domain.runs.enums import Ending, Limit
from domain.verdicts import Verdict
from tests.unit.judging.saying import execution, said

ICPC, TESTLIB, DMOJ, COCI, PEG, PYTHON, CMS = (
    CheckerProtocol.ICPC, CheckerProtocol.TESTLIB, CheckerProtocol.DMOJ, CheckerProtocol.COCI, CheckerProtocol.PEG,
    CheckerProtocol.DMOJ_PYTHON, CheckerProtocol.CMS,
)  # fmt: skip
AC, WA, PE, PA = Verdict.AC, Verdict.WA, Verdict.PE, Verdict.PA
TEN = CheckRequest(points=10.0)


@pytest.mark.parametrize(
    ("protocol", "what", "verdict", "share"),
    [
        (ICPC, said(42), AC, 1.0),
        (ICPC, said(43), WA, 0.0),
        (ICPC, said(42, score_multiplier=b" 0.25\n"), PA, 0.25),
        (ICPC, said(42, score_multiplier=b"1"), AC, 1.0),
        (ICPC, said(42, score_multiplier=b"0.0"), WA, 0.0),
        (TESTLIB, said(0, b"", b"ok fine"), AC, 1.0),
        (TESTLIB, said(1), WA, 0.0),
        (TESTLIB, said(2), PE, 0.0),
        (TESTLIB, said(4), PE, 0.0),
        (TESTLIB, said(8), PE, 0.0),
        (TESTLIB, said(16), WA, 0.0),
        (TESTLIB, said(41), PA, 0.25),
        (TESTLIB, said(116), AC, 1.0),
        (TESTLIB, said(125), PA, 0.75),
        (TESTLIB, said(150), AC, 1.0),
        (TESTLIB, said(0, b"", b"partially correct (0) nothing"), WA, 0.0),
        (TESTLIB, said(30, b"", b"partially correct (30) some"), PA, 0.3),
        (TESTLIB, said(46, b"", b"partially correct (30) some"), PA, 0.3),
        (TESTLIB, said(80, b"", b"partially correct (30) some"), PA, 0.3),
        (TESTLIB, said(3, b"", b"partially correct (3) _pc(3)"), PA, 0.03),
        (TESTLIB, said(1, b"", b"wrong answer partially correct (1) quoted"), WA, 0.0),
        (DMOJ, said(0), AC, 1.0),
        (DMOJ, said(1), WA, 0.0),
        (COCI, said(0), AC, 1.0),
        (COCI, said(1), WA, 0.0),
        (COCI, said(2), PE, 0.0),
        (COCI, said(7, b"", b"debug\npartial 3/4\n"), PA, 0.75),
        (COCI, said(7, b"", b"partial 4/4"), AC, 1.0),
        (COCI, said(7, b"", b"partial 0/4"), WA, 0.0),
        (PEG, said(0), AC, 1.0),
        (PEG, said(1), WA, 0.0),
        (PEG, said(1, b"close\n1.5\n3\n"), PA, 0.5),
        (PEG, said(0, b"1\n4"), PA, 0.25),
        (PEG, said(0, b"0\n4\n"), AC, 1.0),
        (PEG, said(1, b"1\n0\n"), WA, 0.0),
        (PEG, said(1, b"nan\n1\ninf\ninf\n"), WA, 0.0),
        (CMS, said(0, b"1.0\n"), AC, 1.0),
        (CMS, said(0, b"0"), WA, 0.0),
        (CMS, said(0, b"  .5 \nmore\n"), PA, 0.5),
        (CMS, said(0, b"5e-1\n"), PA, 0.5),
        (CMS, said(0, b"1.01"), AC, 1.0),
        (CMS, said(0, b"-3"), WA, 0.0),
    ],
)
def test_every_end_that_means_something(protocol: CheckerProtocol, what: Said, verdict: Verdict, share: float) -> None:
    result = call_of(protocol).result(what, CheckRequest())
    assert (result.verdict, result.points) == (verdict, None)
    assert result.share == pytest.approx(share)


@pytest.mark.parametrize(
    ("protocol", "what", "says"),
    [
        *[(ICPC, said(code), f"code {code}") for code in (0, 1, 41, 44, 255)],
        (ICPC, said(43, score=b"5"), "score.txt beside"),
        (ICPC, said(43, score_multiplier=b"0"), "score_multiplier.txt beside"),
        *[(ICPC, said(42, score=bad), "no number") for bad in (b"", b"nan", b"inf", b"1 2", b"0x1", b"1_0", b"\xff")],
        *[(ICPC, said(42, score=bad), "no number") for bad in (b"1e400", b"1e13", b"1" * 65, "١".encode())],
        *[(ICPC, said(42, score_multiplier=bad), "outside 0 to 1") for bad in (b"1.01", b"-0.5")],
        (TESTLIB, said(3, b"", b"FAIL jury has no answer"), "jury has no answer"),
        *[(TESTLIB, said(code), f"code {code}") for code in (6, 9, 15, 151, 255)],
        *[
            (TESTLIB, said(7, b"", bad), "no line 'points NUMBER'")
            for bad in (b"", b"points", b"points nan", b"points -1 no", b"point 1", b"no points 5", b"points 1e99")
        ],
        *[(DMOJ, said(code), f"code {code}") for code in (2, 3, 7, 255)],
        (COCI, said(3), "says that it failed"),
        *[(COCI, said(code), f"code {code}") for code in (4, 5, 8)],
        (COCI, said(7), "no line 'partial X/Y'"),
        (COCI, said(7, b"partial 1/2"), "no line 'partial X/Y'"),
        (COCI, said(7, b"", b"partial 1/0"), "1/0"),
        (COCI, said(7, b"", b"partial 3/2"), "3/2"),
        *[(PEG, said(code), f"code {code}") for code in (2, 3, 7)],
        (PEG, said(1, b"3\n2\n", b"3\n2\n"), "above 1"),
        (CMS, said(1, b"1.0"), "must be 0"),
        *[
            (CMS, said(0, bad), "from 0 to 1")
            for bad in (b"", b"\n1.0", b"nan", b"inf", b"0,5", b"1.0 ok", b"\xff1", b"1.0\0")
        ],
    ],
)
def test_all_else_is_the_setters_fault(protocol: CheckerProtocol, what: Said, says: str) -> None:
    for path, judge in (("checker", call_of(protocol).result), ("interactor", call_of(protocol).interactor_result)):
        with pytest.raises(SetterProgramBroken) as caught:
            judge(what, CheckRequest())
        assert caught.value.path == path
        assert says in caught.value.message


@pytest.mark.parametrize("protocol", list(CheckerProtocol))
@pytest.mark.parametrize(
    ("ended", "says"),
    [
        (execution(None, ending=Ending.SIGNALED, signal=11), "SIGSEGV"),
        (execution(None, ending=Ending.KILLED, passed=(Limit.CPU_TIME,)), "cpu time"),
        (execution(None, ending=Ending.KILLED, passed=(Limit.MEMORY,)), "memory"),
        (execution(42, passed=(Limit.OUTPUT,)), "output limit"),
        (execution(0, passed=(Limit.WALL_TIME,)), "wall time"),
        (execution(None, ending=Ending.CANCELLED), "before it had judged"),
    ],
)
def test_a_program_that_did_not_end_by_itself_is_broken(protocol: CheckerProtocol, ended: Execution, says: str) -> None:
    with pytest.raises(SetterProgramBroken, match=says) as caught:
        call_of(protocol).result(Said(execution=ended, stderr=b"assert failed in line 7"), CheckRequest())
    assert "assert failed in line 7" in caught.value.message


@pytest.mark.parametrize(
    ("protocol", "what", "verdict", "share", "points"),
    [
        (ICPC, said(42, score=b"37.5\n"), AC, 1.0, 37.5),
        (ICPC, said(42, score=b"2.5"), AC, 0.25, 2.5),
        (ICPC, said(42, score=b"-3"), AC, 0.0, -3.0),
        (TESTLIB, said(7, b"", b"points 2.5 nearly"), PA, 0.25, 2.5),
        (TESTLIB, said(5, b"", b"noise\npoints 10"), AC, 1.0, 10.0),
        (TESTLIB, said(7, b"", b"points 12"), AC, 1.0, 12.0),
        (TESTLIB, said(7, b"", b"points 0 nothing"), WA, 0.0, 0.0),
        (TESTLIB, said(7, b"", b"points 0.5"), PA, 0.05, 0.5),
        (TESTLIB, said(7, b"points 5", b""), PA, 0.5, 5.0),
    ],
)
def test_absolute_points(protocol: CheckerProtocol, what: Said, verdict: Verdict, share: float, points: float) -> None:
    result = call_of(protocol).result(what, TEN)
    assert (result.verdict, result.points) == (verdict, points)
    assert result.share == pytest.approx(share)


def test_what_people_are_told() -> None:
    judged = call_of(ICPC).result(said(43, b"", b"x", judgemessage=b"line 3\0\n", teammessage=b"try 0"), TEN)
    assert (judged.comment, judged.note) == ("line 3\ufffd", "try 0")
    assert call_of(ICPC).result(said(43, b"out", b"err"), TEN).comment == "err"
    assert call_of(DMOJ).result(said(1, b"out", b"err"), TEN).comment == "out"
    assert call_of(DMOJ).interactor_result(said(1, b"", b"err"), TEN).comment == "err"
    assert call_of(PEG).interactor_result(said(1, b"", b"1\n2"), TEN).share == 0.5
    assert call_of(TESTLIB).result(said(1, b"wrong answer old"), TEN).comment == "wrong answer old"
    for stderr, text in (
        (b"translate:success\n", "Output is correct"),
        (b"translate: partial", "Output is partially correct"),
        (b"translate:wrong", "Output isn't correct"),
        (b"translate:other", "translate:other"),
        (b"\x1b[31mred\x1b[0m words\nsecond line", "red words"),
    ):
        cms = call_of(CMS).result(said(0, b"0.5", stderr), TEN)
        assert (cms.comment, cms.note) == (text, text)


def test_comments_are_bounded_and_legible() -> None:
    comment = call_of(DMOJ).result(said(1, b"\xff\0" + "é".encode() * 5000), TEN).comment
    assert comment.startswith("\ufffd\ufffdé")
    assert 4090 < len(comment.encode()) <= 4096
    with pytest.raises(SetterProgramBroken) as caught:
        call_of(DMOJ).result(said(9, b"x" * 60_000), TEN)
    assert len(caught.value.message) < 700


def test_how_each_is_called() -> None:
    request = CheckRequest(arguments=("case_sensitive",))
    own = ("case_sensitive",)
    pipes = [("/p/0out", "/p/0in"), ("/p/1out", "/p/1in")]
    called = {
        protocol: (call_of(protocol).arguments(request), call_of(protocol).interactor_arguments(request, pipes))
        for protocol in CheckerProtocol
        if protocol is not PYTHON
    }
    three = (INPUT, OUTPUT, ANSWER, *own)
    talks = (INPUT, ANSWER, *own)
    assert called == {
        ICPC: ((INPUT, ANSWER, FEEDBACK, *own), (INPUT, ANSWER, FEEDBACK, *own)),
        TESTLIB: (three, three),
        DMOJ: (three, talks),
        COCI: (three, talks),
        PEG: ((ANSWER, OUTPUT, INPUT, *own), talks),
        CMS: ((INPUT, ANSWER, OUTPUT, *own), ("/p/0out", "/p/0in", "/p/1out", "/p/1in", *own)),
    }
    assert {p for p in CheckerProtocol if call_of(p).output_on_stdin} == {ICPC}
    assert {p for p in CheckerProtocol if call_of(p).feedback} == {ICPC, PYTHON}
