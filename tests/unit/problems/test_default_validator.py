import pytest

from domain.exceptions import Invalid
from domain.problems.default_validator import default_validator, unknown_flags
from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerType


def test_flags_of_the_icpc_format() -> None:
    assert default_validator(()) == CheckerSpec(type=CheckerType.TOKENS, case_sensitive=False)
    assert default_validator(("float_tolerance", "1e-6", "case_sensitive")) == CheckerSpec(
        type=CheckerType.FLOAT, absolute=1e-6, relative=1e-6
    )
    assert default_validator(("float_relative_tolerance", "0.1", "space_change_sensitive")) == CheckerSpec(
        type=CheckerType.FLOAT, relative=0.1, case_sensitive=False, space_sensitive=True
    )
    assert unknown_flags(("float_tolerance", "x", "subtask_score=7")) == ["subtask_score=7"]


@pytest.mark.parametrize("number", ["", "x", "nan", "inf", "-1"])
def test_a_tolerance_is_a_number(number: str) -> None:
    with pytest.raises(Invalid, match="needs a number after it"):
        default_validator(("float_tolerance", number))
