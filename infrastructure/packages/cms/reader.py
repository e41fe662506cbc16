import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from application.problems.packages import ProblemDraft
from domain.problems.entities import CheckerSpec, Complaint, ProblemLimits
from domain.problems.enums import CheckerProtocol, CheckerType, GroupScoring, Scoring
from domain.problems.files import PackageProgram, Statement
from domain.problems.material import InputValidator, ProblemMaterial
from domain.problems.setup import MOST_PROCESSES, Interaction, ProblemSetup
from infrastructure.packages.cms.programs import Programs
from infrastructure.packages.cms.solutions import MAIN, read_solutions, solution_paths
from infrastructure.packages.cms.stubs import read_stubs
from infrastructure.packages.cms.task_tests import TaskTests
from infrastructure.packages.inner_paths import find_file
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.remarks import Remarks
from infrastructure.packages.slugs import slug_of, title_of
from infrastructure.packages.time_rules import OF_ANOTHER_MACHINE
from infrastructure.packages.yaml_table import YamlTable, parse_table

MANIFESTS = ("task.yaml", "task.yaml.orig")
"""The second is what task-maker makes the first of; repositories often hold it alone."""
_PLACES = ("gen/", "sol/", "input/")
_CHECKERS = ("check/checker", "cor/correttore", "cor/checker", "check/correttore")
_MANAGERS = ("check/manager", "cor/manager")
_VALIDATORS = ("gen/validator", "gen/valida", "gen/validatore")
_MAX_MANIFEST = 1024 * 1024
_HEAD = 256 * 1024
_MIB = 1024 * 1024
_STATEMENT_FORMATS = {"pdf": "pdf", "md": "markdown", "html": "html", "tex": "latex"}
_HUMAN = {
    "statement": "", "testo": "", "english": "en", "italian": "it", "hungarian": "hu", "german": "de", "french": "fr",
    "spanish": "es", "portuguese": "pt", "russian": "ru",
}  # fmt: skip
_OTHERS = (
    "token_mode", "token_max_number", "token_min_interval", "token_gen_initial", "token_gen_number",
    "token_gen_interval", "token_gen_max", "token_initial", "token_total", "token_max", "token_gen_time",
    "max_submission_number", "max_user_test_number", "min_submission_interval", "min_user_test_interval",
    "score_mode", "score_precision", "feedback_level", "version", "public_testcases", "risultati", "difficulty",
    "syllabuslevel", "author", "authors", "source", "tags",
)  # fmt: skip


class CmsReader:
    """``infrastructure.packages.reader.PackageReader`` for the Italian format of CMS."""

    format = "cms"

    def recognises(self, folder: PackageFolder) -> bool:
        """By its manifest, and one of the folders that go with it."""
        inside = folder.unwrapped(*MANIFESTS)
        found = any(name in inside.files for name in MANIFESTS)
        return found and any(path.startswith(_PLACES) for path in inside.files)

    def read(self, folder: PackageFolder) -> ProblemDraft:
        """Raises PackageRejected with every complaint."""
        folder = folder.unwrapped(*MANIFESTS)
        name = next(name for name in MANIFESTS if name in folder.files)
        remarks = Remarks(warnings=list(folder.warnings))
        file = folder.prefix + name
        table = parse_table(folder.any_text(name, _MAX_MANIFEST), file, remarks.complaints, remarks.warnings)
        draft = _Reading(folder, table, remarks, Programs(folder, remarks)).draft()
        remarks.check(draft)
        return draft


@dataclass(slots=True)
class _Reading:
    folder: PackageFolder
    table: YamlTable
    remarks: Remarks
    programs: Programs

    def draft(self) -> ProblemDraft:
        name = self._text("name", "nome_breve") or self.folder.prefix.rstrip("/").rpartition("/")[2]
        title = title_of(self._text("title", "nome") or name)
        output_only = self.table.flag("output_only") is True
        interaction = None if output_only else self._interaction()
        checker = self._checker()
        tests = self._tests(needs_answers=interaction is None)
        main = self._main(tests)
        skip = "the task is output-only: programs make the outputs, and are not handed in" if output_only else ""
        read_from, write_to = self._files()
        language = self._text("primary_language") or "it"
        references = read_solutions(self.folder, self.programs, tests.names, name, needed=tests.needed, skip=skip)
        return ProblemDraft(
            title=title,
            limits=self._limits(),
            checker=checker,
            scoring=Scoring.POINTS,
            groups=tuple(tests.groups),
            tests=tuple(tests.tests),
            setup=ProblemSetup(
                absolute_limits=True,
                interaction=interaction,
                output_only=output_only,
                stubs=() if output_only else tuple(read_stubs(self.folder, name, self.remarks)),
                input_file=None if interaction is not None else read_from,
                output_file=None if interaction is not None else write_to,
            ),
            material=ProblemMaterial(
                validators=tuple(self._validators(tests)),
                references=references,
                time_rule=OF_ANOTHER_MACHINE,
                statements=tuple(self._statements(language, title)),
                attachments=tuple(self.folder.file(p, p.removeprefix("att/")) for p in self.folder.below("att/")),
            ),
            solution=main,
            slug=slug_of(name),
            format=CmsReader.format,
            source=self.table.file,
            contents=self.folder.used,
            warnings=self._finish(),
        )

    def _finish(self) -> tuple[Complaint, ...]:
        for key in _OTHERS:
            self.table.get(key)
        self.table.finish()
        return self.remarks.told_warnings()

    def _text(self, *keys: str) -> str | None:
        return next((text for key in keys if (text := self.table.text(key)) is not None), None)

    def _number(self, *keys: str) -> float | None:
        for key in keys:
            number = self.table.number(key)
            if number == 0:
                self.table.warn(key, "is 0: it was ignored")
            elif number is not None and not 0 < number < 1e6:
                self.table.complain(key, "must be a number greater than 0, and less than a million")
            elif number is not None:
                return number
        return None

    def _limits(self) -> ProblemLimits:
        seconds, mebibytes = self._number("time_limit", "timeout"), self._number("memory_limit", "memlimit")
        if seconds is None:
            self.table.warn("time_limit", "is not there: the time limit follows from the solutions")
        return ProblemLimits(
            cpu_time=None if seconds is None else timedelta(seconds=seconds),
            memory=None if mebibytes is None else int(mebibytes * _MIB),
        )

    def _tests(self, *, needs_answers: bool) -> TaskTests:
        total = self._number("total_value") or 100.0
        score_type = (self._text("score_type") or "").lower()
        known = {"sum": GroupScoring.SUM, "groupsum": GroupScoring.SUM, "max": GroupScoring.MAX}
        if score_type not in ("", "min", "groupmin", "groupmul", *known):
            self.table.warn("score_type", f"{score_type[:40]!r} is not known here: subtasks score their lowest test")
        tests = TaskTests(
            self.folder, self.programs, self.remarks, total, known.get(score_type, GroupScoring.MIN), needs_answers
        )
        count = self.table.whole("n_input")
        tests.read(count if count is None or count >= 0 else None, self._listed_subtasks(score_type))
        return tests

    def _listed_subtasks(self, score_type: str) -> list[tuple[float, int]]:
        """Points and number of tests of each, where task.yaml says so itself: ``[[20, 3], [80, 5]]``, or mappings."""
        found = self.table.get("score_type_parameters")
        if found is None or not score_type.startswith("group") or not isinstance(found.value, list):
            return []
        listed: list[tuple[float, int]] = []
        for item in found.value:
            pair = item.value
            if isinstance(pair, dict):
                pair = [pair[key] for key in ("max_score", "testcases") if key in pair]
            values = [value.value for value in pair] if isinstance(pair, list) else []
            match values[:2]:
                case [int() | float() as points, int() as count] if 0 <= points <= 1e6 and 0 <= count <= 20_000:
                    listed.append((float(points), count))
                case _:
                    self.table.warn(
                        "score_type_parameters", "has more than points and numbers of tests: it was ignored"
                    )
                    return []
        return listed

    def _main(self, tests: TaskTests) -> PackageProgram | None:
        """What makes the answers that are not there."""
        path = self.programs.source(MAIN)
        one = None if path is None else self.programs.solution(path)
        if one is not None and not one[1]:
            return one[0]
        missing = next((test for test in tests.tests if test.answer is None), None)
        if missing is not None and not self.remarks.complaints:
            number = int(missing.name)
            self.remarks.complain(f"output/output{number}.txt is not in the package, nor sol/solution.* to make it")
        return None

    def _checker(self) -> CheckerSpec:
        program = self.programs.required(_CHECKERS, "checker")
        if program is None:
            return CheckerSpec()
        return CheckerSpec(type=CheckerType.PROGRAM, program=program, protocol=CheckerProtocol.CMS)

    def _interaction(self) -> Interaction | None:
        program = self.programs.required(_MANAGERS, "manager")
        processes = self.table.whole("num_processes")
        if processes is not None and not 1 <= processes <= MOST_PROCESSES:
            self.table.complain("num_processes", f"must be from 1 to {MOST_PROCESSES}")
        user_io = self._text("user_io") or "fifo_io"
        if user_io not in ("fifo_io", "std_io"):
            self.table.complain("user_io", "must be fifo_io or std_io")
        if program is None:
            return None
        return Interaction(
            program=program,
            protocol=CheckerProtocol.CMS,
            processes=processes or 1,
            named_pipes=user_io == "fifo_io",
        )

    def _files(self) -> tuple[str | None, str | None]:
        """Where they are not named, CMS has had both defaults: the files that the solutions open, if they do."""
        names = (self._named_file("infile"), self._named_file("outfile"))
        if "infile" in self.table or "outfile" in self.table:
            return names
        opens = re.compile(rb"""^(?!\s*(?://|#\s)).*["']input\.txt["']""", re.MULTILINE)
        sources = [*solution_paths(self.folder), *self.folder.below("sol/grader.")]
        if any(opens.search(self.folder.head(path, _HEAD)) for path in sources):
            return "input.txt", "output.txt"
        return None, None

    def _named_file(self, key: str) -> str | None:
        name = (self.table.text(key) or "").strip().rpartition("/")[2][:128]
        if not name.isprintable() or name in (".", ".."):
            self.table.complain(key, "must be the name of a file")
        return name or None

    def _validators(self, tests: TaskTests) -> Iterator[InputValidator]:
        named = tests.validators.get("default", "")
        path = find_file(self.folder, named) if named else self.programs.source(_VALIDATORS)
        if len(tests.validators) > 1:
            self.remarks.warn(
                "has more than one validator: the one called 'default' is taken", self.folder.prefix + "gen"
            )
        one = None if path is None else self.programs.solution(path)
        if path is None or one is None:
            return
        if one[1]:
            self.remarks.warn(f"is a validator that is left out: {one[1]}", self.folder.prefix + path)
            return
        program = self.programs.program(path, "validator")
        if program is not None:
            yield InputValidator(program=program, protocol=CheckerProtocol.CMS)

    def _statements(self, language: str, title: str) -> Iterator[Statement]:
        seen: set[tuple[str, str]] = set()
        for place in ("statement/", "testo/"):
            for path in self.folder.below(place):
                stem, _, ending = path.removeprefix(place).rpartition(".")
                form = _STATEMENT_FORMATS.get(ending.lower())
                code = _HUMAN.get(stem.lower(), stem.lower() if re.fullmatch(r"[A-Za-z]{2}", stem) else None)
                if form is None or code is None or (code or language, form) in seen:
                    continue
                seen.add((code or language, form))
                yield Statement(language=code or language, format=form, files=(self.folder.file(path),), title=title)
