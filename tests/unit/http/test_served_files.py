import pytest

from infrastructure.http.api.v1.problems.accept import ordered
from infrastructure.http.api.v1.problems.served_files import disposition, media_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tree.png", 'inline; filename="tree.png"'),
        ("a/b/tree.png", 'inline; filename="tree.png"'),
        ("a\r\nX-Evil: 1", "inline; filename=\"a__X-Evil_ 1\"; filename*=UTF-8''a%0D%0AX-Evil%3A%201"),
        ('a"\\b', "inline; filename=\"a__b\"; filename*=UTF-8''a%22%5Cb"),
        ("\udcff", "inline; filename=\"_\"; filename*=UTF-8''%3F"),
        ("a/", 'inline; filename="file"'),
    ],
)
def test_a_name_cannot_end_its_header(name: str, expected: str) -> None:
    assert disposition(name, attached=False) == expected


def test_media_types_are_from_a_list() -> None:
    names = ("a.PNG", "a.js", "a.svg", "a", "html", "a.html.exe", "x/y.html")
    assert [media_type(name) for name in names] == [
        "image/png", "application/octet-stream", "image/svg+xml", "application/octet-stream",
        "application/octet-stream", "application/octet-stream", "text/html; charset=utf-8",
    ]  # fmt: skip
    assert media_type("problem.tex", "html") == "text/html; charset=utf-8"


@pytest.mark.parametrize("accept", ["", ",", ";;;", "q=1", "*/*;q=x", "text/html;q=2", "a" * 1000, "*/*," * 500])
def test_a_strange_accept_changes_nothing(accept: str) -> None:
    assert ordered(("html", "pdf"), accept) == ["html", "pdf"]
