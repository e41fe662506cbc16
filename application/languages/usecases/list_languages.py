from dataclasses import dataclass

from application.submissions.policy import SubmissionPolicy
from domain.languages.entities import Language, LanguageId
from domain.workers.repositories import WorkerRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageOffer:
    """A language as the longest-living of its workers has it; ``workers`` live workers have it."""

    language: Language
    workers: int

    @property
    def live(self) -> bool:
        """Whether a submission in it would be judged now."""
        return self.workers > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLanguages:
    """What live workers really have."""

    workers: WorkerRepository
    policy: SubmissionPolicy

    async def __call__(self) -> list[LanguageOffer]:
        """By id."""
        offers: dict[LanguageId, LanguageOffer] = {}
        for worker in await self.workers.list_live(self.policy.worker_lifetime):
            for language in worker.languages:
                known = offers.get(language.id)
                offers[language.id] = LanguageOffer(
                    language=known.language if known else language, workers=known.workers + 1 if known else 1
                )
        return [offers[language_id] for language_id in sorted(offers)]
