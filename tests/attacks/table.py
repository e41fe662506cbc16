"""The table of docs/security.md, written from the suite itself: ``python -m tests.attacks.table`` puts it there."""

from pathlib import Path

from tests.attacks import compilers, files, kernel, processes, resources, results, roles
from tests.attacks.attack import Attack

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
BEGIN, END = "<!-- attacks: begin -->\n", "<!-- attacks: end -->\n"
_TITLES = ("attack", "what it tries", "namespaces", "landlock", "where no group counts memory", "test")
_GROUPS = {
    "resources": resources.ATTACKS,
    "processes": processes.ATTACKS,
    "files": files.ATTACKS,
    "kernel": kernel.ATTACKS,
    "results": results.ATTACKS,
    "roles": roles.ATTACKS,
}


def _row(group: str, attack: Attack) -> str:
    def outcome(*, reduced: bool, grouped: bool = True) -> str:
        text = str(attack.expected(reduced=reduced, grouped=grouped))
        return f"{text}, or {attack.or_else}" if attack.or_else and str(attack.or_else) != text else text

    full, reduced = outcome(reduced=False), outcome(reduced=True)
    ungrouped = {outcome(reduced=False, grouped=False): "namespaces", outcome(reduced=True, grouped=False): "landlock"}
    texts = [text if len(ungrouped) == 1 else f"{level}: {text}" for text, level in ungrouped.items()]
    same = set(ungrouped) <= {full, reduced}
    cells = (f"`{attack.name}`", attack.tries, full, reduced, "the same" if same else "; ".join(texts), f"{group}.py")
    return "| " + " | ".join(cells) + " |\n"


def table() -> str:
    """One row for each attack, in the order of the suite."""
    rows = [_row(group, attack) for group, attacks in _GROUPS.items() for attack in attacks]
    rows += [
        f"| `{c.name}` | {c.tries}, in {c.language} | CE | CE | the same | compilers.py |\n" for c in compilers.ATTACKS
    ]
    return f"| {' | '.join(_TITLES)} |\n{'|---' * len(_TITLES)}|\n" + "".join(rows)


def main() -> None:
    """Put the table between its marks."""
    text = PAGE.read_text()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}{table()}{END}{after}")


if __name__ == "__main__":
    main()
