from datetime import timedelta

from application.problems.packages import DraftTest, InlineContents, ProblemDraft
from application.problems.usecases import ProblemView, TestView
from domain.problems.entities import CheckerSpec, Problem, ProblemLimits, Revision, TestGroup
from domain.problems.enums import Scoring
from domain.problems.setup import ProblemSetup
from infrastructure.http.api.retort import retort, text_of
from infrastructure.http.api.v1.problems.models import (
    CheckerModel,
    GroupModel,
    LimitsModel,
    NewProblemModel,
    ShownTestModel,
    TestModel,
)
from infrastructure.http.api.v1.problems.shown_models import (
    LanguageLimitsModel,
    ProblemModel,
    ProblemSummaryModel,
    RevisionModel,
    SetupModel,
    ShownCheckerModel,
    ShownGroupModel,
)

_limits_model = retort.get_converter(ProblemLimits, LimitsModel)


def draft(
    *,
    tests: list[TestModel],
    limits: LimitsModel,
    checker: CheckerModel,
    scoring: Scoring,
    groups: list[GroupModel],
    title: str = "",
) -> ProblemDraft:
    """What a body says, before anybody has judged it. Tests without a name get their number."""
    contents = InlineContents()
    return ProblemDraft(
        title=title,
        limits=_limits(limits),
        checker=CheckerSpec(
            type=checker.type,
            absolute=checker.absolute,
            relative=checker.relative,
            case_sensitive=checker.case_sensitive,
            space_sensitive=checker.space_sensitive,
            line_sensitive=checker.line_sensitive,
        ),
        scoring=scoring,
        groups=tuple(
            TestGroup(name=g.name, points=g.points, scoring=g.scoring, depends_on=tuple(g.depends_on)) for g in groups
        ),
        tests=tuple(
            DraftTest(
                name=str(index + 1) if test.name is None else test.name,
                input=contents.add(test.input.encode()),
                answer=contents.add(test.output.encode()),
                group=test.group,
                sample=test.sample,
                points=test.points,
                source=f"/tests/{index}",
            )
            for index, test in enumerate(tests)
        ),
        contents=contents.by_digest,
    )


def problem_draft(body: NewProblemModel) -> ProblemDraft:
    """Of a PUT."""
    return draft(
        tests=body.tests,
        limits=body.limits,
        checker=body.checker,
        scoring=body.scoring,
        groups=body.groups,
        title=body.title,
    )


def _limits(limits: LimitsModel) -> ProblemLimits:
    return ProblemLimits(
        cpu_time=_time(limits.cpu_time),
        wall_time=_time(limits.wall_time),
        memory=limits.memory,
        output=limits.output,
        processes=limits.processes,
        stack=limits.stack,
        file_size=limits.file_size,
        open_files=limits.open_files,
    )


def _time(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def revision_model(revision: Revision) -> RevisionModel:
    """Without its tests."""
    return RevisionModel(
        revision=revision.number,
        title=revision.title,
        limits=_limits_model(revision.limits),
        checker=_checker_model(revision.checker),
        scoring=revision.scoring,
        groups=[_group_model(group) for group in revision.groups],
        setup=_setup_model(revision.setup),
        created_at=revision.created_at,
    )


def _checker_model(checker: CheckerSpec) -> ShownCheckerModel:
    return ShownCheckerModel(
        type=checker.type,
        absolute=checker.absolute,
        relative=checker.relative,
        case_sensitive=checker.case_sensitive,
        space_sensitive=checker.space_sensitive,
        line_sensitive=checker.line_sensitive,
        program=checker.program.path if checker.program else None,
        protocol=checker.protocol,
    )


def _group_model(group: TestGroup) -> ShownGroupModel:
    return ShownGroupModel(
        name=group.name,
        points=group.points,
        scoring=group.scoring,
        depends_on=list(group.depends_on),
        parent=group.parent,
        verdict=group.verdict,
        counted=group.counted,
        grader=group.grader.path if group.grader else None,
    )


def _setup_model(setup: ProblemSetup) -> SetupModel:
    interaction = setup.interaction
    return SetupModel(
        interactor=interaction.program.path if interaction else None,
        processes=interaction.processes if interaction else 1,
        passes=setup.passes,
        output_only=setup.output_only,
        input_file=setup.input_file,
        output_file=setup.output_file,
        stubs=[file.name for stub in setup.stubs for file in stub.files],
        languages=None if setup.languages is None else list(setup.languages),
        language_limits={
            language: LanguageLimitsModel(
                cpu_time=None if own.cpu_time is None else own.cpu_time.total_seconds(), memory=own.memory
            )
            for language, own in setup.language_limits.items()
        },
        absolute_limits=setup.absolute_limits,
        code_size=setup.code_size,
    )


def problem_model(view: ProblemView) -> ProblemModel:
    """With the revision in force."""
    return ProblemModel(**dict(revision_model(view.revision)), slug=view.problem.slug, tests=len(view.revision.tests))


def problem_summary_model(problem: Problem) -> ProblemSummaryModel:
    """For lists."""
    return ProblemSummaryModel(
        slug=problem.slug, title=problem.title, revision=problem.revision, created_at=problem.created_at
    )


def shown_test_model(view: TestView) -> ShownTestModel:
    """With the heads that the key may see."""
    test = view.test
    return ShownTestModel(
        name=test.name,
        group=test.group,
        sample=test.sample,
        points=test.points,
        input_size=test.input.size,
        output_size=test.answer.size,
        input=None if view.input_head is None else text_of(view.input_head),
        output=None if view.answer_head is None else text_of(view.answer_head),
    )
