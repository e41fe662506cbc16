from dataclasses import dataclass

from application.clock import Clock
from application.ids import new_id
from application.origin import ORIGIN
from domain.access.audit import AuditEntry, AuditEntryId
from domain.access.entities import ApiKey
from domain.access.repositories import AuditRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """The memory of administrative acts."""

    entries: AuditRepository
    clock: Clock

    async def note(self, key: ApiKey | None, act: str, target: object, **details: object) -> None:
        """Remember that ``key`` (None: the trusted command line) did ``act`` to ``target``. To be called before the
        commit of what was done: both are stored, or neither.

        ``act`` is noun and verb (``problem.archive``), ``target`` an id or slug, ``details`` what JSON can hold and no
        secret. Request id and client address are added here.
        """
        origin = ORIGIN.get()
        await self.entries.add(
            AuditEntry(
                id=AuditEntryId(new_id()),
                at=self.clock.now(),
                key_id=None if key is None else key.id,
                key_name=None if key is None else key.name,
                act=act,
                target=str(target),
                details=details,
                request_id=origin.request_id,
                client=origin.client,
            )
        )
