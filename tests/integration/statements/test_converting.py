"""From packages to HTML, with the real pandoc in the real sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from dishka import AsyncContainer

from application.contents import BytesContent
from application.problems.packages import Packages
from application.problems.readable_packages import ReadablePackages
from application.sandbox import SandboxPool
from domain.problems.entities import Complaint
from domain.problems.files import Statement
from infrastructure.statements.pandoc import CURE, Pandoc, find_pandoc
from infrastructure.statements.pandoc_converter import PandocConverter
from infrastructure.statements.sanitizer import Sanitizer
from tests.unit.packages.zips import packed

needs_pandoc = pytest.mark.skipif(find_pandoc().path is None, reason=f"no pandoc: {CURE}")

BASE = {"k/problem.yaml": "name: Tree\n", "k/data/secret/1.in": "1\n", "k/data/secret/1.ans": "1\n"}
PLACE = "k/problem_statement"


@dataclass
class Read:
    """What a draft has said, with the bytes of every statement's text."""

    statements: Sequence[Statement]
    texts: Sequence[str]
    warnings: Sequence[Complaint]

    def html(self, language: str = "en") -> str:
        """The page that was made."""
        found = (
            t for s, t in zip(self.statements, self.texts, strict=True) if s.converted_from and s.language == language
        )
        return next(found)


async def read(packages: Packages, files: Mapping[str, str | bytes]) -> Read:
    async with packages.read(BytesContent(packed({**BASE, **files}))) as draft:
        statements = draft.material.statements
        texts = []
        for statement in statements:
            with draft.contents[statement.files[0].content.digest].open() as reader:
                texts.append(reader.read().decode())
        return Read(statements, texts, draft.warnings)


@pytest.fixture
async def packages(worker: AsyncContainer) -> Packages:
    packages: Packages = await worker.get(Packages)
    return packages


KATTIS = r"""
\problemname{Tr\"ad $n$}
\illustration{0.4}{tree}{\href{https://example.com/p}{A tree} by a friend}%
Given $1 \le n \le 10^5$, \textbf{count} trees. \includegraphics[width=0.5\textwidth]{missing.png}
\input{grid.tex}
\begin{Input}
One line.
\end{Input}
\section*{Output}
\begin{tabular}{|l|r|} \hline a & b \\ \hline \end{tabular}
\[ \sum_{i=1}^{n} \frac{a_i}{2} \]
\nextsample
\begin{figure}\includegraphics{plan.pdf}\end{figure}
"""


@needs_pandoc
async def test_a_kattis_statement_reads_well(packages: Packages) -> None:
    found = await read(packages, {
        f"{PLACE}/problem.en.tex": KATTIS, f"{PLACE}/grid.tex": "Taken in.", f"{PLACE}/tree.png": b"\x89PNG",
        f"{PLACE}/plan.pdf": "%PDF",
    })  # fmt: skip
    latex, html = found.statements
    assert (html.language, html.format, html.converted_from, html.title) == ("en", "html", "latex", "Tree")
    assert [file.name for file in html.files] == ["problem.en.html", "plan.pdf", "tree.png"]
    page = found.html()
    assert "<h1>Tree</h1>" in page
    assert '<img src="tree.png" style="width:40.0%"' in page
    assert 'href="https://example.com/p"' in page
    assert "<strong>count</strong>" in page
    assert "Taken in." in page
    assert [page.count(f">{heading}</h2>") for heading in ("Input", "Output")] == [1, 1]
    assert "<table>" in page
    assert "<munderover>" in page
    assert '<a href="plan.pdf"' in page
    assert "missing.png" not in page
    assert "problemname" not in page
    assert found.warnings == ()
    assert latex.converted_from == ""


OLYMP = r"""\begin{problem}{Сумма}{стандартный ввод}{стандартный вывод}{1 секунда}{256 мегабайт}
Найдите \t{a + b}, где $a_i \leq 10^9$ --- числа.
\InputFile
Два числа.
\OutputFile
Сумма.
\Examples
\begin{example}
\exmpfile{example.01}{example.01.a}%
\end{example}
\Note
Просто.
\end{problem}
"""


@needs_pandoc
async def test_a_polygon_statement_reads_well(packages: Packages) -> None:
    page = (await read(packages, {f"{PLACE}/problem.ru.tex": OLYMP})).html("ru")
    assert '<html lang="ru">' in page
    assert [page.count(f">{heading}</h2>") for heading in ("Входные данные", "Выходные данные", "Замечание")] == [1] * 3
    assert "<code>a + b</code>" in page
    assert "Два числа." in page
    for left_out in ("секунда", "мегабайт", "exmpfile", "example.01", "Examples"):
        assert left_out not in page


@needs_pandoc
async def test_markdown_is_converted_and_hostile_html_in_it_is_not(packages: Packages) -> None:
    text = (
        "# Лес\n\nCount $n^2$ trees.\n\n![A tree](tree.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n{{nextsample}}\n\n"
        '<script>alert(1)</script><img src=x onerror=alert(2)>[x](javascript:alert(3))<b onclick="alert(4)">bold</b>\n'
    )
    found = await read(packages, {f"{PLACE}/problem.en.md": text, f"{PLACE}/tree.png": b"\x89PNG"})
    page = found.html()
    assert page.count("<h1") == 1
    assert '<img src="tree.png"' in page
    assert "<td>1</td>" in page
    assert "<b>bold</b>" in page
    assert "<msup>" in page
    for left_out in ("alert", "script", "onclick", "nextsample"):
        assert left_out not in page, left_out


@needs_pandoc
async def test_what_lies_beside_the_text_cannot_be_read(packages: Packages) -> None:
    text = r"\input{/etc/passwd}\include{/etc/hostname}\includegraphics{/etc/passwd}\verbatiminput{/etc/passwd}"
    text += r"\lstinputlisting{/etc/passwd} left"
    page = (await read(packages, {f"{PLACE}/problem.en.tex": text})).html()
    assert "left" in page
    assert "root:" not in page
    assert "/etc" not in page


@needs_pandoc
@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (r"\def\a{\a\a}\a", "pandoc: "),
        (r"\newcommand{\a}{aaaaaaaaaa}" + "".join(
            rf"\newcommand{{\{chr(98 + n)}}}{{{(chr(92) + chr(97 + n) + ' ') * 10}}}" for n in range(9)
        ) + r"\j", "pandoc: "),
        ("{" * 20_000, "pandoc: "),
        ("x" * (1024 * 1024 + 1), "it is larger than 1048576 bytes"),
    ],
    ids=["recursion", "bomb", "unclosed", "large"],
)  # fmt: skip
async def test_a_hostile_text_ends_in_a_warning(packages: Packages, text: str, cause: str) -> None:
    found = await read(packages, {f"{PLACE}/problem.en.tex": text, f"{PLACE}/problem.sv.tex": "Bra."})
    assert [s.format for s in found.statements if s.language == "en"] == ["latex"]
    assert "Bra." in found.html("sv")
    (warning,) = found.warnings
    assert warning.file == "problem.en.tex"
    assert warning.message.startswith(f"is served as it is, since it could not be converted to HTML: {cause}")


@needs_pandoc
async def test_html_of_the_package_is_left_alone(packages: Packages) -> None:
    found = await read(packages, {f"{PLACE}/problem.en.tex": "A", f"{PLACE}/problem.en.html": "<p>B"})
    assert sorted((s.format, s.converted_from) for s in found.statements) == [("html", ""), ("latex", "")]
    assert "<p>B" in found.texts


@needs_pandoc
async def test_the_same_text_gives_the_same_bytes(packages: Packages) -> None:
    one, other = [await read(packages, {f"{PLACE}/problem.en.tex": KATTIS}) for _ in range(2)]
    assert [s.files for s in one.statements] == [s.files for s in other.statements]


async def test_without_pandoc_the_source_is_served_and_a_warning_says_so(
    worker: AsyncContainer, packages: Packages
) -> None:
    assert isinstance(packages, ReadablePackages)
    without = ReadablePackages(
        packages=packages.packages,
        converter=PandocConverter(Pandoc(None, "pandoc is not installed"), Sanitizer()),
        pool=await worker.get(SandboxPool),
    )
    found = await read(without, {f"{PLACE}/problem.en.tex": "A", f"{PLACE}/problem.sv.md": "B"})
    assert sorted((s.language, s.format) for s in found.statements) == [("en", "latex"), ("sv", "markdown")]
    (warning,) = found.warnings
    assert "pandoc is not installed on the worker (apt-get install pandoc)" in warning.message
