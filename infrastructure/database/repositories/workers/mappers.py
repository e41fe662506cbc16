"""Between rows and the domain."""

from adaptix.conversion import get_converter

from domain.workers.entities import Worker
from infrastructure.database.repositories.workers.models import WorkerModel

to_worker = get_converter(WorkerModel, Worker)
