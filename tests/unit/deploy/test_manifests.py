"""What lies in deploy/ can be read by those it is for, and gives away no privilege."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[3] / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
NEEDED = {
    "clone", "clone3", "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "mount_setattr", "sethostname",
    "setdomainname", "seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "pidfd_open",
    "close_range", "openat2",
}  # fmt: skip
REFUSED = {"bpf", "ptrace", "keyctl", "init_module", "kexec_load", "open_by_handle_at", "io_uring_setup", "userfaultfd"}


def containers() -> Iterator[tuple[str, Any, Any]]:
    for path in MANIFESTS:
        for document in yaml.safe_load_all(path.read_text()):
            spec = document.get("spec") or {}
            pod = spec.get("jobTemplate", {}).get("spec", spec).get("template", {}).get("spec")
            for container in pod["containers"] if pod else ():
                yield f"{path.name}: {container['name']}", pod, container


def test_every_manifest_is_applied() -> None:
    listed = yaml.safe_load((DEPLOY / "kubernetes/kustomization.yaml").read_text())["resources"]
    assert sorted(listed) == [path.name for path in MANIFESTS if path.name != "kustomization.yaml"]
    assert all(document["kind"] for path in MANIFESTS for document in yaml.safe_load_all(path.read_text()))


@pytest.mark.parametrize(("pod", "container"), [pytest.param(p, c, id=name) for name, p, c in containers()])
def test_no_pod_has_privileges(pod: Any, container: Any) -> None:
    context = container["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["readOnlyRootFilesystem"] is True
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert "privileged" not in context
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    if "procMount" in context:
        assert pod["hostUsers"] is False


@pytest.mark.parametrize("name", ["server", "worker", "upkeep"])
def test_no_service_has_privileges(name: str) -> None:
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add", "devices", "pid", "network_mode"} & service.keys()


def test_workers_read_no_keys() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert "//proba_worker:" in services["worker"]["environment"]["PROBA_DATABASE_URL"]
    assert all("//proba:" not in str(value) for value in services["worker"]["environment"].values())
    worker = next(container for name, _, container in containers() if name == "worker.yaml: worker")
    keys = {one["name"]: one.get("valueFrom", {}).get("secretKeyRef", {}).get("key") for one in worker["env"]}
    assert keys["PROBA_DATABASE_URL"] == "PROBA_WORKER_DATABASE_URL"


def test_images_leave_secrets_out() -> None:
    """Docker reads .dockerignore alone; podman and buildah read it, too."""
    root = DEPLOY.parent
    lines = (root / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    assert not {"!.", "!.env", "!.git", "!.proba", "!deploy"} & set(lines)
    assert not (root / ".containerignore").exists(), "it would win over the other with some engines"


@pytest.mark.parametrize("act", ["gc", "backup"])
def test_upkeep_is_scheduled_by_each_way(act: str) -> None:
    units = DEPLOY / "systemd"
    assert f"__main__.py {act}" in (units / f"proba-{act}.service").read_text()
    assert "OnCalendar=" in (units / f"proba-{act}.timer").read_text()
    assert f"proba-{act}.timer" in (DEPLOY.parent / "docs/deploy.md").read_text()
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert f"__main__.py {act}" in services["upkeep"]["entrypoint"][-1]
    jobs = {
        document["metadata"]["name"]: document
        for path in MANIFESTS
        for document in yaml.safe_load_all(path.read_text())
        if document["kind"] == "CronJob"
    }
    (container,) = jobs[act]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["args"][0] == act


def test_the_profile_allows_what_the_sandbox_needs() -> None:
    profile = json.loads((DEPLOY / "containers/worker-seccomp.json").read_text())
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    allowed = {n for r in profile["syscalls"] if r["action"] == "SCMP_ACT_ALLOW" for n in r["names"]}
    refused = {n for r in profile["syscalls"] if r["action"] == "SCMP_ACT_ERRNO" for n in r["names"]}
    assert allowed >= NEEDED
    assert not allowed & (REFUSED | refused)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_are_units(unit: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    done = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    told = [line for line in done.stderr.splitlines() if unit.name in line and "is not executable" not in line]
    assert told == []
