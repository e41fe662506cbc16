"""From a draft to a revision: checked, its contents stored, its digest known."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import timedelta

from application.blobs import BlobStorage
from application.clock import Clock
from application.contents import BytesContent
from application.ids import new_id
from application.problems.packages import DraftTest, ProblemDraft
from application.sandbox import Content
from domain.problems.entities import ProblemId, Revision, RevisionId, TestCase, TestExtras
from domain.problems.files import BlobRef
from domain.problems.validation import LimitRanges, NamedTest, check_draft

SMALL = 256 * 1024
"""Contents up to this many bytes are stored in batches, larger ones as streams."""
BATCH_SIZE = 16 * 1024 * 1024
BATCH_COUNT = 2000
CHUNK = 1024 * 1024


class ContentMismatch(Exception):
    """A content has other bytes than its digest says: whoever read the package is at fault, not the package."""

    def __init__(self, said: bytes, found: bytes) -> None:
        super().__init__(said, found)
        self.said, self.found = said, found

    def __str__(self) -> str:
        return f"a content said to be {self.said.hex()} is {self.found.hex()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionBuilder:
    """Contents are stored before the revision is: a blob that nobody names does no harm, one that is missing would."""

    blobs: BlobStorage
    clock: Clock
    ranges: LimitRanges

    async def build(self, draft: ProblemDraft, *, problem_id: ProblemId | None, number: int) -> Revision:
        """Not yet in the database. Every test must have its input and answer by now.

        Raises Invalid with JSON pointers, ContentMismatch, or what the storage raises.
        """
        self.check(draft)
        await self.store(draft.contents)
        return self.revision(draft, problem_id=problem_id, number=number)

    def check(self, draft: ProblemDraft) -> None:
        """Raises Invalid with JSON pointers."""
        check_draft(
            draft.title,
            draft.limits,
            draft.checker,
            draft.scoring,
            draft.groups,
            [NamedTest(f"/tests/{i}", t.name, t.group, t.points, t.sample) for i, t in enumerate(draft.tests)],
            self.ranges,
        )

    def revision(self, draft: ProblemDraft, *, problem_id: ProblemId | None = None, number: int = 0) -> Revision:
        """Of a draft that has been checked, whose contents have been stored."""
        tests = tuple(map(_test, draft.tests))
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
            setup=draft.setup,
            material=draft.material,
            digest=_digest(draft, tests),
            created_at=self.clock.now(),
        )

    async def store(self, contents: Mapping[bytes, Content]) -> None:
        """Small ones in batches, large ones as streams. Raises ContentMismatch, or what the storage raises."""
        batch: dict[bytes, Content] = {}
        waiting = 0
        for digest, content in contents.items():
            if content.size > SMALL:
                _check(digest, await self.blobs.put_stream(_chunks(content), content.size))
                continue
            batch[digest] = content
            waiting += content.size
            if waiting >= BATCH_SIZE or len(batch) >= BATCH_COUNT:
                await self._put(batch)
                waiting = 0
        await self._put(batch)

    async def _put(self, batch: dict[bytes, Content]) -> None:
        if batch:
            refs = await self.blobs.put_many(await _read_all(list(batch.values())))
            for digest, ref in zip(batch, refs, strict=True):
                _check(digest, ref)
            batch.clear()


def _check(digest: bytes, stored: BlobRef) -> None:
    if stored.digest != digest:
        raise ContentMismatch(digest, stored.digest)


_NO_EXTRAS = TestExtras()
_TEST_FIELDS = tuple(field.name for field in fields(TestCase))


def _test(test: DraftTest) -> TestCase:
    return TestCase(**{name: getattr(test, name) for name in _TEST_FIELDS})


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
        "setup": asdict(draft.setup),
        "material": asdict(draft.material),
        "tests": [[_plain(getattr(test, name)) for name in _TEST_FIELDS] for test in tests],
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=_plain).encode()).digest()


def _plain(value: object) -> object:
    match value:
        case BlobRef():
            return value.digest.hex()
        case TestExtras():
            return None if value == _NO_EXTRAS else asdict(value)
        case bytes():
            return value.hex()
        case frozenset():
            return sorted(value)
        case timedelta():
            return value // timedelta(microseconds=1)
        case _:
            return value
