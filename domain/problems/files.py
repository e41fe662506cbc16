"""Files and programs that belong to a problem: stored once by their content, named as in the package."""

from dataclasses import dataclass

from domain.languages.entities import LanguageId

BUILD_SCRIPT = LanguageId("build-script")
"""In place of a language: the program's own ``build`` (if there is one) makes, or brings, an executable ``run``."""


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Content-addressed bytes: ``digest`` is the SHA-256, ``size`` in bytes."""

    digest: bytes
    size: int


@dataclass(frozen=True, slots=True)
class PackageFile:
    """``name`` is a relative path without ``..``: as the program that uses the file wants to find it."""

    name: str
    content: BlobRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageProgram:
    """A program that came with a problem: checker, validator, interactor, generator, grader or reference submission.

    ``path`` is where it stands in the package, for people ("submissions/accepted/x.cpp"). ``files`` are all that go
    into the box where it is compiled. ``language`` None: by the files' endings, as the catalogue knows them. ``main``
    is the file (or Java class) to start with, where the format says.
    """

    path: str
    files: tuple[PackageFile, ...]
    language: LanguageId | None = None
    main: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """Files that are compiled together with a submission (a grader, a header). ``languages``: for which; empty: for
    all. ``main``: the file to start with in place of the submission's. ``prologue`` is put before each source file of
    the submission's (DMOJ's signature graders; CMS's ``EVAL``). ``submission``: what its one file must be called,
    without ending, for the stub to find it (CMS's Python, Java and Pascal graders).
    """

    languages: tuple[LanguageId, ...]
    files: tuple[PackageFile, ...]
    main: str | None = None
    prologue: str = ""
    submission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A problem's text in one human ``language`` ("en"). ``format``: "markdown", "html", "pdf" or "latex".

    ``files``: the first is the text, the others what it shows (pictures), under the names that it uses.
    ``converted_from``: the format of the package's own text that this one was made of; "": it came with the package.
    """

    language: str
    format: str
    files: tuple[PackageFile, ...]
    title: str = ""
    converted_from: str = ""
