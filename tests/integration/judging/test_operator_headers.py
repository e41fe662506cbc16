"""Setters' programs that include a header which their package does not bring."""

from collections.abc import AsyncIterator, Mapping

import pytest

from application.judging.checker_call import CheckRequest
from application.judging.exceptions import SetterProgramBroken
from domain.problems.enums import CheckerProtocol
from domain.verdicts import Verdict
from tests.integration.judging.checking import Slot, checked, slot_for

CHECKER = b'#include "testlib.h"\nint main() { return verdict(); }\n'
SAYS_PE = {"testlib.h": b'#include "more.h"\n', "more.h": b"inline int verdict() { return 2; }\n", "bad.h": b"no"}


@pytest.fixture(scope="module")
async def slot() -> AsyncIterator[Slot]:
    async with slot_for("cpp17") as slot:
        yield slot


async def verdict(slot: Slot, headers: Mapping[str, bytes], files: Mapping[str, bytes]) -> Verdict:
    request = CheckRequest()
    return (await checked(slot, CheckerProtocol.TESTLIB, files, output=b"", request=request, headers=headers)).verdict


async def test_the_operators_header_is_taken_unless_the_package_has_its_own(slot: Slot) -> None:
    assert await verdict(slot, SAYS_PE, {"check.cpp": CHECKER}) is Verdict.PE
    own = {"check.cpp": CHECKER, "testlib.h": b"inline int verdict() { return 1; }\n"}
    assert await verdict(slot, SAYS_PE, own) is Verdict.WA


async def test_without_testlib_the_complaint_names_the_cure(slot: Slot) -> None:
    with pytest.raises(SetterProgramBroken, match="PROBA_INCLUDE_DIR"):
        await verdict(slot, {}, {"check.cpp": CHECKER})
    with pytest.raises(SetterProgramBroken, match=r"does not compile(.|\n)*nothing"):
        await verdict(slot, {}, {"check.cpp": b"int main() { return nothing; }\n"})
