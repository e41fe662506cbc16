"""Exporting a use case does not provide it: here every exported one is built."""

import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from dishka import AsyncContainer

import application
from infrastructure.config import Config
from infrastructure.providers.config import MissingSetting
from infrastructure.providers.container import make_server_container

WORKERS_OWN = {
    "Beat",
    "EndRecalledJobs",
    "ImportPackage",
    "JudgeNextJob",
    "RegisterWorker",
    "SweepQueue",
    "UnregisterWorker",
}
"""They need toolchains and a sandbox: the tests of the worker build them."""


def exported() -> list[type[Any]]:
    modules = pkgutil.walk_packages(application.__path__, "application.")
    packages = [importlib.import_module(m.name) for m in modules if m.name.endswith(".usecases")]
    classes = [getattr(package, name) for package in packages for name in package.__all__]
    return [c for c in classes if inspect.iscoroutinefunction(vars(c).get("__call__"))]


async def build(container: AsyncContainer) -> list[object]:
    async with container() as scope:
        return [await scope.get(use_case) for use_case in exported() if use_case.__name__ not in WORKERS_OWN]


def config(tmp_path: Path, **changes: Any) -> Config:
    urls = {"database_url": "postgresql+asyncpg://nobody@/nothing?host=/nowhere", "redis_url": "unix:///nowhere"}
    return Config(_env_file=None, data_dir=tmp_path, **(urls | changes))


async def test_the_server_builds_every_use_case(tmp_path: Path) -> None:
    names = {use_case.__name__ for use_case in exported()}
    assert len(names) >= 20
    assert names >= WORKERS_OWN
    container = make_server_container(config(tmp_path))
    assert {type(built).__name__ for built in await build(container)} == names - WORKERS_OWN
    await container.close()


@pytest.mark.parametrize("setting", ["database_url", "redis_url"])
async def test_a_setting_that_is_missing_names_itself(tmp_path: Path, setting: str) -> None:
    container = make_server_container(config(tmp_path, **{setting: None}))
    with pytest.raises(MissingSetting, match=f"PROBA_{setting.upper()}"):
        await build(container)
    await container.close()
