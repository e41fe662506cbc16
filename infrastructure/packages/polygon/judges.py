import re
from dataclasses import dataclass

from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerProtocol, CheckerType
from domain.problems.files import PackageProgram
from domain.problems.setup import Interaction
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.polygon.checkers import ALIKE, SAME, standard_name
from infrastructure.packages.polygon.programs import NamedProgram, Programs
from infrastructure.packages.remarks import Remarks
from infrastructure.packages.xml_tree import XmlElement

_HEAD = 1024 * 1024
_SHARES = re.compile(rb"\b(?:quitp|quitpi|_pc|_points|_partially)\b")


@dataclass(frozen=True, slots=True)
class Judges:
    """The checker and the interactor of one package; ``file`` is its manifest, for complaints."""

    folder: PackageFolder
    root: XmlElement
    file: str
    programs: Programs
    remarks: Remarks

    def checker(self) -> CheckerSpec | None:
        """None: the package has none."""
        element = self.root.first("assets/checker")
        if element is None:
            return None
        standard = standard_name(element.get("name")) or ""
        if standard in SAME:
            return SAME[standard]
        named = self._named(element)
        compiles = named is not None and not named.problem and (self.programs.has_testlib or not named.testlib)
        if not compiles and standard in ALIKE:
            self.remarks.warn(
                f"has the checker std::{standard}, without its source and testlib.h: this service's own is taken",
                self.file,
                element.line,
            )
            return ALIKE[standard]
        program = self._required(named, "checker", element)
        if program is None:
            return CheckerSpec()
        return CheckerSpec(type=CheckerType.PROGRAM, program=program, protocol=CheckerProtocol.TESTLIB)

    def gives_shares(self, checker: CheckerSpec | None) -> bool:
        """Whether the checker's source speaks of points (testlib's quitp, _pc …)."""
        program = None if checker is None else checker.program
        return program is not None and _SHARES.search(self.folder.head(program.path, _HEAD)) is not None

    def _named(self, element: XmlElement) -> NamedProgram | None:
        """By its source, or by one of its copies ("check.cpp")."""
        named = self.programs.named_by(element.first("source"))
        if named is None:
            source = element.first("source")
            kind = (source.get("type") if source is not None else None) or ""
            for copy in element.all("copy"):
                attributes = {"path": copy.get("path") or "", "type": kind}
                named = named or self.programs.named_by(XmlElement("source", attributes, copy.line))
        return named

    def _required(self, named: NamedProgram | None, role: str, element: XmlElement) -> PackageProgram | None:
        if named is None:
            self.remarks.complain(f"names a {role} of which the source is not in the package", self.file, element.line)
            return None
        if named.problem:
            self.remarks.complain(f"is the {role} and {named.problem}", self.folder.prefix + named.program.path)
            return None
        return named.program

    def interaction(self, *, judges: bool) -> Interaction | None:
        """``judges``: there is no checker to decide over what the interactor has written."""
        element = self.root.first("assets/interactor")
        if element is None:
            return None
        program = self._required(self._named(element), "interactor", element)
        return (
            None if program is None else Interaction(program=program, protocol=CheckerProtocol.TESTLIB, judges=judges)
        )
