"""A problem as it is written by hand. Ranges and names are the domain's rules; here are only the shapes."""

from typing import Annotated

from fastapi import UploadFile
from pydantic import Field

from domain.problems.enums import CheckerType, GroupScoring, Scoring
from infrastructure.http.api.models import (
    CamelBase,
    Flag,
    Incoming,
    Number,
    PlainText,
    Seconds,
    Size,
    SlugText,
)

MOST_TESTS = 100_000
MOST_GROUPS = 1000


class LimitsModel(Incoming):
    """What a program may use, before its language's factor; what is left out is the service's default."""

    cpu_time: Seconds | None = Field(default=None, description="seconds, user and system of every process together")
    wall_time: Seconds | None = Field(default=None, description="seconds; default 2 × cpuTime + 1")
    memory: Size | None = Field(default=None, description="bytes, the whole process tree")
    output: Size | None = Field(default=None, description="bytes, stdout and stderr together")
    processes: Size | None = Field(default=None, description="processes and threads at one time")
    stack: Size | None = Field(default=None, description="bytes; default: as much as memory")
    file_size: Size | None = Field(default=None, description="bytes of one file in the box")
    open_files: Size | None = None


class CheckerModel(Incoming):
    """How an output is compared with the answer."""

    type: CheckerType = CheckerType.TOKENS
    absolute: Number | None = Field(default=None, description="tolerance of `float`")
    relative: Number | None = Field(default=None, description="tolerance of `float`; either suffices")
    case_sensitive: Flag = True
    space_sensitive: Flag = False
    line_sensitive: Flag = Field(default=False, description="line ends must stand between the same tokens")


class GroupModel(Incoming):
    """Tests that score together."""

    name: str = Field(max_length=200)
    points: Number
    scoring: GroupScoring = GroupScoring.MIN
    depends_on: list[PlainText] = Field(
        max_length=MOST_GROUPS, default=[], description="groups before it that must have scored fully"
    )


class TestModel(Incoming):
    """One test; empty input and output are legal."""

    __test__ = False

    name: str | None = Field(default=None, max_length=200, description="default: its number, from 1")
    group: str | None = Field(default=None, max_length=200)
    sample: Flag = Field(default=False, description="shown to everybody, scores nothing")
    points: Number | None = Field(default=None, description="its share in a `sum` group")
    input: PlainText = Field(examples=["2 3\n"])
    output: PlainText = Field(examples=["5\n"])


Tests = Annotated[list[TestModel], Field(max_length=MOST_TESTS, fail_fast=True)]
Groups = Annotated[list[GroupModel], Field(max_length=MOST_GROUPS, fail_fast=True)]


class NewProblemModel(Incoming):
    """A problem written by hand."""

    title: str = Field(default="", max_length=500, examples=["A + B"])
    limits: LimitsModel = LimitsModel()
    checker: CheckerModel = CheckerModel()
    scoring: Scoring = Scoring.PASS_FAIL
    groups: Groups = Field(default_factory=list)
    tests: Tests


class NewImportModel(Incoming):
    """A package to be imported."""

    package: UploadFile = Field(description="a zip file")
    slug: SlugText | None = Field(default=None, description="default: what the package calls itself")


class ShownTestModel(CamelBase):
    """A test as this key may see it."""

    name: str
    group: str | None
    sample: bool
    points: float | None
    input_size: int = Field(description="bytes")
    output_size: int = Field(description="bytes")
    input: str | None = Field(description="the first 4 KiB; null: hidden from this key")
    output: str | None = Field(description="the first 4 KiB; null: hidden from this key")
