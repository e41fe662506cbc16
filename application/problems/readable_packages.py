"""Packages whose statements can be read in a browser: HTML beside each LaTeX or Markdown text."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from application.contents import BytesContent
from application.problems.packages import Packages, ProblemDraft
from application.problems.statement_converter import CONVERTIBLE, Converted, StatementConverter, StatementSource
from application.sandbox import Content, SandboxPool
from domain.problems.entities import Complaint
from domain.problems.files import BlobRef, PackageFile, Statement

MOST_STATEMENTS = 16
"""More are left as they are, so that an import ends."""
MOST_PARTS = 20
MAX_TEXT = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadablePackages:
    """``Packages`` over others. What cannot be converted stays as it is, and a warning of the draft says why."""

    packages: Packages
    converter: StatementConverter
    pool: SandboxPool

    @asynccontextmanager
    async def read(self, package: Content, *, to_judge: bool = False) -> AsyncIterator[ProblemDraft]:
        """Nothing is converted where the draft is ``to_judge``. Raises what the others raise, and SandboxFailure."""
        async with self.packages.read(package, to_judge=to_judge) as draft:
            yield draft if to_judge else await self._readable(draft)

    async def _readable(self, draft: ProblemDraft) -> ProblemDraft:
        waiting = list(_to_convert(draft.material.statements))
        if not waiting:
            return draft
        if self.converter.missing:
            return _warned(draft, [Complaint(f"{self.converter.missing}: it is served as it is", _name(waiting[0]))])
        made: list[Statement] = []
        contents: dict[bytes, Content] = dict(draft.contents)
        too_many = f"is served as it is: no more than {MOST_STATEMENTS} statements of a package are converted"
        warnings = [Complaint(too_many, _name(statement)) for statement in waiting[MOST_STATEMENTS:]]
        for statement in waiting[:MOST_STATEMENTS]:
            converted = await self._convert(draft, statement)
            if converted.html is None:
                message = f"is served as it is, since it could not be converted to HTML: {converted.complaint}"
                warnings.append(Complaint(message, _name(statement)))
                continue
            ref = BlobRef(hashlib.sha256(converted.html).digest(), len(converted.html))
            contents[ref.digest] = BytesContent(converted.html)
            made.append(_html_of(statement, ref))
        statements = (*draft.material.statements, *made)
        readable = replace(draft, material=replace(draft.material, statements=statements), contents=contents)
        return _warned(readable, warnings)

    async def _convert(self, draft: ProblemDraft, statement: Statement) -> Converted:
        text, *beside = statement.files
        if text.content.size > MAX_TEXT:
            return Converted(None, f"it is larger than {MAX_TEXT} bytes")
        parts = [f for f in beside if f.name.endswith(".tex") and f.content.size <= MAX_TEXT][:MOST_PARTS]
        read = await asyncio.to_thread(lambda: [_bytes(draft, file) for file in (text, *parts)])
        source = StatementSource(
            format=statement.format,
            language=statement.language,
            title=statement.title or draft.title,
            text=read[0],
            texts=dict(zip((part.name for part in parts), read[1:], strict=True)),
            pictures=tuple(file.name for file in beside),
            package_format=draft.format,
        )
        async with self.pool.slot() as sandbox:
            return await self.converter.convert(sandbox, source)


def _to_convert(statements: Sequence[Statement]) -> Iterator[Statement]:
    """One for each language that has no HTML of its own."""
    done = {statement.language for statement in statements if statement.format == "html"}
    for form in CONVERTIBLE:
        for statement in statements:
            if statement.format == form and statement.language not in done:
                done.add(statement.language)
                yield statement


def _html_of(statement: Statement, ref: BlobRef) -> Statement:
    text, *beside = statement.files
    stem = text.name.rpartition(".")[0] or text.name
    shown = tuple(file for file in beside if not file.name.endswith((".tex", ".sty")) and file.name != f"{stem}.html")
    return replace(
        statement, format="html", files=(PackageFile(f"{stem}.html", ref), *shown), converted_from=statement.format
    )


def _bytes(draft: ProblemDraft, file: PackageFile) -> bytes:
    with draft.contents[file.content.digest].open() as reader:
        return reader.read(MAX_TEXT)


def _name(statement: Statement) -> str:
    return statement.files[0].name


def _warned(draft: ProblemDraft, warnings: Sequence[Complaint]) -> ProblemDraft:
    return replace(draft, warnings=(*draft.warnings, *warnings))
