"""YAML files of a package: one that cannot be parsed keeps nothing else from being read."""

import re

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.yaml_table import YamlTable, parse_table

_PLAIN = re.compile(r"([A-Za-z_]\w*):[ \t]+(?![\"'|>\[&*]|\{[^{])(.*[:@`{}%].*?)[ \t]*")
_END = re.compile(r"^---[ \t]*$", re.MULTILINE)


def read_table(
    folder: PackageFolder, path: str, max_size: int, complaints: list[Complaint], warnings: list[Complaint]
) -> YamlTable:
    """A file that is a mapping. What cannot be parsed is a complaint, and an empty mapping; texts that want quotes
    ("name: Knights: the return") are given them, which is a warning.
    """
    file = folder.prefix + path
    try:
        text = folder.any_text(path, max_size)
        try:
            return parse_table(text, file, complaints, warnings)
        except PackageRejected as rejection:
            mended = _mended(text)
            if mended == text:
                raise
            try:
                table = parse_table(mended, file, complaints, warnings)
            except PackageRejected:
                raise rejection from None
            reason = rejection.complaints[0]
            warnings.append(Complaint(f"{reason.message}: it was read as if its texts had quotes", file, reason.line))
            return table
    except PackageRejected as rejection:
        complaints.extend(rejection.complaints)
        return YamlTable(file, {}, complaints, warnings)


def _mended(text: str) -> str:
    """The first document; texts of the outermost keys in quotes."""
    documents = [part for part in _END.split(text) if part.strip()]
    lines = (documents[0] if documents else "").splitlines()
    return "\n".join(map(_quoted, lines)) + "\n"


def _quoted(line: str) -> str:
    found = _PLAIN.fullmatch(line)
    return line if found is None else "{}: '{}'".format(found[1], found[2].replace("'", "''"))
