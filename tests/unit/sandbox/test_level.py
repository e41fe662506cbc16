import pytest

from infrastructure.sandbox.level import BelowFloor, levels_to_try
from infrastructure.sandbox.settings import Floor, LevelChoice


@pytest.mark.parametrize(
    ("choice", "floor", "wanted"),
    [
        ("auto", "namespaces", ("namespaces",)),
        ("auto", "landlock", ("namespaces", "landlock")),
        ("namespaces", "namespaces", ("namespaces",)),
        ("namespaces", "landlock", ("namespaces",)),
        ("landlock", "landlock", ("landlock",)),
    ],
)
def test_the_best_first_and_nothing_below_the_floor(choice: LevelChoice, floor: Floor, wanted: tuple[str, ...]) -> None:
    assert levels_to_try(choice, floor) == wanted


def test_what_is_below_the_floor_is_refused() -> None:
    with pytest.raises(BelowFloor, match="is below the floor"):
        levels_to_try("landlock", "namespaces")
