"""The worker's tasks. A message only wakes: what there is to do, the database says."""

from dishka.integrations.taskiq import FromDishka, inject

from infrastructure.queue.bell_broker import BellBroker
from infrastructure.queue.redis_bell import IMPORT, JUDGE
from infrastructure.queue.work_drain import WorkDrain


def register_tasks(broker: BellBroker) -> None:
    """Make the tasks known to the worker's broker."""
    broker.register_task(judge, task_name=JUDGE)
    broker.register_task(import_package, task_name=IMPORT)


@inject(patch_module=True)
async def judge(drain: FromDishka[WorkDrain]) -> None:
    """Judge waiting jobs until there are none."""
    await drain.jobs()


@inject(patch_module=True)
async def import_package(_import_id: str, drain: FromDishka[WorkDrain]) -> None:
    """Import waiting packages, this one among them."""
    drain.wake_imports()
