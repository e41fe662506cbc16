"""How a problem's submissions are built and run, beyond limits, tests and checker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from domain.languages.entities import LanguageId
from domain.problems.enums import CheckerProtocol
from domain.problems.files import PackageProgram, Stub

MOST_PROCESSES = 8
"""Of one submission that talk to a manager, which has two descriptors for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """The submission talks to ``program`` over two pipes instead of reading a file.

    ``judges``: the program's own end is the verdict; otherwise the checker decides over what it wrote. ``named_pipes``
    (CMS): the submission gets the paths of its pipes, and with several processes its number, as arguments.
    ``processes``: how many copies of the submission take part.
    """

    program: PackageProgram
    protocol: CheckerProtocol
    arguments: tuple[str, ...] = ()
    judges: bool = True
    named_pipes: bool = False
    processes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramLimits:
    """Limits of compilers or of a setter's own programs; None: the service's default. Sizes are bytes."""

    cpu_time: timedelta | None = None
    memory: int | None = None
    output: int | None = None


@dataclass(frozen=True, slots=True)
class LanguageLimits:
    """What one language gets in place of the usual; None: the usual."""

    cpu_time: timedelta | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSetup:
    """``passes``: how often the submission may be run again on what the checker asks next (ICPC's multi-pass), or on
    what the interactor has written (Polygon's run count).

    ``input_file``, ``output_file``: where the submission reads and writes in its box; None: stdin, stdout.
    ``output_only``: a submission is the outputs themselves, one file a test. ``languages``: those allowed; None: all.
    ``code_size``: the most bytes of source. ``absolute_limits``: the time limit holds for every language alike, as in
    formats that know no factors.
    """

    interaction: Interaction | None = None
    passes: int = 1
    output_only: bool = False
    stubs: tuple[Stub, ...] = ()
    input_file: str | None = None
    output_file: str | None = None
    languages: tuple[LanguageId, ...] | None = None
    language_limits: Mapping[LanguageId, LanguageLimits] = field(default_factory=dict)
    code_size: int | None = None
    absolute_limits: bool = False
    compile_limits: ProgramLimits = field(default_factory=ProgramLimits)
    checker_limits: ProgramLimits = field(default_factory=ProgramLimits)
