"""From a draft to a revision: checked, its contents stored, its digest known."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass

from application.blobs import BlobStorage
from application.clock import Clock
from application.contents import BytesContent
from application.ids import new_id
from application.problems.packages import DraftTest, ProblemDraft
from application.sandbox import Content
from domain.problems.entities import BlobRef, ProblemId, Revision, RevisionId, TestCase
from domain.problems.validation import LimitRanges, NamedTest, check_draft

SMALL = 256 * 1024
"""Contents up to this many bytes are stored in batches, larger ones as streams."""
BATCH_SIZE = 16 * 1024 * 1024
BATCH_COUNT = 2000
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionBuilder:
    """Contents are stored before the revision is: a blob that nobody names does no harm, one that is missing would."""

    blobs: BlobStorage
    clock: Clock
    ranges: LimitRanges

    async def build(self, draft: ProblemDraft, *, problem_id: ProblemId | None, number: int) -> Revision:
        """Not yet in the database. Raises Invalid with JSON pointers, or what the storage raises."""
        check_draft(
            draft.title,
            draft.limits,
            draft.checker,
            draft.scoring,
            draft.groups,
            [NamedTest(f"/tests/{i}", t.name, t.group, t.points, t.sample) for i, t in enumerate(draft.tests)],
            self.ranges,
        )
        refs = await self._store([content for test in draft.tests for content in (test.input, test.answer)])
        tests = tuple(_test(test, refs[2 * index], refs[2 * index + 1]) for index, test in enumerate(draft.tests))
        return Revision(
            id=RevisionId(new_id()),
            problem_id=problem_id,
            number=number,
            title=draft.title,
            limits=draft.limits,
            checker=draft.checker,
            scoring=draft.scoring,
            groups=draft.groups,
            tests=tests,
            digest=_digest(draft, tests),
            created_at=self.clock.now(),
        )

    async def _store(self, contents: Sequence[Content]) -> list[BlobRef]:
        refs: dict[int, BlobRef] = {}
        batch: dict[int, Content] = {}
        waiting = 0
        for index, content in enumerate(contents):
            if content.size > SMALL:
                refs[index] = await self.blobs.put_stream(_chunks(content), content.size)
                continue
            batch[index] = content
            waiting += content.size
            if waiting >= BATCH_SIZE or len(batch) >= BATCH_COUNT:
                await self._put(batch, refs)
                waiting = 0
        await self._put(batch, refs)
        return [refs[index] for index in range(len(contents))]

    async def _put(self, batch: dict[int, Content], refs: dict[int, BlobRef]) -> None:
        if batch:
            refs.update(zip(batch, await self.blobs.put_many(await _read_all(list(batch.values()))), strict=True))
            batch.clear()


def _test(test: DraftTest, input_ref: BlobRef, answer_ref: BlobRef) -> TestCase:
    return TestCase(
        name=test.name,
        input=input_ref,
        answer=answer_ref,
        group=test.group,
        sample=test.sample,
        points=test.points,
    )


async def _read_all(contents: Sequence[Content]) -> list[bytes]:
    in_memory = [content.data for content in contents if isinstance(content, BytesContent)]
    if len(in_memory) == len(contents):
        return in_memory
    return await asyncio.to_thread(lambda: [_read(content) for content in contents])


def _read(content: Content) -> bytes:
    with content.open() as reader:
        return reader.read()


async def _chunks(content: Content) -> AsyncIterator[bytes]:
    reader = await asyncio.to_thread(content.open)
    with reader:
        while chunk := await asyncio.to_thread(reader.read, CHUNK):
            yield chunk


def _digest(draft: ProblemDraft, tests: Sequence[TestCase]) -> bytes:
    """SHA-256 over everything that a client can set, as JSON with sorted keys."""
    document = {
        "title": draft.title,
        "limits": asdict(draft.limits),
        "checker": asdict(draft.checker),
        "scoring": draft.scoring,
        "groups": [asdict(group) for group in draft.groups],
        "tests": [[t.name, t.group, t.sample, t.points, t.input.digest.hex(), t.answer.digest.hex()] for t in tests],
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).digest()
