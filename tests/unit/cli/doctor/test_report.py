import io

import pytest
from rich.console import Console

from infrastructure.cli.doctor.check import WORKER, Check, Group, Needs, Report, Status, off, on, warn
from infrastructure.cli.doctor.configuration import configuration_checks
from infrastructure.cli.doctor.disk import GIB, MIB, Volume, disk_check
from infrastructure.cli.doctor.display import print_report
from infrastructure.cli.doctor.probing import Probe
from infrastructure.cli.doctor.servers import redis_settings, where
from infrastructure.config import Config


def test_a_worker_may_start_unless_what_it_needs_is_off() -> None:
    assert Report(groups=(Group("g", (warn("g.a", "x"), off("g.b", "y"))),)).worker_may_start
    refused = Report(groups=(Group("g", (on("g.a", "x", WORKER), off("g.b", "gone\nfor good", "cmd", WORKER))),))
    assert not refused.worker_may_start
    assert refused.summary == "a worker may start: no, because of g.b (gone)"
    server_only = Report(groups=(Group("g", (off("g.a", "x", "", (Needs.SERVER,)),)),))
    assert (server_only.worker_may_start, server_only.ok) == (True, False)


def test_a_terminal_gets_tables_and_a_file_plain_lines() -> None:
    report = Report(groups=(Group("g", (on("g.a", "[fine]"), off("g.b", "gone", "do [this]", WORKER))),))
    plain = io.StringIO()
    print_report(report, Console(file=plain))
    assert plain.getvalue() == (
        "g\n  on      a: [fine]\n  off     b: gone (needed by: worker)\n          mend: do [this]\n"
        "a worker may start: no, because of g.b (gone)\n"
    )
    coloured = io.StringIO()
    print_report(report, Console(file=coloured, force_terminal=True, width=80))
    assert "✗ off" in coloured.getvalue()
    assert "\x1b[" in coloured.getvalue()
    assert "[fine]" in coloured.getvalue()


def test_a_cure_is_given_once() -> None:
    report = Report(groups=(Group("g", (off("g.a", "x", "cmd"),)), Group("h", (off("h.b", "y", "cmd"),))))
    cures = [check.cure for group in report.without_repeats().groups for check in group.checks]
    assert cures == ["cmd", ""]


@pytest.mark.parametrize(
    ("volume", "status"),
    [
        (Volume(id="disk.x", path="/x", setting="S", kind="ext4", free=2 * GIB), Status.ON),
        (Volume(id="disk.x", path="/x", setting="S", kind="ext4", free=2 * GIB, inodes=9000), Status.WARN),
        (Volume(id="disk.x", path="/x", setting="S", kind="ext4", free=2 * GIB, inodes=900), Status.OFF),
        (Volume(id="disk.x", path="/x", setting="S", kind="ext4", free=500 * MIB), Status.WARN),
        (Volume(id="disk.x", path="/x", setting="S", kind="ext4", free=50 * MIB), Status.OFF),
        (Volume(id="disk.x", path="/x", setting="S", error="Permission denied"), Status.OFF),
        (Volume(id="disk.x", path="/x", setting="S", free=2 * GIB, noexec=True), Status.OFF),
    ],
)
def test_disks(volume: Volume, status: Status) -> None:
    assert disk_check(volume, GIB, 100 * MIB, WORKER, runs=True).status is status


def test_redis() -> None:
    def statuses(checks: list[Check]) -> list[str]:
        return [check.status.value for check in checks]

    assert statuses(redis_settings({"maxmemory-policy": "noeviction", "appendonly": "yes"})) == ["on", "on"]
    assert statuses(redis_settings({"maxmemory-policy": "allkeys-lru", "appendonly": "no"})) == ["warn", "warn"]
    assert statuses(redis_settings({})) == ["unknown"]


def test_a_url_is_shown_without_its_secrets() -> None:
    assert where("postgresql+asyncpg://u:secret@db.example/x", 5432) == "db.example:5432"
    assert where("unix:///run/redis.sock", 6379) == "its unix socket"


def test_secrets_that_everybody_knows() -> None:
    def statuses(url: str) -> list[Status]:
        checks = configuration_checks(Config(_env_file=None, database_url=url))
        return [check.status for check in checks if check.id.endswith("secret")]

    assert statuses("postgresql+asyncpg://proba:proba@db.example/proba") == [Status.WARN]
    assert statuses("postgresql+asyncpg://proba@db.example/proba") == [Status.WARN]
    assert statuses("postgresql+asyncpg://proba:Wq8Zr@db.example/proba") == [Status.ON]
    assert statuses("postgresql+asyncpg://proba:proba@localhost/proba") == [Status.ON]


def test_a_probe_that_fails_or_does_not_answer_is_told() -> None:
    def fails() -> str:
        raise ValueError("oops")

    assert Probe(lambda: "fine", 5).result(str.upper) == "fine"
    assert Probe(fails, 5).result(str) == "ValueError: oops"
    assert "no answer within" in Probe(lambda: __import__("time").sleep(9) or "", 0.05).result(str)
