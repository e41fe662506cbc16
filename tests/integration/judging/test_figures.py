"""What operators watch: counted where it happens, told by server and worker."""

import importlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from prometheus_client import generate_latest

from application.submissions.job_ledger import JobLedger
from application.workers.usecases import SweepQueue
from domain.languages.entities import LanguageId
from domain.workers.entities import WorkerId
from tests.integration.judging.conftest import Judge

DEPLOY = Path(__file__).parents[3] / "deploy"
ASSUMED = {"process_resident_memory_bytes", "up"}
METRIC = re.compile(r"\b(proba_\w+|process_\w+)\b")


def value(text: str, start: str) -> float:
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(start))


async def scrape(judge: Judge) -> str:
    return (await judge.client.get("/metrics")).text


async def test_jobs_are_counted(judge: Judge) -> None:
    before = generate_latest().decode()
    await judge.submit("int main(void) { return 0; }", priority=0)
    waiting = await scrape(judge)
    assert value(waiting, 'proba_queue_depth{language="c11"') >= 1
    assert value(waiting, "proba_queue_oldest_seconds") > 0
    await judge.work()
    after = generate_latest().decode()
    judged = 'proba_jobs_judged_total{language="c11",verdict="WA"}'
    assert value(after, judged) - value(before, judged) == 1
    for name, labels in (
        ("proba_job_queue_seconds_count", ""),
        ("proba_job_judging_seconds_count", '{language="c11"}'),
        ("proba_job_compile_seconds_count", '{language="c11"}'),
        ("proba_attempts_ended_total", '{ending="finished"}'),
    ):
        assert value(after, name + labels) - value(before, name + labels) == 1, name


async def test_jobs_that_were_given_up_are_counted(judge: Judge) -> None:
    """One each of whose attempts fails, and one whose workers always die."""
    before = generate_latest().decode()
    assert "proba_jobs_given_up_total " in before  # told from 0 on
    content = f"{uuid4()}\n"
    failing = await judge.submit("int main(void) { return 0; }", tests=[{"input": content, "output": ""}])
    found = [
        path for path in judge.config.data_dir.rglob("*") if path.is_file() and path.read_bytes() == content.encode()
    ]
    for path in found:
        path.unlink()
    await judge.work()
    assert (await judge.show(failing))["verdict"] == "JE"
    dying = await judge.submit("int main(void) { return 0; }")
    ledger, sweep = await judge.worker.get(JobLedger), await judge.worker.get(SweepQueue)
    for _ in range(judge.config.worker_max_attempts):
        assert await ledger.claim(WorkerId(uuid4()), "dying", [LanguageId("c11")], timedelta(milliseconds=-1))
        await sweep()
    assert (await judge.show(dying))["verdict"] == "JE"
    after = generate_latest().decode()
    assert value(after, "proba_jobs_given_up_total ") - value(before, "proba_jobs_given_up_total ") == 2


def expressions() -> Iterator[str]:
    dashboard = json.loads((DEPLOY / "grafana/proba.json").read_text())
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    rules: Any = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert {"summary", "action"} <= rule["annotations"].keys()
            yield rule["expr"]
    yield (DEPLOY / "kubernetes/scaling.yaml").read_text()


async def test_dashboards_and_alerts_ask_for_what_there_is(judge: Judge) -> None:
    await judge.submit("int main(void) { return 0; }")
    text = await scrape(judge)
    await judge.work()
    for module in ("infrastructure.worker", "infrastructure.blobs.cached_blob_storage"):
        importlib.import_module(module)  # what they tell is known from then on
    text += generate_latest().decode()
    there = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)) | ASSUMED
    there |= {f"{name}_{end}" for name in there for end in ("bucket", "count", "sum")}
    asked = {name for expression in expressions() for name in METRIC.findall(expression)}
    assert asked
    assert asked - there == set()
