import pytest

from domain.access.rates import Period, Rate


def test_a_rate_as_it_is_written() -> None:
    assert Rate.parse("10/second") == Rate(10, Period.SECOND, 10)
    assert Rate.parse("60/minute:20") == Rate(60, Period.MINUTE, 20)
    assert (Rate.parse("60/minute").interval, Rate.parse("4/second").interval) == (1.0, 0.25)


@pytest.mark.parametrize("text", ["", "10", "10/", "/second", "10/day", "x/second", "10/second:x"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="60/minute:20"):
        Rate.parse(text)
