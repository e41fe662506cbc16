import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from html import escape, unescape
from urllib.parse import quote

from application.contents import BytesContent
from application.problems.statement_converter import Converted, StatementSource
from application.sandbox import Command, Outcome, Sandbox
from domain.runs.entities import Limits
from domain.submissions.verdicts import limit_sentence
from infrastructure.statements import latex_source, markdown_source
from infrastructure.statements.page import page
from infrastructure.statements.pandoc import CURE, Pandoc
from infrastructure.statements.sanitizer import Sanitizer
from infrastructure.statements.sanitizing_process import ID_PREFIX

MIB = 1024 * 1024
LIMITS = Limits(
    cpu_time=timedelta(seconds=5),
    wall_time=timedelta(seconds=60),
    memory=512 * MIB,
    output=8 * MIB,
    processes=32,
    stack=64 * MIB,
    file_size=8 * MIB,
    open_files=64,
)
"""A usual statement takes 0.1 s and 60 MiB."""

_ENDINGS = ("png", "jpg", "jpeg", "svg", "gif", "webp", "pdf", "eps")
"""What a picture that is named without its ending may be; first what browsers show."""
_EMBED = re.compile(r'<embed src="([^"<>]{1,300})"[^<>]{0,300}>')


class PandocConverter:
    """``application.problems.statement_converter.StatementConverter``. What pandoc prints is sanitised."""

    def __init__(self, pandoc: Pandoc, sanitizer: Sanitizer) -> None:
        self._pandoc = pandoc
        self._sanitizer = sanitizer

    @property
    def missing(self) -> str:
        """Why nothing can be converted here."""
        return "" if self._pandoc.path else f"HTML is made by pandoc, and {self._pandoc.why} on the worker ({CURE})"

    async def convert(self, sandbox: Sandbox, source: StatementSource) -> Converted:
        """Raises SandboxFailure."""
        outcome = await sandbox.run(self._command(source))
        try:
            if complaint := _complaint(outcome):
                return Converted(None, complaint)
            with outcome.stdout.open() as reader:
                printed = reader.read().decode(errors="replace")
        finally:
            outcome.close()
        names = _names(source.pictures)
        body = await self._sanitizer.clean(_linked(printed, names), names)
        if body is None:
            return Converted(None, "its HTML is too deep or too large")
        return Converted(page(body, source.language, source.title).encode(errors="replace"))

    def _command(self, source: StatementSource) -> Command:
        text = _text(source.text)
        if source.format == "latex":
            parts = {name: _text(part) for name, part in source.texts.items()}
            text, reader, shift = latex_source.prepared(text, source.language, parts), "latex", 1
        else:
            text, reader, shift = markdown_source.prepared(text, source.package_format), markdown_source.READER, 0
        return Command(
            argv=(
                str(self._pandoc.path), "--sandbox", "--quiet", f"--from={reader}", "--to=html5", "--mathml",
                "--no-highlight", "--wrap=none", f"--id-prefix={ID_PREFIX}", f"--shift-heading-level-by={shift}",
            ),
            env={"LC_ALL": "C.UTF-8", "HOME": "/box", "PATH": "/usr/bin:/bin"},
            stdin=BytesContent(text.encode(errors="replace")),
            limits=LIMITS,
            address_space=False,
        )  # fmt: skip


def _text(data: bytes) -> str:
    return data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace").replace("\r\n", "\n")


def _names(pictures: Iterable[str]) -> Mapping[str, str]:
    """By every name that a text may call them with."""
    names = {picture: picture for picture in pictures}
    for ending in _ENDINGS:
        for picture in pictures:
            if picture.lower().endswith(f".{ending}"):
                names.setdefault(picture[: -len(ending) - 1], picture)
    return names


def _linked(html: str, names: Mapping[str, str]) -> str:
    """PDF pictures, which browsers show in no page, become links."""

    def link(found: re.Match[str]) -> str:
        name = names.get(unescape(found[1]))
        return found[1] if name is None else f'<a href="{escape(quote(name))}">{found[1]}</a>'

    return _EMBED.sub(link, html)


def _complaint(outcome: Outcome) -> str:
    execution = outcome.execution
    if execution.first_limit is not None:
        return "pandoc: " + limit_sentence(execution.first_limit, execution, LIMITS)
    if not execution.succeeded:
        said = execution.stderr_head.decode(errors="replace").replace("\0", "\ufffd").strip()
        return f"pandoc: {' '.join(said.split())[:300] or 'it failed'}"
    return ""
