import pytest

from application.sandbox import Command
from infrastructure.sandbox.plain_paths import in_scratch, translated
from tests.integration.sandbox.bench import LIMITS

NAMED = [
    ("/app/main", "{}/app/main"),
    ("/box", "{}/box"),
    ("-I/app", "-I{}/app"),
    ("-L/box/lib", "-L{}/box/lib"),
    ("/app:/box:/usr/lib", "{}/app:{}/box:/usr/lib"),
    ("--out=/box/x", "--out={}/box/x"),
    ("-Wl,-rpath,/app", "-Wl,-rpath,{}/app"),
    ("/app/?.lua;;", "{}/app/?.lua;;"),
    ('.read "/app/main.sql"', '.read "{}/app/main.sql"'),
    ("ls -A /box /tmp", "ls -A {}/box {}/tmp"),
    ("echo x >/tmp/a; cat </app/b", "echo x >{}/tmp/a; cat <{}/app/b"),
    ("touch /box/* && /app/../x", "touch {}/box/* && {}/app/../x"),
    ("@/box/arguments", "@{}/box/arguments"),
]
OTHERS = [
    "/usr/app/x",
    "src/box/a", "./app/x", "../tmp", "/tmpfile", "/app.txt", "/box-2", "/apple", "http://host/app", "//app",
    "file:///app", "app", "-I./box", "", "a/tmp", "/opt/tmp/x", "~/box", "/app_2", "x/box",
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), NAMED)
def test_the_three_places_are_named_anew(text: str, wanted: str) -> None:
    assert in_scratch(text, "/s/1") == wanted.replace("{}", "/s/1")


@pytest.mark.parametrize("text", OTHERS)
def test_everything_else_stays(text: str) -> None:
    assert in_scratch(text, "/s/1") == text


def test_what_a_scratch_is_called_is_no_pattern_and_is_not_changed_again() -> None:
    assert in_scratch("/app /box", r"/tmp/\1/box") == r"/tmp/\1/box/app /tmp/\1/box/box"


def test_a_command_is_told_where_temporary_files_go() -> None:
    command = Command(argv=("/app/main", "a/box"), limits=LIMITS, env={"HOME": "/box", "PATH": "/usr/bin:/bin"})
    there = translated(command, "/s")
    assert there.argv == ("/s/app/main", "a/box")
    assert there.env == {"HOME": "/s/box", "PATH": "/usr/bin:/bin", "TMPDIR": "/s/tmp"}
    own = Command(argv=("/app/main",), limits=LIMITS, env={"TMPDIR": "/box/t"})
    assert translated(own, "/s").env == {"TMPDIR": "/s/box/t"}
