import pytest

from domain.problems.path_patterns import matches_path


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("accepted", "accepted/a.py", True),
        ("accepted/*", "accepted/a.py", True),
        ("*.py", "accepted/a.py", False),
        ("secret/*-easy", "secret/01-easy", True),
        ("secret/*-easy", "secret/01-hard", False),
        ("secret/a*b*c", "secret/axxbyyc", True),
        ("secret/a*a", "secret/a", False),
        ("secret/group1/x", "secret/group1", False),
        ("secret/*{1,3}", "secret/13", True),
        ("secret/*{ 4 }{ 2 }", "secret/42", True),
        ("{accepted,wrong}/*.{py,cpp}", "wrong/a.cpp", True),
        ("{accepted,wrong}/*.{py,cpp}", "wrong/a.java", False),
    ],
)
def test_patterns(pattern: str, path: str, *, matches: bool) -> None:
    assert matches_path(pattern, path) is matches
