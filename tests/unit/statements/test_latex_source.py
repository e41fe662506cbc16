import time

from infrastructure.statements.latex_source import prepared


def test_what_pandoc_may_not_read_stands_in_the_text() -> None:
    texts = {"grid.tex": "GRID \\input{deep.tex}", "deep.tex": "DEEP", "self.tex": "A\\input{self}"}
    text = prepared(
        "a \\input{grid} b\n% \\input{deep}\n50\\% \\include{sub/deep.tex} \\input{../etc/passwd}", "en", texts
    )
    assert "a GRID DEEP b\n% \\input{deep}\n50\\% DEEP \\input{../etc/passwd}" in text


def test_what_takes_itself_in_ends() -> None:
    texts = {"a.tex": "\\input{a}\\input{a}" * 50}
    started = time.monotonic()
    assert len(prepared("\\input{a}", "en", texts)) < 10_000_000
    assert time.monotonic() - started < 5


def test_hostile_sources_take_no_time() -> None:
    started = time.monotonic()
    for part in ("\\begin{example}", "\\input{", "\\input{a", "%\\input{a}", "\\begin{problem}{", "\\subimport{"):
        prepared(part * (1024 * 1024 // len(part)), "en", {"b.tex": ""})
    assert time.monotonic() - started < 10


def test_headings_speak_the_statements_language() -> None:
    assert "\\newcommand{\\InputFile}{\\section*{Входные данные}}" in prepared("\\begin{problem}", "ru", {})
    assert "\\newenvironment{Input}{\\section*{Input}}{}" in prepared("", "xx", {})
