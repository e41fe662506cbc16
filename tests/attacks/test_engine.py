"""That the engine would notice: a test that cannot fail is none."""

import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from domain.verdicts import Verdict
from tests.attacks.attack import HELD, OUT_OF_CPU, Attack
from tests.attacks.engine import Target
from tests.attacks.host import MARK, OURS, look


def _daemon(stack: ExitStack) -> None:
    process = subprocess.Popen(("/bin/sleep", "60"), env={MARK: OURS})
    stack.callback(process.wait)
    stack.callback(process.kill)


def _file(stack: ExitStack) -> None:
    path = Path(f"/tmp/{MARK}-{os.getpid()}")
    path.touch()
    stack.callback(path.unlink)


def _socket(stack: ExitStack) -> None:
    stack.enter_context(socket.socket(socket.AF_UNIX)).bind(f"\0{MARK}-{os.getpid()}")


def _descriptor(stack: ExitStack) -> None:
    stack.callback(os.close, os.dup(0))


@pytest.mark.parametrize("change", [_daemon, _file, _socket, _descriptor])
def test_a_change_of_the_host_is_seen(change: Callable[[ExitStack], None], secret: Path) -> None:
    before = look(os.getuid(), secret, 0)
    assert before.changes(look(os.getuid(), secret, 0)) == []
    stack: AbstractContextManager[ExitStack] = ExitStack()
    with stack as entered:
        change(entered)
        assert before.changes(look(os.getuid(), secret, 0)) != []


def test_a_change_of_the_secret_is_seen(secret: Path) -> None:
    before = look(os.getuid(), secret, 0)
    text = secret.read_bytes()
    secret.write_bytes(b"other")
    try:
        assert any(change.startswith("secret") for change in before.changes(look(os.getuid(), secret, 0)))
    finally:
        secret.write_bytes(text)


async def test_an_outcome_that_is_not_the_promised_one_is_seen(target: Target) -> None:
    attack = Attack(name="", tries="", program="results.c", arguments=("verdict",), ends=OUT_OF_CPU)
    assert any(complaint.startswith("verdict") for complaint in await target.attack(attack))
    seen = await target.attack(replace(attack, ends=replace(HELD, verdict=Verdict.RTE)))
    assert any(complaint.startswith("output") for complaint in seen)


async def test_a_secret_that_comes_out_is_seen(target: Target) -> None:
    echo = Attack(name="", tries="", program="echo.sh", ends=HELD, stdin=target.secret_text)
    assert any("secret" in complaint for complaint in await target.attack(echo))
