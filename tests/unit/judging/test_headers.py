from pathlib import Path

import pytest

from application.judging.headers import lacks_testlib, with_headers
from domain.runs.entities import SourceFile
from infrastructure.cli.exceptions import ExitCode
from infrastructure.cli.failures import exit_code_of
from infrastructure.languages import include_directory
from infrastructure.languages.include_directory import IncludeDirectoryError, read_headers

HEADERS = {
    "testlib.h": b'#include "more.hpp"\n',
    "more.hpp": b'#include <testlib.h>\n#include "gone.h"\n',
    "other.h": b"",
}


def names(source: bytes, *others: str) -> list[str]:
    sources = (SourceFile("check.cpp", source), *(SourceFile(name, b"") for name in others))
    return [file.name for file in with_headers(sources, HEADERS)][1 + len(others) :]


@pytest.mark.parametrize(
    ("source", "others", "added"),
    [
        (b'#include "testlib.h"\n', (), ["testlib.h", "more.hpp"]),
        (b"int x;\n  #  include\t<testlib.h> // as ever\r\n", (), ["testlib.h", "more.hpp"]),
        (b'#include "testlib.h"\n', ("testlib.h",), []),
        (b'#include "testlib.h"\n', ("more.hpp",), ["testlib.h"]),
        (b'#include "../testlib.h"\n#include "/etc/shadow"\n', (), []),
        (b'// #include "testlib.h"\nint include_testlib_h;', (), []),
        (b'#include "other.h"\n#include "other.h"\n\xff\0', (), ["other.h"]),
    ],
)
def test_headers_that_are_included_and_not_brought(source: bytes, others: tuple[str, ...], added: list[str]) -> None:
    assert names(source, *others) == added


@pytest.mark.parametrize(
    ("sources", "lacks"),
    [
        ({"check.cpp": b'#include "testlib.h"'}, True),
        ({"check.cpp": b"#include <../lib/testlib.h>"}, True),
        ({"check.cpp": b'#include "testlib.h"', "testlib.h": b""}, False),
        ({"check.cpp": b"#include <vector>"}, False),
    ],
)
def test_who_lacks_testlib(sources: dict[str, bytes], lacks: bool) -> None:
    assert lacks_testlib([SourceFile(name, content) for name, content in sources.items()]) is lacks


def test_the_directory_is_read_by_endings(tmp_path: Path) -> None:
    for name in ("testlib.h", "jngen.hpp", "readme.txt", "checker.cpp"):
        (tmp_path / name).write_text(name)
    (tmp_path / "inner.h").mkdir()
    assert read_headers(tmp_path) == {"testlib.h": b"testlib.h", "jngen.hpp": b"jngen.hpp"}
    assert read_headers(None) == {}


def test_a_directory_that_is_none_or_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(IncludeDirectoryError, match=r"PROBA_INCLUDE_DIR=.*gone cannot be read: No such file") as caught:
        read_headers(tmp_path / "gone")
    assert exit_code_of(caught.value) == (ExitCode.USAGE, str(caught.value))
    monkeypatch.setattr(include_directory, "MOST_BYTES", 1024 * 1024)
    for name in "ab":
        (tmp_path / f"{name}.h").write_bytes(b" " * 600_000)
    with pytest.raises(IncludeDirectoryError, match="more than 1 MiB"):
        read_headers(tmp_path)
