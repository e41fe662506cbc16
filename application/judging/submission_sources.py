"""What goes into the box where a submission is compiled: its own files and the problem's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.blobs import BlobStorage
from domain.exceptions import Invalid
from domain.languages.entities import OUTPUT, LanguageId
from domain.problems.files import Stub
from domain.problems.setup import ProblemSetup
from domain.runs.entities import SourceFile
from domain.runs.units import size_text


@dataclass(frozen=True, slots=True)
class AssembledSources:
    """``main``: the file to start with; None: as the language finds it."""

    files: tuple[SourceFile, ...]
    main: str | None = None


def check_allowed(setup: ProblemSetup, language: LanguageId, sources: Sequence[SourceFile]) -> None:
    """Raises Invalid when the problem does not take such a submission."""
    if setup.output_only and language != OUTPUT:
        raise Invalid.field("/language", f"this problem takes outputs, not programs: send them as {OUTPUT!r}")
    if language == OUTPUT and not setup.output_only:
        raise Invalid.field("/language", f"{OUTPUT!r} is for problems that take outputs; this one takes programs")
    if setup.languages is not None and language not in (OUTPUT, *setup.languages):
        raise Invalid.field("/language", f"this problem is to be solved in {', '.join(setup.languages)}")
    size = sum(len(source.content) for source in sources)
    if setup.code_size is not None and size > setup.code_size:
        limit = size_text(setup.code_size)
        raise Invalid.field("/sources", f"the sources have {size_text(size)}, more than the problem's limit of {limit}")


async def assemble(
    setup: ProblemSetup, language: LanguageId, sources: tuple[SourceFile, ...], blobs: BlobStorage
) -> AssembledSources:
    """The submission's files, and those of the stubs for its language, which go before the submission's of the same
    name: nobody replaces a grader. Raises BlobMissing.
    """
    main: str | None = None
    own = sources
    given: dict[str, SourceFile] = {}
    for stub in setup.stubs:
        if stub.languages and language not in stub.languages:
            continue
        main = stub.main or main
        own = _as_the_stub_wants(stub, own)
        for file in stub.files:
            given[file.name] = SourceFile(file.name, await blobs.read_head(file.content, file.content.size))
    kept = tuple(source for source in own if source.name not in given)
    # the submission's first: where no main file is named, the language starts with the first that it finds
    return AssembledSources((*kept, *given.values()), main)


def _as_the_stub_wants(stub: Stub, sources: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
    if stub.submission is not None and len(sources) == 1:
        dot = sources[0].name.rfind(".")
        ending = sources[0].name[dot:] if dot > 0 else ""
        sources = (replace(sources[0], name=stub.submission + ending),)
    if stub.prologue:
        prologue = stub.prologue.encode()
        sources = tuple(replace(source, content=prologue + source.content) for source in sources)
    return sources
