"""Pipes of a submission and its interactor."""

import pytest

from application.judging.exceptions import SetterProgramBroken
from application.judging.wiring import wiring_of
from application.sandbox import Command, Wire
from domain.problems.enums import CheckerProtocol
from domain.problems.files import PackageProgram
from domain.problems.setup import MOST_PROCESSES, Interaction
from infrastructure.sandbox.conversation import check_wires
from tests.integration.sandbox.bench import LIMITS

PROGRAM = PackageProgram(path="manager/manager.cpp", files=(), language=None)


def interaction(protocol: CheckerProtocol, processes: int = 1, *, named: bool = False) -> Interaction:
    return Interaction(program=PROGRAM, protocol=protocol, processes=processes, named_pipes=named)


def test_an_interactor_has_the_standard_streams() -> None:
    for protocol in set(CheckerProtocol) - {CheckerProtocol.CMS}:
        wiring = wiring_of(interaction(protocol))
        assert set(wiring.wires) == {Wire((0, 1), (1, 0)), Wire((1, 1), (0, 0))}
        assert wiring.arguments == ((),)
        assert not wiring.named


def test_a_manager_has_files() -> None:
    wiring = wiring_of(interaction(CheckerProtocol.CMS, 2, named=True))
    assert wiring.wires == (
        Wire((0, 4), (1, 3)), Wire((1, 4), (0, 3)), Wire((2, 4), (1, 5)), Wire((1, 6), (2, 3)),
    )  # fmt: skip
    assert wiring.pipes == (("/dev/fd/3", "/dev/fd/4"), ("/dev/fd/5", "/dev/fd/6"))
    assert wiring.arguments == (("/dev/fd/3", "/dev/fd/4", "0"), ("/dev/fd/3", "/dev/fd/4", "1"))
    assert wiring.named
    by_stdio = wiring_of(interaction(CheckerProtocol.CMS))
    assert by_stdio.wires == (Wire((0, 1), (1, 3)), Wire((1, 4), (0, 0)))
    assert by_stdio.arguments == ((),)


@pytest.mark.parametrize("named", [True, False])
def test_the_sandbox_takes_as_many_as_there_may_be(named: bool) -> None:
    wiring = wiring_of(interaction(CheckerProtocol.CMS, MOST_PROCESSES, named=named))
    check_wires([Command(argv=("/x",), limits=LIMITS)] * (MOST_PROCESSES + 1), wiring.wires)
    with pytest.raises(SetterProgramBroken, match=r"manager\.cpp: is to talk to 9 processes; .* can talk to 8"):
        wiring_of(interaction(CheckerProtocol.CMS, MOST_PROCESSES + 1))
    with pytest.raises(SetterProgramBroken, match="can talk to 1"):
        wiring_of(interaction(CheckerProtocol.ICPC, 2))
