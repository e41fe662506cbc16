import asyncio
import time

import pytest

from infrastructure.statements.page import page
from infrastructure.statements.pandoc import find_pandoc
from infrastructure.statements.sanitizer import Sanitizer
from infrastructure.statements.sanitizing_process import clean


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<script>alert(1)</script>a<style>p{}</style>", "a"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="JaVa&#10;Script:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<img src="tree.png" onerror="alert(1)">', '<img src="tree.png">'),
        ('<img src="./my%20tree.png">', '<img src="my%20tree.png">'),
        ('<img src="tree" alt="A">', '<img src="tree.png" alt="A">'),
        ('<img src="https://evil.example/x.png">', "<img>"),
        ('<img src="//evil.example/x.png"><img src="/api/v1/keys"><img src="data:image/svg+xml,x">', "<img><img><img>"),
        ('<p style="position:fixed;width:10%" class="x" id="y">a</p>', "<p>a</p>"),
        ('<td style="position:fixed;width:10%">a', "a"),
        ('<span style="position:fixed;width:10%">a</span>', '<span style="width:10%">a</span>'),
        ('<h2 id="statement-input">a</h2>', '<h2 id="statement-input">a</h2>'),
        ("<form><input><button>a</button></form><iframe src=x></iframe><embed src=x><object data=x></object>", "a"),
        ("<svg><a xlink:href='javascript:1'>x</a></svg>b", "b"),
        ("<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>", None),
        ("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", None),
        ("<base href=x><meta http-equiv=refresh content=0><link rel=stylesheet href=x>a", "a"),
    ],
)
def test_nothing_that_runs_is_left(html: str, expected: str | None) -> None:
    cleaned = clean(html, {"tree.png": "tree.png", "tree": "tree.png", "my tree.png": "my tree.png"})
    if expected is not None:
        assert cleaned == expected
    assert "<script" not in cleaned
    assert " onerror" not in cleaned.replace("&lt;img src=1 onerror=alert(1)&gt;", "")
    assert clean(cleaned, {}) == clean(clean(cleaned, {}), {})


def test_formulas_stay() -> None:
    formula = (
        '<math display="block" xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><msup><mi>x</mi><mn>2</mn>'
        '</msup><mo stretchy="true" form="prefix">(</mo></mrow><annotation encoding="application/x-tex">x^2('
        "</annotation></semantics></math>"
    )
    assert clean(formula, {}) == formula


async def test_a_page_that_is_too_deep_is_given_up_in_time() -> None:
    sanitizer = Sanitizer()
    assert await sanitizer.clean("<p>a</p>", {}) == "<p>a</p>"
    started = time.monotonic()
    assert await asyncio.wait_for(sanitizer.clean("<div>" * 200_000, {}), 60) is None
    assert time.monotonic() - started < 60


def test_titles_are_text() -> None:
    made = page("<p>a</p>", 'en"><script>', "<script>alert(1)</script>")
    assert "<script" not in made
    assert "<h1>&lt;script&gt;" in made
    assert "<h1>" not in page('<h1 id="x">A</h1>', "en", "").replace('<h1 id="x">', "")


def test_a_pandoc_that_cannot_be_used_is_told(tmp_path: object) -> None:
    assert find_pandoc("/nonexistent").path is None
    assert "not installed" in find_pandoc("/nonexistent").why
