"""That docs/security.md tells of every attack of the suite, with the outcome that is tested, and of no other."""

from tests.attacks import catalogue, compilers
from tests.attacks.table import BEGIN, END, PAGE, table
from tests.attacks.test_conversations import ATTACKERS, LISTENER


def test_the_page_has_the_suites_own_table() -> None:
    text = PAGE.read_text()
    assert text.split(BEGIN)[1].split(END)[0] == table(), "write it anew: python -m tests.attacks.table"


def test_every_attack_is_in_it_once_under_its_own_name() -> None:
    named = [line.split("`")[1] for line in table().splitlines() if line.startswith("| `")]
    assert named == [a.name for a in catalogue.ATTACKS] + [a.name for a in compilers.ATTACKS]
    assert len(set(named)) == len(named) > 150


def test_every_program_is_used() -> None:
    folder = PAGE.parents[1] / "tests" / "attacks" / "programs"
    kept = {path.name for path in folder.iterdir()} - {"attack.h", "canary.c", "echo.sh"}
    conversing = {LISTENER, *(attacker for attacker, _ in ATTACKERS)}
    assert kept == {attack.program for attack in catalogue.ATTACKS} | conversing
