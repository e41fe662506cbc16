"""Every attack of the catalogue, at each level that this host allows."""

import os

import pytest

from tests.attacks.attack import Attack
from tests.attacks.catalogue import ATTACKS
from tests.attacks.engine import Target


def _parameters() -> list[object]:
    return [
        pytest.param(
            attack,
            id=attack.name,
            marks=[pytest.mark.xfail(strict=True, reason=attack.broken)] if attack.broken else [],
        )
        for attack in ATTACKS
    ]


@pytest.mark.parametrize("attack", _parameters())
async def test_attack(target: Target, attack: Attack) -> None:
    if attack.needs == "x86_64" and os.uname().machine != "x86_64":
        pytest.skip("an attack through the other calling conventions of x86")
    if attack.needs == "group" and not target.grouped:
        pytest.skip("promised only where a control group counts memory")
    complaints = await target.attack(attack)
    assert not complaints, "\n".join(complaints)
