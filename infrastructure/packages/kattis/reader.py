import re
from collections.abc import Iterator
from datetime import timedelta

from application.problems.packages import PackageRejected, ProblemDraft
from domain.exceptions import Invalid
from domain.languages.entities import LanguageId
from domain.problems.default_validator import default_validator, unknown_flags
from domain.problems.entities import CheckerSpec, Complaint, ProblemLimits, Slug
from domain.problems.enums import CheckerProtocol, CheckerType, Scoring
from domain.problems.files import PackageProgram
from domain.problems.material import InputValidator, ProblemMaterial, TimeRule
from domain.problems.setup import Interaction, ProblemSetup, ProgramLimits
from domain.runs.units import size_text
from infrastructure.packages.kattis.constants import Constants
from infrastructure.packages.kattis.included import read_beside, read_stubs
from infrastructure.packages.kattis.metadata import INI, MANIFEST, Metadata, read_metadata
from infrastructure.packages.kattis.programs import find_programs, whole_program
from infrastructure.packages.kattis.references import model_solution, read_references
from infrastructure.packages.kattis.statements import read_attachments, read_statements
from infrastructure.packages.kattis.test_data import TestData
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.program_languages import CATALOGUE_IDS, languages_of_code

_CHECKERS = ("output_validator/", "output_validators/")
_VALIDATORS = ("input_validators/", "input_format_validators/")
_NOT_A_SLUG = re.compile(r"[^a-z0-9_-]+")


class KattisReader:
    """``infrastructure.packages.reader.PackageReader`` for every version of the Kattis/ICPC format."""

    format = "kattis"

    def recognises(self, folder: PackageFolder) -> bool:
        """By its manifest, DOMjudge's, or, since some have neither, by its secret tests."""
        inside = folder.unwrapped(MANIFEST, INI)
        return MANIFEST in inside.files or INI in inside.files or _has_tests(folder) or _has_tests(_only_folder(folder))

    def read(self, folder: PackageFolder) -> ProblemDraft:
        """Raises PackageRejected with every complaint."""
        if not _has_tests(folder):
            inside = folder.unwrapped(MANIFEST, INI)
            folder = inside if inside is not folder else _only_folder(folder)
        complaints: list[Complaint] = []
        warnings = list(folder.warnings)
        metadata = read_metadata(folder, complaints, warnings)
        draft = _Reading(folder, metadata, complaints, warnings).draft()
        if complaints:
            raise PackageRejected(*complaints, draft=draft if draft.tests else None)
        return draft


def _has_tests(folder: PackageFolder) -> bool:
    return any(path.startswith("data/secret/") and path.endswith(".in") for path in folder.files)


def _only_folder(folder: PackageFolder) -> PackageFolder:
    tops = {path.partition("/")[0] for path in folder.files}
    return folder.inside(tops.pop() + "/") if len(tops) == 1 else folder


class _Reading:
    def __init__(
        self, folder: PackageFolder, metadata: Metadata, complaints: list[Complaint], warnings: list[Complaint]
    ) -> None:
        self._folder = folder
        self._metadata = metadata
        self._complaints = complaints
        self._warnings = warnings
        self._constants = Constants(folder, metadata.constants)

    def draft(self) -> ProblemDraft:
        metadata = self._metadata
        graders = [found.program for found in find_programs(self._folder, "graders/", scripts=True)]
        references = read_references(self._folder, metadata, self._complaints, self._warnings)
        solution = model_solution(references)
        data = TestData(
            folder=self._folder,
            metadata=metadata,
            grader=graders[0] if graders else None,
            solution=solution,
            beside=read_beside(self._folder),
            complaints=self._complaints,
            warnings=self._warnings,
        )
        data.read()
        statements = read_statements(self._folder, metadata.names, metadata.constants)
        titles = [*metadata.names.values(), *(statement.title for statement in statements)]
        checker, interaction = self._judge(data)
        return ProblemDraft(
            title=next((title for title in titles if title), "")[:256],
            limits=ProblemLimits(cpu_time=metadata.time_limit, memory=metadata.memory, output=self._output(data)),
            checker=checker,
            scoring=Scoring.POINTS if metadata.scoring else Scoring.PASS_FAIL,
            groups=tuple(data.groups),
            tests=tuple(data.tests),
            setup=ProblemSetup(
                absolute_limits=True,
                interaction=interaction,
                passes=metadata.passes,
                output_only="submit-answer" in metadata.types,
                stubs=tuple(read_stubs(self._folder, self._constants, self._warnings)),
                languages=self._languages(),
                code_size=metadata.code,
                compile_limits=ProgramLimits(cpu_time=metadata.compilation_time, memory=metadata.compilation_memory),
                checker_limits=ProgramLimits(
                    cpu_time=metadata.validation_time or timedelta(seconds=60),
                    memory=metadata.validation_memory or 2048 * 1024 * 1024,
                    output=metadata.validation_output,
                ),
            ),
            material=ProblemMaterial(
                validators=tuple(self._input_validators()),
                references=references,
                time_rule=TimeRule(
                    multiplier=metadata.time_multiplier,
                    margin=metadata.time_margin,
                    resolution=metadata.time_resolution,
                    least=metadata.time_resolution,
                ),
                statements=statements,
                attachments=read_attachments(self._folder),
            ),
            solution=solution if any(test.answer is None for test in data.tests) else None,
            slug=self._slug(),
            format=KattisReader.format,
            source=self._folder.prefix + MANIFEST,
            warnings=tuple(self._warnings),
            contents=self._folder.used,
        )

    def _output(self, data: TestData) -> int:
        """Right answers must find room, whatever the limit that other judges do not keep."""
        largest = max((test.answer.size for test in data.tests if test.answer is not None), default=0)
        if largest <= self._metadata.output:
            return self._metadata.output
        limit, wanted = size_text(self._metadata.output), size_text(2 * largest)
        remark = f"the limit of output, {limit}, is below the largest answer: it was raised to {wanted}"
        self._warnings.append(Complaint(remark, self._folder.prefix + MANIFEST))
        return 2 * largest

    def _slug(self) -> Slug | None:
        name = self._metadata.short_name or self._folder.prefix.rstrip("/").rpartition("/")[2]
        slug = _NOT_A_SLUG.sub("-", name.lower()).strip("-_")[:64]
        return Slug(slug) if slug else None

    def _judge(self, data: TestData) -> tuple[CheckerSpec, Interaction | None]:
        """The checker, or who talks to the submission and judges it."""
        metadata = self._metadata
        programs = [found for place in _CHECKERS for found in self._programs(place, "output validator")]
        wants_own = metadata.custom_validation if metadata.legacy else bool(programs)
        if not (wants_own or metadata.interactive):
            return self._default_checker(data), None
        if not programs:
            place = _CHECKERS[1] if metadata.legacy else _CHECKERS[0]
            self._complaints.append(
                Complaint("problem.yaml asks for an output validator of the package's own, but there is none", place)
            )
            return CheckerSpec(), None
        if len(programs) > 1:
            names = ", ".join(program.path for program in programs)
            self._warnings.append(Complaint(f"there is more than one output validator ({names}); the first is taken"))
        program = programs[0]
        if metadata.interactive:
            return CheckerSpec(), Interaction(program=program, protocol=CheckerProtocol.ICPC)
        return CheckerSpec(type=CheckerType.PROGRAM, program=program, protocol=CheckerProtocol.ICPC), None

    def _default_checker(self, data: TestData) -> CheckerSpec:
        """That of the first test; the others bring their own flags, where they differ."""
        for flags in dict.fromkeys(test.extras.checker_arguments for test in data.tests):
            for flag in unknown_flags(flags):
                self._warnings.append(Complaint(f"the default validator does not know the flag {flag[:40]!r}"))
            try:
                default_validator(flags)
            except Invalid as error:
                self._complaints.append(Complaint(error.errors[0].detail))
                data.drop_checker_arguments()
                return CheckerSpec()
        return default_validator(data.tests[0].extras.checker_arguments if data.tests else ())

    def _input_validators(self) -> Iterator[InputValidator]:
        for place in _VALIDATORS:
            for program in self._programs(place, "input validator", needed=False):
                yield InputValidator(program=program, protocol=CheckerProtocol.ICPC)

    def _programs(self, place: str, role: str, *, needed: bool = True) -> Iterator[PackageProgram]:
        whole = whole_program(self._folder, place) if place == _CHECKERS[0] else None
        programs = [whole] if whole is not None else find_programs(self._folder, place, scripts=True, headers=True)
        for found in programs:
            if not found.foreign:
                yield self._constants.program(found.program)
                continue
            message = f"is an {role} in {found.foreign}, which the catalogue does not have"
            remark = Complaint(message, self._folder.prefix + found.program.path)
            (self._complaints if needed else self._warnings).append(remark)

    def _languages(self) -> tuple[LanguageId, ...] | None:
        if self._metadata.languages is None:
            return None
        found = [id_ for code in self._metadata.languages for id_ in languages_of_code(code, CATALOGUE_IDS)]
        return tuple(dict.fromkeys(found))
