from collections.abc import Iterator
from dataclasses import dataclass, replace

from application.problems.packages import ProblemDraft
from domain.languages.entities import LanguageId
from domain.problems.entities import ProblemLimits
from domain.problems.enums import CheckerProtocol, Scoring
from domain.problems.files import PackageFile, Statement, Stub
from domain.problems.material import ProblemMaterial
from domain.problems.setup import Interaction, ProblemSetup
from infrastructure.packages.dmoj.case_patterns import INPUT, OUTPUT, BadPattern, find_cases
from infrastructure.packages.dmoj.cases import Cases
from infrastructure.packages.dmoj.checkers import command_line, read_checker
from infrastructure.packages.dmoj.programs import Programs
from infrastructure.packages.dmoj.references import References, read_references
from infrastructure.packages.dmoj.site_settings import SiteSettings, read_site_settings
from infrastructure.packages.dmoj.unbuffered import unbuffered_stubs
from infrastructure.packages.inner_paths import find_file, inner_path
from infrastructure.packages.nested_archive import unpack_nested
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.remarks import Remarks
from infrastructure.packages.slugs import slug_of
from infrastructure.packages.time_rules import OF_ANOTHER_MACHINE
from infrastructure.packages.yaml_table import YamlTable, parse_table

MANIFEST = "init.yml"
_MAX_MANIFEST = 16 * 1024 * 1024
_STATEMENTS = {"md": "markdown", "html": "html", "pdf": "pdf", "tex": "latex"}
_STATEMENT_NAMES = frozenset({"statement", "problem", "description"})
_INTERACTOR_ORDERS = {
    "default": (CheckerProtocol.DMOJ, "{input_file} {answer_file}"),
    "testlib": (CheckerProtocol.TESTLIB, "{input_file} {output_file} {answer_file}"),
    "coci": (CheckerProtocol.COCI, "{input_file} {answer_file}"),
    "peg": (CheckerProtocol.PEG, "{input_file} {answer_file}"),
}
_DISPLAY = ("output_prefix_length", "hints", "meta", "points", "binary_data", "short_circuit", "io_redirects", "source")
_C = ("c17", "c11")
_CPP = ("cpp17", "cpp20", "cpp23", "cpp14")


class DmojReader:
    """``infrastructure.packages.reader.PackageReader`` for DMOJ's problem folders."""

    format = "dmoj"

    def recognises(self, folder: PackageFolder) -> bool:
        """By its manifest."""
        return MANIFEST in folder.unwrapped(MANIFEST).files

    def read(self, folder: PackageFolder) -> ProblemDraft:
        """Raises PackageRejected with every complaint."""
        whole, folder = folder, folder.unwrapped(MANIFEST)
        file = folder.prefix + MANIFEST
        remarks = Remarks(warnings=list(folder.warnings))
        root = parse_table(folder.any_text(MANIFEST, _MAX_MANIFEST), file, remarks.complaints, remarks.warnings)
        draft = _Reading(folder, whole, root, remarks).draft()
        remarks.check(draft)
        return draft


@dataclass(slots=True)
class _Reading:
    folder: PackageFolder
    whole: PackageFolder
    root: YamlTable
    remarks: Remarks

    def draft(self) -> ProblemDraft:
        root = self.root
        slug = self._slug()
        programs = Programs(self.folder, root.file, self.remarks)
        data, listed = self._data()
        cases = Cases(data, root, programs, self.remarks)
        self._read_cases(cases, listed)
        references = read_references(self.folder, slug or "", self.remarks)
        site = read_site_settings(self.folder)
        draft = ProblemDraft(
            title=site.name or slug or "",
            limits=self._limits(references, site),
            checker=read_checker(root, programs),
            scoring=Scoring.POINTS,
            groups=tuple(cases.groups),
            tests=tuple(cases.tests),
            setup=self._setup(cases, programs),
            material=ProblemMaterial(
                references=references.submissions,
                time_rule=OF_ANOTHER_MACHINE,
                statements=tuple(self._statements(site.name)),
            ),
            slug=slug_of(slug or ""),
            format=DmojReader.format,
            source=root.file,
        )
        for key in _DISPLAY:
            root.get(key)
        for key, why in (("symlinks", "is not supported: there are no links to the standard streams"),):
            if root.get(key) is not None:
                root.warn(key, why)
        root.finish()
        return replace(draft, warnings=self.remarks.told_warnings(), contents=self.folder.used)

    def _slug(self) -> str:
        """The folder's name, which is what DMOJ calls a problem by; else the archive's."""
        folder = self.folder.prefix.rstrip("/").rpartition("/")[2]
        return folder or (self.root.text("archive") or "").rpartition("/")[2].removesuffix(".zip")

    def _data(self) -> tuple[PackageFolder, list[str]]:
        """Where cases are looked for, the problem's folder first; and the names that patterns look through."""
        own = self.folder
        archive = self.root.text("archive")
        if archive is None:
            return own, [path for path in own.files if path != MANIFEST]
        at = find_file(own, archive)
        if at is None:
            self.root.warn(
                "archive", f"names {archive[:100]!r}, which is not in the package: files beside it are taken"
            )
            top = (inner_path(archive) or "").removesuffix(".zip") + "/"
            inside = {path.removeprefix(top): file for path, file in own.files.items() if path.startswith(top)}
            return replace(own, files={**inside, **own.files}), [*own.files, *inside]
        files = unpack_nested(own, at, self.whole)
        return replace(own, files={**files, **own.files}), list(files)

    def _read_cases(self, cases: Cases, listed: list[str]) -> None:
        pretests = self.root.get("pretest_test_cases")
        if pretests is not None and isinstance(pretests.value, list):
            cases.read_list(self.root.tables("pretest_test_cases"), pretests=True)
        elif pretests is not None:
            self.root.warn("pretest_test_cases", "is left out: it is not a list of cases")
        found = self.root.get("test_cases")
        if found is not None and isinstance(found.value, list):
            cases.read_list(self.root.tables("test_cases"))
        else:
            formats = self.root.table("test_cases")
            formats_in, formats_out = formats.text("input_format") or INPUT, formats.text("output_format") or OUTPUT
            points = self._case_points(formats)
            formats.finish()
            try:
                cases.read_found(find_cases(listed, formats_in, formats_out), points)
            except BadPattern as error:
                self.root.complain("test_cases", error.reason)
        if not cases.tests and not self.remarks.complaints:
            self.root.complain("test_cases", "gives no tests")

    def _case_points(self, formats: YamlTable) -> list[float]:
        points: list[float] = []
        for word in formats.texts("case_points") or ():
            try:
                points.append(min(max(float(word), 0.0), 1e9))
            except ValueError:
                formats.complain("case_points", f"must be numbers, not {word[:40]!r}")
        return points

    def _limits(self, references: References, site: SiteSettings) -> ProblemLimits:
        time, memory = site.time or references.time, site.memory or references.memory
        if time is None:
            self.remarks.warn("states no time limit, as DMOJ keeps it elsewhere: it follows from the solutions", None)
        else:
            where = site.source if site.time is not None else "tests/*/test.yml"
            self.remarks.warn(f"init.yml states no limits: they are taken from {where}")
        output, factor = self.root.whole("output_limit_length"), self.root.number("wall_time_factor")
        wall = time * factor if time is not None and factor is not None and 1 <= factor <= 1000 else None
        return ProblemLimits(cpu_time=time, memory=memory, wall_time=wall, output=output or None)

    def _setup(self, cases: Cases, programs: Programs) -> ProblemSetup:
        file_io = self.root.table("file_io")
        names = [file_io.text(key) for key in ("input", "output")]
        file_io.finish()
        read_from, write_to = (
            (name or cases.file_names.get(mode) or "").rpartition("/")[2][:128] or None
            for name, mode in zip(names, ("r", "w"), strict=True)
        )
        for name in (read_from, write_to):
            if name is not None and (not name.isprintable() or name in (".", "..")):
                self.root.complain("file_io", "must name files")
        stub = self._signature_grader()
        unbuffered = self.root.flag("unbuffered") is True
        return ProblemSetup(
            absolute_limits=True,
            interaction=self._interaction(programs),
            stubs=(*(() if stub is None else (stub,)), *(unbuffered_stubs() if unbuffered else ())),
            languages=None if stub is None else stub.languages,
            input_file=read_from,
            output_file=write_to,
        )

    def _interaction(self, programs: Programs) -> Interaction | None:
        if (custom := self.root.get("custom_judge")) is not None:
            return self._grader(programs, custom.line)
        found = self.root.get("interactive")
        if found is None:
            return None
        table = self.root.table("interactive")
        program = programs.of(
            table.texts("files") or (),
            "interactor",
            executor=table.text("lang"),
            flags=table.texts("flags") or (),
            line=found.line,
        )
        kind = table.text("type") or "default"
        protocol, order = _INTERACTOR_ORDERS.get(kind, (None, ""))
        if protocol is None:
            table.complain("type", f"must be one of {', '.join(_INTERACTOR_ORDERS)}")
        own = command_line(table, order)
        for key in ("preprocessing_time", "memory_limit", "time_limit", "feedback", "cached", "unbuffered"):
            table.get(key)
        table.finish()
        if program is None or protocol is None:
            return None
        return Interaction(program=program, protocol=protocol, arguments=own)

    def _grader(self, programs: Programs, line: int) -> Interaction | None:
        """Python code, whose class talks to the submission. One that looks at how it ended is not for us."""
        self.root.get("interactive")
        program = programs.of(self.root.texts("custom_judge") or (), "grader", line=line)
        if program is None:
            return None
        if program.language != "python3":
            self.root.complain("custom_judge", "must be a file of Python 3")
        return Interaction(program=program, protocol=CheckerProtocol.DMOJ_PYTHON)

    def _signature_grader(self) -> Stub | None:
        """The entry is compiled with the submission, before which the header stands."""
        if self.root.get("signature_grader") is None:
            return None
        table = self.root.table("signature_grader")
        entry, header = table.text("entry") or "", table.text("header") or ""
        keeps_main = table.flag("allow_main") is True
        table.finish()
        paths = [find_file(self.folder, path) for path in (entry, header)]
        for key, path, at in zip(("entry", "header"), (entry, header), paths, strict=True):
            if at is None:
                table.complain(key, f"names {path[:100]!r}, which is not in the package")
        entry_at, header_at = paths
        if entry_at is None or header_at is None:
            return None
        name = header_at.rpartition("/")[2]
        entry_name = entry_at.rpartition("/")[2]
        source = f'#define SIGNATURE_GRADER 1\n#line 1 "{entry_name}"\n'.encode()
        files = (
            PackageFile(entry_name, self.folder.add(source + self.folder.data(entry_at, _MAX_MANIFEST))),
            self.folder.file(header_at, name),
        )
        prologue = f'#include "{name}"\n' + ("" if keeps_main else "#define main main_of_submission\n")
        languages = (*_C, *_CPP) if entry_at.endswith(".c") else _CPP
        return Stub(
            languages=tuple(LanguageId(language) for language in languages),
            files=files,
            main=entry_name,
            prologue=prologue,
        )

    def _statements(self, title: str) -> Iterator[Statement]:
        for path in self.folder.below(""):
            stem, _, ending = path.rpartition(".")
            form = _STATEMENTS.get(ending.lower())
            if "/" not in path and form is not None and stem.lower() in _STATEMENT_NAMES:
                yield Statement(language="en", format=form, files=(self.folder.file(path),), title=title)
