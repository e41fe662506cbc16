from collections.abc import Iterator
from datetime import timedelta

from application.problems.packages import ProblemDraft
from domain.problems.entities import CheckerSpec, ProblemLimits
from domain.problems.enums import CheckerProtocol, Scoring
from domain.problems.files import PackageFile, PackageProgram
from domain.problems.material import InputValidator, ProblemMaterial, ReferenceSubmission
from domain.problems.setup import ProblemSetup
from infrastructure.packages.inner_paths import find_file
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.polygon.judges import Judges
from infrastructure.packages.polygon.programs import Programs
from infrastructure.packages.polygon.solutions import read_solutions
from infrastructure.packages.polygon.statements import read_statements
from infrastructure.packages.polygon.stubs import read_stubs
from infrastructure.packages.polygon.testset import Testset
from infrastructure.packages.remarks import Remarks
from infrastructure.packages.slugs import slug_of, title_of
from infrastructure.packages.time_rules import OF_ANOTHER_MACHINE
from infrastructure.packages.xml_tree import XmlElement, parse_xml

MANIFEST = "problem.xml"
_MAX_MANIFEST = 32 * 1024 * 1024
_FOREIGN = ("problem.toml", "problem.yaml", "init.yml", "task.yaml", "domjudge-problem.ini")
_MOST_RUNS = 10
_MAX_LIMIT = 2**53


class PolygonReader:
    """``infrastructure.packages.reader.PackageReader`` for packages of Polygon, full and standard."""

    format = "polygon"

    def recognises(self, folder: PackageFolder) -> bool:
        """By its manifest."""
        return MANIFEST in _top(folder).files

    def read(self, folder: PackageFolder) -> ProblemDraft:
        """Raises PackageRejected with every complaint."""
        folder = _top(folder)
        file = folder.prefix + MANIFEST
        remarks = Remarks(warnings=list(folder.warnings))
        root = parse_xml(folder.data(MANIFEST, _MAX_MANIFEST), file)
        if root.tag != "problem":
            remarks.complain(f"is no problem of Polygon: its root is <{root.tag[:40]}>", file, root.line)
        remarks.check()
        draft = _Reading(folder, root, file, remarks).draft()
        remarks.check(draft)
        return draft


def _top(folder: PackageFolder) -> PackageFolder:
    """Where the manifest lies: also deeper ("problems/sum/"), if there is but one and no other judge's beside it."""
    inside = folder.unwrapped(MANIFEST)
    if MANIFEST in inside.files or any(name in folder.unwrapped(name).files for name in _FOREIGN):
        return inside
    deeper = [path for path in folder.files if path.endswith("/" + MANIFEST)]
    return folder.inside(deeper[0].removesuffix(MANIFEST)) if len(deeper) == 1 else inside


class _Reading:
    def __init__(self, folder: PackageFolder, root: XmlElement, file: str, remarks: Remarks) -> None:
        self._folder = folder
        self._root = root
        self._file = file
        self._remarks = remarks
        self._programs = Programs(folder, root)

    def draft(self) -> ProblemDraft:
        judging = self._root.first("judging") or XmlElement("judging", {}, self._root.line)
        testset = self._testset(judging)
        testset.read()
        judges = Judges(self._folder, self._root, self._file, self._programs, self._remarks)
        checker = judges.checker()
        main, references = read_solutions(
            self._root,
            self._programs,
            testset.name,
            points=testset.has_points,
            partial=judges.gives_shares(checker),
            file=self._file,
            remarks=self._remarks,
        )
        self._check_answers(testset, main)
        return ProblemDraft(
            title=self._title(),
            limits=self._limits(judging, testset.name),
            checker=checker or CheckerSpec(),
            scoring=Scoring.POINTS if testset.has_points else Scoring.PASS_FAIL,
            groups=testset.groups,
            tests=tuple(testset.tests),
            setup=ProblemSetup(
                absolute_limits=True,
                interaction=judges.interaction(judges=checker is None),
                passes=self._passes(judging),
                stubs=tuple(read_stubs(self._folder, self._root, self._file, self._remarks)),
                input_file=_file_name(judging.get("input-file")),
                output_file=_file_name(judging.get("output-file")),
            ),
            material=self._material(testset, references),
            solution=main,
            slug=slug_of(self._root.get("short-name") or ""),
            format=PolygonReader.format,
            source=self._file,
            warnings=self._remarks.told_warnings(),
            contents=self._folder.used,
        )

    def _title(self) -> str:
        names = {e.get("language"): e.get("value") or "" for e in self._root.all("names/name")}
        return title_of(names.get("english") or next(filter(None, names.values()), ""))

    def _testset(self, judging: XmlElement) -> Testset:
        testsets = list(judging.all("testset"))
        chosen = next((e for e in testsets if e.get("name") == "tests"), testsets[0] if testsets else None)
        if chosen is None:
            self._remarks.complain("has no testset: there is nothing to judge by", self._file, judging.line)
            chosen = XmlElement("testset", {}, judging.line)
        for other in testsets:
            if other is not chosen:
                name = (other.get("name") or "")[:40]
                self._remarks.warn(f"has another testset, {name!r}: it is left out", self._file, other.line)
        testset = Testset(chosen, self._folder, self._programs, self._file, self._remarks)
        if testsets and testset.is_empty:
            self._remarks.complain("has a testset without tests", self._file, chosen.line)
        return testset

    def _limits(self, judging: XmlElement, name: str) -> ProblemLimits:
        testset = next((e for e in judging.all("testset") if (e.get("name") or "tests") == name), judging)
        time, memory = self._whole(testset, "time-limit"), self._whole(testset, "memory-limit")
        if time is None:
            self._remarks.warn("states no time limit", self._file, testset.line)
        return ProblemLimits(cpu_time=None if time is None else timedelta(milliseconds=time), memory=memory)

    def _whole(self, element: XmlElement, tag: str) -> int | None:
        found = element.first(tag)
        if found is None:
            return None
        if not (found.text.isascii() and found.text.isdecimal() and len(found.text) < 16 and int(found.text)):
            self._remarks.complain(f"{tag} must be a whole number, not {found.text[:40]!r}", self._file, found.line)
            return None
        return min(int(found.text), _MAX_LIMIT)

    def _passes(self, judging: XmlElement) -> int:
        text = judging.get("run-count") or "1"
        runs = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 1
        if runs > _MOST_RUNS:
            self._remarks.complain(
                f"asks for {runs} runs on each test, more than {_MOST_RUNS}", self._file, judging.line
            )
        if runs > 1:
            self._remarks.warn(
                f"asks for {runs} runs on each test: each later one reads what the interactor has written",
                self._file,
                judging.line,
            )
        return max(runs, 1)

    def _check_answers(self, testset: Testset, main: PackageProgram | None) -> None:
        if main is not None:
            return
        missing = next((test for test in testset.tests if test.answer is None), None)
        if missing is not None:
            self._remarks.complain(
                f"has no answer for test {missing.name}, and no main solution that could make it", self._file
            )

    def _material(self, testset: Testset, references: tuple[ReferenceSubmission, ...]) -> ProblemMaterial:
        attachments: dict[str, PackageFile] = {}
        for element in self._root.all("files/attachments/file"):
            path = find_file(self._folder, element.get("path") or "")
            if path is not None:
                name = path.rpartition("/")[2]
                attachments.setdefault(name, self._folder.file(path, name))
        return ProblemMaterial(
            validators=tuple(self._validators(testset)),
            references=references,
            time_rule=OF_ANOTHER_MACHINE,
            statements=tuple(read_statements(self._folder, self._root)),
            attachments=tuple(attachments.values()),
        )

    def _validators(self, testset: Testset) -> Iterator[InputValidator]:
        for element in self._root.all("assets/validators/validator"):
            named = self._programs.named_by(element.first("source"))
            if named is None or named.problem:
                why = "is not in the package" if named is None else named.problem
                self._remarks.warn(f"names a validator that {why}: it is left out", self._file, element.line)
            else:
                yield InputValidator(
                    program=named.program,
                    protocol=CheckerProtocol.TESTLIB,
                    arguments=("--testset", testset.name),
                )


def _file_name(name: str | None) -> str | None:
    """Where the submission reads or writes; the standard streams if there is no name."""
    bare = (name or "").strip().replace("\\", "/").rpartition("/")[2]
    return None if bare.lower() in ("", "stdin", "stdout", "standard input", "standard output", "..") else bare[:128]
