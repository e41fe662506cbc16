from application.workers.usecases import Beat
from domain.workers.entities import WorkerId, WorkerState
from infrastructure.queue.work_drain import WorkDrain
from tests.integration.judging.conftest import C_SUM, Judge


async def test_a_draining_worker_takes_nothing_until_it_is_put_to_work_again(judge: Judge) -> None:
    worker = await judge.worker.get(WorkerId)

    async def become(state: WorkerState) -> None:
        path = f"/api/v1/workers/{worker}/drain"
        call = judge.client.post if state is WorkerState.DRAINING else judge.client.delete
        assert (await call(path)).status_code == 204
        async with judge.worker() as scope:
            assert await (await scope.get(Beat))() is state

    shown = {item["id"]: item for item in (await judge.client.get("/api/v1/workers")).json()["items"]}[str(worker)]
    assert (shown["state"], shown["jobs"]) == ("ready", [])
    assert shown["versions"]["c11"].startswith("GCC ")
    await become(WorkerState.DRAINING)
    submission = await judge.submit(C_SUM)
    await judge.work()
    assert (await judge.show(submission))["status"] == "queued"
    await become(WorkerState.READY)
    drain = await judge.worker.get(WorkDrain)
    assert drain.hold(True)
    await judge.work()
    assert (await judge.show(submission))["status"] == "queued"
    assert drain.hold(False)
    await judge.work()
    assert (await judge.show(submission))["verdict"] == "AC"
