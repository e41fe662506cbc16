from application.workers.usecases.beat import Beat
from application.workers.usecases.drain_worker import DrainWorker
from application.workers.usecases.list_workers import ListWorkers
from application.workers.usecases.register_worker import RegisterWorker
from application.workers.usecases.sweep_queue import SweepQueue
from application.workers.usecases.unregister_worker import UnregisterWorker

__all__ = ["Beat", "DrainWorker", "ListWorkers", "RegisterWorker", "SweepQueue", "UnregisterWorker"]
