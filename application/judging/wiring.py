"""Which descriptors of a submission and of its interactor are joined, and what either is told of that."""

from dataclasses import dataclass

from application.judging.exceptions import SetterProgramBroken
from application.sandbox import Wire
from domain.problems.enums import CheckerProtocol
from domain.problems.setup import MOST_PROCESSES, Interaction

SUBMISSION, INTERACTOR = 0, 1
"""Participants; further processes of the submission are from 2 on."""
_STDIN, _STDOUT, _FIRST = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Wiring:
    """``pipes``: for a CMS manager, of each process the paths (from it, to it). ``arguments``: what each process of the
    submission gets after its own.
    """

    wires: tuple[Wire, ...]
    pipes: tuple[tuple[str, str], ...]
    arguments: tuple[tuple[str, ...], ...]

    @property
    def named(self) -> bool:
        """Whether anybody opens a pipe by its path."""
        return any(number >= _FIRST for wire in self.wires for _, number in (wire.source, wire.target))


def participant_of(process: int) -> int:
    """Of a process of the submission, from 0."""
    return SUBMISSION if process == 0 else INTERACTOR + process


def wiring_of(interaction: Interaction) -> Wiring:
    """An interactor talks on its stdin and stdout, a CMS manager over files named to it. The submission has stdin and
    stdout, or, with ``named_pipes``, is told the paths: what it reads, what it writes; then of several processes its
    number, from 0. Source: CMS, ``cms/grading/tasktypes/Communication.py``. Raises SetterProgramBroken.
    """
    manager = interaction.protocol is CheckerProtocol.CMS
    most = MOST_PROCESSES if manager else 1
    if interaction.processes > most:
        raise SetterProgramBroken(
            interaction.program.path,
            f"is to talk to {interaction.processes} processes; an interactor of its protocol can talk to {most}",
        )
    reads, writes = (_FIRST, _FIRST + 1) if interaction.named_pipes else (_STDIN, _STDOUT)
    wires: list[Wire] = []
    pipes: list[tuple[str, str]] = []
    arguments: list[tuple[str, ...]] = []
    for process in range(interaction.processes):
        of, to = (_FIRST + 2 * process, _FIRST + 1 + 2 * process) if manager else (_STDIN, _STDOUT)
        participant = participant_of(process)
        wires += [Wire((participant, writes), (INTERACTOR, of)), Wire((INTERACTOR, to), (participant, reads))]
        pipes.append((_path(of), _path(to)))
        number = (str(process),) if interaction.processes > 1 else ()
        arguments.append((*((_path(reads), _path(writes)) if interaction.named_pipes else ()), *number))
    return Wiring(tuple(wires), tuple(pipes), tuple(arguments))


def _path(descriptor: int) -> str:
    return f"/dev/fd/{descriptor}"
