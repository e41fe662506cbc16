"""A problem as it is shown: also what only packages can ask for."""

from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, Strict, model_serializer

from domain.problems.enums import CheckerProtocol, GroupVerdict, Scoring
from infrastructure.http.api.models import CamelBase, Moment
from infrastructure.http.api.v1.problems.models import CheckerModel, GroupModel, LimitsModel


def _without(values: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in defaults or value != defaults[key]}


class ShownCheckerModel(CheckerModel):
    """How an output is compared with the answer, or who decides. What a body cannot ask for is there only when it is
    set, so that what was written can be read and written again.
    """

    program: str | None = Field(default=None, description="the setter's checker: its place in the package")
    protocol: CheckerProtocol | None = Field(default=None, description="how that is called")

    @model_serializer(mode="wrap")
    def _without_defaults(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without(serialize(self), {"program": None, "protocol": None})


class ShownGroupModel(GroupModel):
    """Tests and groups that score together; what a body cannot ask for is there only when it is set."""

    parent: str | None = Field(default=None, description="the group that it lies in")
    verdict: GroupVerdict = GroupVerdict.FIRST
    counted: bool = Field(default=True, description="whether it changes score and verdict of its parent")
    grader: str | None = Field(default=None, description="the setter's program that adds up instead")

    @model_serializer(mode="wrap")
    def _without_defaults(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _without(serialize(self), {"parent": None, "verdict": "first", "counted": True, "grader": None})


class LanguageLimitsModel(CamelBase):
    """What one language gets in place of the problem's limits; ``null``: the same."""

    cpu_time: float | None = Field(description="seconds")
    memory: int | None = Field(description="bytes")


class SetupModel(CamelBase):
    """How submissions are built and run."""

    interactor: str | None = Field(description="the program that submissions talk to: its place in the package")
    processes: int = Field(description="how many copies of the submission take part")
    passes: int = Field(description="how often a submission may be run on one test")
    output_only: bool = Field(description="submissions are the outputs themselves, sent with the language `output`")
    input_file: str | None = Field(description="where a submission reads; null: stdin")
    output_file: str | None = Field(description="where a submission writes; null: stdout")
    stubs: list[str] = Field(description="files of the problem that are compiled with submissions")
    languages: list[str] | None = Field(description="those allowed; null: all")
    language_limits: dict[str, LanguageLimitsModel]
    absolute_limits: bool = Field(description="whether the time limit is the same for every language")
    code_size: int | None = Field(description="the most bytes of source")


class RevisionModel(CamelBase):
    """An immutable state of a problem. ``null`` in ``limits`` is the service's default."""

    revision: Annotated[int, Strict()]
    title: str
    limits: LimitsModel
    checker: ShownCheckerModel
    scoring: Scoring
    groups: list[ShownGroupModel]
    setup: SetupModel
    created_at: Moment


class ProblemModel(RevisionModel):
    """A problem with the revision in force; ``created_at`` is the revision's."""

    slug: str
    tests: int = Field(description="how many tests it has")


class ProblemSummaryModel(CamelBase):
    """A problem in a list."""

    slug: str
    title: str
    revision: int
    created_at: Moment
