"""From an upload to a problem in force, over the real database, disk and limited process."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from dishka import AsyncContainer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from application.problems.policy import ImportPolicy
from application.problems.usecases import (
    GetImport,
    GetProblem,
    ImportPackage,
    ListTests,
    ProblemView,
    RequestImport,
    TestView,
)
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.exceptions import TooLarge
from domain.problems.entities import Complaint, Slug
from domain.problems.enums import GroupScoring, ImportStatus, Scoring
from domain.problems.exceptions import ImportNotFound, NotTheOwner, ProblemNotFound
from domain.problems.package_import import PackageImport
from domain.verdicts import Verdict
from infrastructure.config import Config
from tests.integration.problems.conftest import new_key
from tests.unit.packages.zips import packed

MANIFEST = """
title = "Сумма"
slug = "{slug}"
scoring = "points"
[limits]
cpu_time = 1.5
memory = 67108864
[checker]
type = "float"
relative = 1e-6
[[groups]]
name = "small"
points = 30
[[groups]]
name = "large"
points = 70
scoring = "sum"
depends_on = ["small"]
[[tests]]
name = "large/10"
points = 30
[[tests]]
name = "large/9"
points = 40
"""


def package(slug: str) -> Mapping[str, str | bytes]:
    names = ("large/10", "large/9", "small/1", "small/2", "sample/1")
    tests = {f"sum/tests/{name}.{end}": f"{name} {end}" for name in names for end in ("in", "out")}
    return {"sum/problem.toml": MANIFEST.replace("{slug}", slug), **tests}


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 1000):
        yield data[start : start + 1000]


async def request(server: AsyncContainer, key: ApiKey, data: bytes, slug: Slug | None = None) -> PackageImport:
    async with server() as scope:
        return await (await scope.get(RequestImport))(key, chunks(data), slug)


async def imported(
    server: AsyncContainer, worker: AsyncContainer, key: ApiKey, data: bytes, slug: Slug | None = None
) -> PackageImport:
    requested = await request(server, key, data, slug)
    async with worker() as scope:
        await (await scope.get(ImportPackage))(requested.id)
    async with server() as scope:
        return await (await scope.get(GetImport))(key, requested.id)


async def problem(server: AsyncContainer, key: ApiKey, slug: Slug) -> ProblemView:
    async with server() as scope:
        return await (await scope.get(GetProblem))(key, slug)


async def shown_tests(server: AsyncContainer, key: ApiKey, slug: Slug) -> list[TestView]:
    async with server() as scope:
        return list(await (await scope.get(ListTests))(key, slug))


async def test_a_package_becomes_a_problem(
    server: AsyncContainer, worker: AsyncContainer, author: ApiKey, slug: Slug, config: Config
) -> None:
    done = await imported(server, worker, author, packed(package(slug)))
    assert (done.status, done.complaints, done.slug, done.format, done.revision) == (
        ImportStatus.ACCEPTED, (), slug, "plain", 1,
    )  # fmt: skip
    view = await problem(server, author, slug)
    assert (view.problem.title, view.revision.scoring) == ("Сумма", Scoring.POINTS)
    assert view.revision.checker.relative == 1e-6
    assert [(g.name, g.points, g.scoring, g.depends_on) for g in view.revision.groups] == [
        ("small", 30.0, GroupScoring.MIN, ()),
        ("large", 70.0, GroupScoring.SUM, ("small",)),
    ]
    shown = await shown_tests(server, author, slug)
    assert [(t.test.name, t.test.sample, t.test.points) for t in shown] == [
        ("sample/1", True, None),
        ("small/1", False, None),
        ("small/2", False, None),
        ("large/9", False, 40.0),
        ("large/10", False, 30.0),
    ]
    assert shown[4].input_head == b"large/10 in"
    assert list((config.data_dir / "packages").iterdir()) == []


KATTIS = {
    "k/problem.yaml": "name: Tree\ntype: scoring\n",
    "k/.timelimit": "2\n",
    "k/data/testdata.yaml": "on_reject: continue\ngrader_flags: ignore_sample\nrange: 0 100\n",
    **{
        f"k/data/secret/{group}/testdata.yaml": f"on_reject: break\naccept_score: {points}\ngrader_flags: min\n"
        for group, points in (("g1", 40), ("g2", 60))
    },
    **{
        f"k/data/{name}.{end}": f"{name} {end}"
        for name in ("sample/1", "secret/g1/1", "secret/g2/1")
        for end in ("in", "ans")
    },
    "k/submissions/accepted/a.py": "print(input().replace('in', 'ans'))\n",
    "k/submissions/wrong_answer/w.py": "print(1)\n",
    "k/submissions/accepted/a.scala": "",
}


async def test_a_kattis_package_becomes_a_problem(
    server: AsyncContainer, worker: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    done = await imported(server, worker, author, packed(KATTIS), slug)
    assert (done.status, done.complaints, done.format) == (ImportStatus.ACCEPTED, (), "kattis")
    revision = (await problem(server, author, slug)).revision
    assert [(g.name, g.parent, g.points) for g in revision.groups] == [
        ("data", None, 100.0), ("sample", "data", 1.0), ("secret", "data", 100.0),
        ("secret/g1", "secret", 40.0), ("secret/g2", "secret", 60.0),
    ]  # fmt: skip
    assert done.proof is not None
    assert [(r.path, r.verdict, r.ok) for r in done.proof.references] == [
        ("submissions/accepted/a.py", Verdict.AC, True), ("submissions/wrong_answer/w.py", Verdict.WA, True),
    ]  # fmt: skip
    assert [s.path for s in done.proof.skipped] == ["submissions/accepted/a.scala"]
    assert done.proof.times.limit == timedelta(seconds=2)
    again = await imported(server, worker, author, packed(KATTIS), slug)
    assert again.revision == done.revision


async def test_a_package_that_fails_its_proof_is_refused_with_its_report(
    server: AsyncContainer, worker: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    await imported(server, worker, author, packed(KATTIS), slug)
    files = {**KATTIS, "k/submissions/accepted/b.py": "print(1)\n"}
    done = await imported(server, worker, author, packed(files), slug)
    (complaint,) = done.complaints
    assert (done.status, complaint.file) == (ImportStatus.REJECTED, "submissions/accepted/b.py")
    assert "expected AC, got WA; test sample/1: wrong answer" in complaint.message
    assert done.proof is not None
    assert [r.ok for r in done.proof.references] == [True, False, True]
    assert (await problem(server, author, slug)).revision.number == 1  # the one before stays in force


async def test_only_samples_are_shown_to_others(
    server: AsyncContainer, worker: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    await imported(server, worker, author, packed(package(slug)))
    for scope in (Scope.SUBMIT, Scope.AUTHOR):
        shown = await shown_tests(server, await new_key(server, scope), slug)
        assert [t.answer_head for t in shown] == [b"sample/1 out", None, None, None, None]
    shown = await shown_tests(server, await new_key(server, Scope.ADMIN), slug)
    assert None not in [t.input_head for t in shown]


async def test_the_same_package_again_makes_no_revision(
    server: AsyncContainer, worker: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    files = package(slug)
    done = [await imported(server, worker, author, packed(files)) for _ in range(2)]
    done.append(await imported(server, worker, author, packed({**files, "sum/tests/sample/1.out": "x"})))
    assert [d.revision for d in done] == [1, 1, 2]


async def test_a_slug_with_the_upload_wins(
    server: AsyncContainer, worker: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    other = Slug(f"{slug}-2")
    assert (await imported(server, worker, author, packed(package(slug)), other)).slug == other
    with pytest.raises(ProblemNotFound):
        await problem(server, author, slug)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sum/tests/small/2.out": None}, Complaint("has no answer beside it (2.out)", "sum/tests/small/2.in")),
        ({"sum/tests/3.in": "", "sum/tests/3.out": ""}, None),
        (
            {"sum/tests/new/1.in": "", "sum/tests/new/1.out": ""},
            Complaint("group: there is no group 'new' in /groups", "sum/tests/new/1.in"),
        ),
        (
            {"sum/problem.toml": 'title = "x"\nslug = "{slug}"\n[limits]\ncpu_time = 1e5\n'},
            Complaint("limits.cpu_time: must be from 0.001 s to 60 s", "sum/problem.toml"),
        ),
        (
            {"sum/problem.toml": 'slug = "A B"'},
            Complaint(
                "slug: must be 1 to 64 of a-z, 0-9, '-' and '_', starting with a letter or digit: 'two-sums'",
                "sum/problem.toml",
            ),
        ),
        (
            {"sum/problem.toml": None, "problem.toml": "", "tests/1.in": "", "tests/1.out": ""},
            Complaint("the package names no slug: send one with the upload, or set it inside", "problem.toml"),
        ),
        ({"sum/problem.toml": "x = \n"}, Complaint("is not valid TOML: Invalid value", "sum/problem.toml", 1)),
    ],
    ids=["no answer", "loose test", "unknown group", "limit", "slug", "no slug", "toml"],
)
async def test_a_wrong_package_is_refused_with_its_file(
    server: AsyncContainer,
    worker: AsyncContainer,
    author: ApiKey,
    slug: Slug,
    config: Config,
    changes: dict[str, str | None],
    complaint: Complaint | None,
) -> None:
    files = {**package(slug), **changes}
    data = packed(
        {k: v.replace("{slug}", slug) if isinstance(v, str) else v for k, v in files.items() if v is not None}
    )
    done = await imported(server, worker, author, data)
    if complaint is None:
        assert done.status is ImportStatus.ACCEPTED
        return
    assert (done.status, done.complaints, done.revision) == (ImportStatus.REJECTED, (complaint,), None)
    assert done.finished_at is not None
    with pytest.raises(ProblemNotFound):
        await problem(server, author, slug)
    assert list((config.data_dir / "packages").iterdir()) == []


async def test_nobody_takes_anothers_problem(
    server: AsyncContainer, worker: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    await imported(server, worker, author, packed(package(slug)))
    thief = await new_key(server, Scope.AUTHOR)
    with pytest.raises(NotTheOwner):
        await request(server, thief, b"x", slug)
    done = await imported(server, worker, thief, packed({**package(slug), "sum/tests/sample/1.out": "stolen"}))
    assert done.status is ImportStatus.REJECTED
    assert "belongs to another key" in done.complaints[0].message
    assert (await problem(server, author, slug)).revision.number == 1


async def test_an_import_is_seen_by_its_key_and_admins(server: AsyncContainer, author: ApiKey) -> None:
    requested = await request(server, author, b"x")
    for key, seen in (
        (author, True),
        (await new_key(server, Scope.ADMIN), True),
        (await new_key(server, Scope.AUTHOR), False),
    ):
        async with server() as scope:
            use_case = await scope.get(GetImport)
            if seen:
                assert (await use_case(key, requested.id)).id == requested.id
                continue
            with pytest.raises(ImportNotFound):
                await use_case(key, requested.id)


async def test_an_upload_that_is_too_large_leaves_nothing(
    server: AsyncContainer, author: ApiKey, config: Config
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1_000_000

    engine = await server.get(AsyncEngine)

    async def count() -> tuple[int, int]:
        async with engine.connect() as connection:
            rows = await connection.scalar(text("SELECT count(*) FROM imports"))
        return rows or 0, sum(p.is_file() for p in (config.data_dir / "blobs").rglob("*"))

    before = await count()
    async with server() as scope:
        use_case = replace(await scope.get(RequestImport), policy=ImportPolicy(max_package_size=3_000_000))
        with pytest.raises(TooLarge) as caught:
            await use_case(author, endless(), None)
    assert caught.value.errors[0].pointer == "/package"
    assert await count() == before


async def test_two_workers_import_once(
    server: AsyncContainer, worker: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    requested = await request(server, author, packed(package(slug)))
    for _ in range(2):
        async with worker() as scope:
            await (await scope.get(ImportPackage))(requested.id)
    assert (await problem(server, author, slug)).revision.number == 1
