import pytest

from infrastructure.cli.doctor.check import Check, Needs, Status
from infrastructure.cli.doctor.host_facts import CgroupFacts, HostFacts, parse_list
from infrastructure.cli.doctor.machine import machine_checks, steal_percent

MEMINFO = "MemTotal:        4096000 kB\nMemAvailable:    2048000 kB\nSwapTotal:       {} kB"


def found(facts: HostFacts, slots: int = 2) -> dict[str, Check]:
    return {check.id.removeprefix("machine."): check for check in machine_checks(facts, slots)}


def test_another_system_serves_but_does_not_judge() -> None:
    checks = found(HostFacts(platform="darwin"))
    assert list(checks) == ["system"]
    assert checks["system"].forbids(Needs.WORKER)
    assert not checks["system"].forbids(Needs.SERVER)


@pytest.mark.parametrize(
    ("release", "status", "words"),
    [
        ("5.10.0-28-amd64", Status.OFF, "5.12 is needed"),
        ("5.15.0", Status.WARN, "memory.peak"),
        ("6.1.0-18", Status.ON, "6.12: memory.peak can be reset"),
        ("6.18.44-fc", Status.ON, "Linux 6.18.44-fc"),
        ("strange", Status.UNKNOWN, "strange"),
    ],
)
def test_kernels(release: str, status: Status, words: str) -> None:
    check = found(HostFacts(release=release))["kernel"]
    assert check.status is status
    assert words in check.why


def test_a_processor_without_a_filter_written_for_it() -> None:
    assert found(HostFacts(machine="riscv64"))["architecture"].forbids(Needs.WORKER)


def test_slots_against_cores_and_memory() -> None:
    facts = HostFacts(cores_allowed=(0, 1), siblings=((0, 1),), files={"meminfo": MEMINFO.format(0)})
    checks = found(facts, slots=8)
    assert checks["cores"].cure == "PROBA_WORKER_SLOTS=2"
    assert checks["memory"].cure.startswith("PROBA_WORKER_SLOTS=3,")
    assert "0+1 share" in checks["smt"].why


@pytest.mark.parametrize(
    ("cgroups", "status"),
    [
        (CgroupFacts(), Status.WARN),
        (CgroupFacts(v1={"memory": True}), Status.WARN),
        (CgroupFacts(v1={"memory": True}, v1_swap_accounting=True), Status.ON),
        (CgroupFacts(v2_controllers=frozenset({"memory"})), Status.ON),
    ],
)
def test_swap_is_trouble_where_it_is_not_limited(cgroups: CgroupFacts, status: Status) -> None:
    assert found(HostFacts(files={"meminfo": MEMINFO.format(1 << 20)}, cgroups=cgroups))["swap"].status is status


def test_advice_for_steady_times() -> None:
    noisy = {"clocksource": "hpet", "hugepages": "[always] madvise never", "governor": "powersave",
             "stat": "cpu 900 0 50 0 0 0 0 50 0 0"}  # fmt: skip
    checks = found(HostFacts(files=noisy))
    for name in ("clock", "hugepages", "governor", "steal"):
        assert checks[name].status is Status.WARN
        assert checks[name].cure
        assert not checks[name].required_for
    assert steal_percent(noisy["stat"]) == 5.0


def test_lists_of_cores() -> None:
    assert parse_list("0-2,5") == (0, 1, 2, 5)
    assert parse_list("") == ()
