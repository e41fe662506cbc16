import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from application.submissions.result_recorder import ResultRecorder
from domain.problems.entities import ProblemLimits
from domain.submissions.entities import Claim, JobId, JobResult, SubmissionId, TestResult
from domain.submissions.exceptions import LeaseLost
from domain.submissions.limits import effective_limits
from domain.verdicts import Verdict

END = JobResult(
    verdict=Verdict.AC, score=1.0, max_score=1.0, message="", cpu_time=None, wall_time=None, memory=None, groups=()
)


class FakeLedger:
    """Writes down what was asked; ``lost``: the lease has gone to another attempt."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[int]]] = []
        self.lost = False
        self.slow = 0.0

    async def compiled(self, *_: object) -> None:
        self.calls.append(("compiled", []))

    async def record(self, _: Claim, results: list[TestResult]) -> None:
        if self.lost:
            raise LeaseLost
        await asyncio.sleep(self.slow)
        self.calls.append(("record", [r.index for r in results]))

    async def finish(self, _claim: Claim, _result: JobResult, *rest: object) -> None:
        results = rest[-1]
        assert isinstance(results, list)
        self.calls.append(("finish", [r.index for r in results]))


def recorder(ledger: FakeLedger) -> ResultRecorder:
    return ResultRecorder(
        ledger=ledger,  # type: ignore[arg-type]  # only what a recorder calls
        claim=Claim(job_id=JobId(uuid4()), submission_id=SubmissionId(uuid4()), attempt=1),
        interval=timedelta(milliseconds=10),
        compiled=None,
        limits=effective_limits(ProblemLimits()),
        isolation="none",
    )


def result(index: int) -> TestResult:
    return TestResult(index=index, name=str(index), group=None, sample=False, verdict=Verdict.AC, message="")


async def test_a_quick_job_is_written_by_its_finish_alone() -> None:
    ledger = FakeLedger()
    async with recorder(ledger) as recording:
        recording.add(result(0))
        recording.add(result(1))
        await recording.finish(END)
    assert ledger.calls == [("finish", [0, 1])]


async def test_batches_go_while_judging_goes_on_each_result_once() -> None:
    ledger = FakeLedger()
    ledger.slow = 0.005
    async with recorder(ledger) as recording:
        for index in range(40):
            recording.add(result(index))
            await asyncio.sleep(0.001)
        await recording.finish(END)
    names = [name for name, _ in ledger.calls]
    assert names[0] == "compiled"
    assert names[-1] == "finish"
    assert names.count("record") >= 2
    assert [i for _, batch in ledger.calls for i in batch] == list(range(40))


async def test_a_lost_lease_stops_the_next_add() -> None:
    ledger = FakeLedger()
    ledger.lost = True
    async with recorder(ledger) as recording:
        recording.add(result(0))
        await asyncio.sleep(0.05)
        with pytest.raises(LeaseLost):
            recording.add(result(1))
    assert ("finish", [0, 1]) not in ledger.calls


async def test_leaving_early_writes_no_end() -> None:
    ledger = FakeLedger()

    async def judge() -> None:
        async with recorder(ledger) as recording:
            recording.add(result(0))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await judge()
    assert all(name != "finish" for name, _ in ledger.calls)
