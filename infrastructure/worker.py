"""The worker process: a taskiq worker that judges, with the upkeep of its leases beside it."""

import asyncio
import logging
import os
import signal
from contextlib import suppress
from datetime import timedelta

from dishka import AsyncContainer
from dishka.integrations.taskiq import setup_dishka
from prometheus_client import REGISTRY, Gauge, start_http_server
from taskiq.receiver import Receiver

from application.exceptions import StorageUnavailable
from application.judging.setter_programs import SetterPrograms
from application.sandbox import SandboxPool, SelfTest
from application.submissions.fitness import Fitness
from application.submissions.leases import Leases
from application.workers.neighbours import Neighbours
from application.workers.usecases import RegisterWorker, UnregisterWorker
from infrastructure.cannot_listen import CannotListen
from infrastructure.config import Config
from infrastructure.event_loop import new_event_loop
from infrastructure.logs import configure_logging
from infrastructure.metrics.launcher_collector import LauncherCollector
from infrastructure.providers.worker import make_worker_container
from infrastructure.queue.bell_broker import BellBroker
from infrastructure.queue.tasks import register_tasks
from infrastructure.queue.upkeep import Upkeep
from infrastructure.queue.work_drain import WorkDrain
from infrastructure.sandbox.launcher_sandbox import LauncherSandbox

log = logging.getLogger(__name__)

SLOTS = Gauge("proba_worker_slots", "Programs that this worker judges at a time.")
BUSY = Gauge("proba_worker_slots_busy", "Jobs that this worker holds.")
FIT = Gauge("proba_worker_fit", "Whether its sandbox has passed its last trials: it takes no jobs otherwise.")
REGISTRY.register(LauncherCollector(lambda: LauncherSandbox.started))
CLOSE_SECONDS = 3.0
FIRST_DELAY, LAST_DELAY = 0.2, 5.0


def run(config: Config) -> int:
    """Work until SIGTERM or SIGINT; the exit code. Raises what keeps a worker from starting."""
    configure_logging(config)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(_work(config))


async def _work(config: Config) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    container = make_worker_container(config)
    try:
        drain = await container.get(WorkDrain)
        await container.get(SetterPrograms)  # a wrong PROBA_INCLUDE_DIR is told now, not with the first checker
        pool = await container.get(SandboxPool)
        leases = await container.get(Leases)
        fitness = await container.get(Fitness)
        fitness.found(await (await container.get(SelfTest)).whole())
        SLOTS.set(pool.slots)
        BUSY.set_function(lambda: len(leases.held))
        FIT.set_function(lambda: not fitness.complaint)
        _tell_figures(config.worker_metrics_host, config.worker_metrics_port)
        (await container.get(Neighbours)).appear()
        if not await _register(container, stop):
            return 0
        receiver = asyncio.create_task(_receive(container, pool.slots))
        upkeep = Upkeep(
            container, drain, pool, timedelta(seconds=config.worker_lease), timedelta(seconds=config.worker_sweep)
        )
        keeping = asyncio.create_task(upkeep.run())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({receiver, keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        failed = next((t for t in (receiver, keeping) if t.done() and t.exception()), None)
        await drain.stop(timedelta(seconds=config.worker_grace))
        with suppress(StorageUnavailable):
            async with container() as scope:
                await (await scope.get(UnregisterWorker))()
        if failed is not None:
            log.error("the worker ends by its own fault", exc_info=failed.exception())
        unclosed = await _end(receiver, keeping, stopping)
        code = 0 if failed is None else 1
    finally:
        await container.close()
    if unclosed:
        # redis-py can swallow a cancellation on Python 3.11; all jobs are done or given back, so that nothing is lost
        logging.shutdown()
        os._exit(code)
    return code


def _tell_figures(host: str, port: int) -> None:
    """In a thread of its own, for as long as the process lives. Raises CannotListen."""
    if not port:
        return
    try:
        start_http_server(port, host)
    except OSError as error:
        settings = "PROBA_WORKER_METRICS_HOST and PROBA_WORKER_METRICS_PORT"
        raise CannotListen(host, port, error.strerror or str(error), settings) from error
    log.info("figures at http://%s:%d/metrics", host, port)


async def _register(container: AsyncContainer, stop: asyncio.Event) -> bool:
    """Until the database has noted this worker; False when it was stopped before."""
    delay = FIRST_DELAY
    while not stop.is_set():
        try:
            async with container() as scope:
                worker = await (await scope.get(RegisterWorker))()
        except StorageUnavailable as error:
            log.warning("cannot register, trying again: %s", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), delay)
            delay = min(delay * 2, LAST_DELAY)
        else:
            log.info(
                "worker %s: %d slots, %d languages, isolation %s",
                worker.name, worker.slots, len(worker.languages), worker.isolation,
            )  # fmt: skip
            return True
    return False


async def _receive(container: AsyncContainer, slots: int) -> None:
    broker = await container.get(BellBroker)
    broker.is_worker_process = True
    setup_dishka(container, broker)
    register_tasks(broker)
    receiver = Receiver(broker, max_async_tasks=slots, max_prefetch=0)
    await receiver.listen(asyncio.Event())


async def _end(*tasks: asyncio.Task[object]) -> bool:
    """Cancel; whether some would not end."""
    for task in tasks:
        task.cancel()
    _, late = await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
    return bool(late)
