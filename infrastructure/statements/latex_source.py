"""LaTeX as Kattis and Polygon mean it, made readable for pandoc: it knows LaTeX, but not their style files.

Nothing here needs to be safe: what comes out is as hostile as what went in, and pandoc reads it in a sandbox.
"""

import re
from collections.abc import Mapping

from infrastructure.statements.headings import headings

_INPUT = re.compile(r"\\(?:input|include|subimport\{[^{}]{0,200}\})[ \t]*\{([^{}\n]{1,200})\}")
_DEPTH = 3
_MOST_CHARACTERS = 4 * 1024 * 1024
_COMMENT = re.compile(r"(?<!\\)%")

_COMMON = r"""
\newcommand{\illustration}[3]{\begin{figure}\includegraphics[width=#1\textwidth]{#2}\caption{#3}\end{figure}}
\newcommand{\captionof}[2]{\emph{#2}}
\newcommand{\captionsetup}[1]{}
\newcommand{\displaysample}[1]{}
\newcommand{\nextsample}{}
\newcommand{\remainingsamples}{}
\newcommand{\sampleinteraction}[1]{}
\newcommand{\ifplastex}{\iffalse}
"""
_KATTIS = r"\newcommand{\problemname}[1]{}" + "\n"
_OLYMP = r"""
\newenvironment{problem}[5]{}{}
\renewcommand{\t}[1]{\texttt{#1}}
\newcommand{\Example}{}
\newcommand{\Examples}{}
\newcommand{\exmp}[2]{}
\newcommand{\exmpfile}[2]{}
"""
_SECTIONS = {
    "InputFile": "Input", "OutputFile": "Output", "Interaction": "Interaction", "Scoring": "Scoring", "Note": "Note",
    "Notes": "Note", "Constraints": "Constraints", "Explanation": "Explanation", "Explanations": "Explanation",
}  # fmt: skip
_ENVIRONMENTS = ("Input", "Output", "Interaction")
_SAMPLES = ("example", "examplethree", "examplewide", "Sample", "sampletable")


def prepared(text: str, language: str, texts: Mapping[str, str]) -> str:
    """For ``pandoc -f latex``. ``texts`` are what the text may take in, by name."""
    text = _Inputs(texts).into(text)
    for name in _SAMPLES:  # samples are served from the tests themselves
        text = text.replace(f"\\begin{{{name}}}", r"\begin{comment}").replace(f"\\end{{{name}}}", r"\end{comment}")
    words = headings(language)
    own = _COMMON
    if r"\begin{problem}" in text:
        own += _OLYMP
        own += "".join(f"\\newcommand{{\\{name}}}{{\\section*{{{words[word]}}}}}\n" for name, word in _SECTIONS.items())
    else:
        own += _KATTIS
        own += "".join(f"\\newenvironment{{{name}}}{{\\section*{{{words[name]}}}}}{{}}\n" for name in _ENVIRONMENTS)
    return f"{own}\n{text}"


class _Inputs:
    """pandoc may read no files, so that what is taken in has to stand in the text itself."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {key: value for name, value in texts.items() for key in (name, name.removesuffix(".tex"))}
        self._left = _MOST_CHARACTERS

    def into(self, text: str, depth: int = _DEPTH) -> str:
        """What is too deep or too much is left out."""
        return _INPUT.sub(lambda found: self._part(found, depth), text) if self._texts else text

    def _part(self, found: re.Match[str], depth: int) -> str:
        line = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()]
        part = self._texts.get(found[1].strip().rpartition("/")[2])
        if part is None or _COMMENT.search(line[-1000:]):
            return found[0]
        self._left -= len(part)
        return self.into(part, depth - 1) if depth and self._left >= 0 else ""
