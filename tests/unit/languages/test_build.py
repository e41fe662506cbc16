from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from domain.exceptions import Invalid
from domain.languages.entities import LanguageId
from domain.runs.entities import Limits, SourceFile
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.detection import FoundToolchain
from infrastructure.languages.host_toolchain import HostToolchain

MIB = 1024 * 1024
LIMITS = Limits(
    cpu_time=timedelta(seconds=1),
    wall_time=timedelta(seconds=3),
    memory=256 * MIB,
    output=MIB,
    processes=64,
    stack=256 * MIB,
    file_size=MIB,
    open_files=64,
)
Make = Callable[[str], HostToolchain]


@pytest.fixture
def toolchain(catalogue: FolderCatalogue) -> Make:
    """A language as a machine would have it whose executables all lie in /usr/bin."""

    def make(language: str) -> HostToolchain:
        entry = catalogue.entries[LanguageId(language)]
        table = entry.file.toolchain[0]
        return HostToolchain(
            FoundToolchain(
                entry=entry,
                table=table,
                executables={key: Path("/usr/bin") / names[0] for key, names in table.executables.items()},
                choices={key: alternatives[0] for key, alternatives in entry.file.choices.items()},
                version=f"{table.name} 1.0",
            )
        )

    return make


def files(*names: str) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(name, b"") for name in names)


def test_every_language_builds_a_source_of_its_usual_name(catalogue: FolderCatalogue, toolchain: Make) -> None:
    for id_, entry in catalogue.entries.items():
        build = toolchain(id_).build(files(entry.file.source_name), LIMITS)
        for argv in (build.compile_argv or build.run_argv, build.run_argv):
            assert argv[0].startswith(("/usr/bin/", "/app/"))
            assert not any("{" in argument and "for (name" not in argument for argument in argv[1:])
        assert build.run_env["PATH"]
        assert build.run_env["HOME"] == "/box"
        assert build.compile_limits.memory > 0


def test_all_sources_are_compiled_and_other_files_lie_beside(toolchain: Make) -> None:
    build = toolchain("cpp17").build(files("main.cpp", "graph.cc", "graph.h", "data.txt"), LIMITS)
    assert build.compile_argv is not None
    assert [each for each in build.compile_argv if "." in each] == ["main.cpp", "graph.cc"]
    assert [each.name for each in build.sources] == ["main.cpp", "graph.cc", "graph.h", "data.txt"]
    assert build.collect == ("main",)
    assert build.run_argv == ("/app/main",)


def test_names_are_never_options(toolchain: Make) -> None:
    build = toolchain("c11").build(files("-o.c", "@x.c"), LIMITS)
    assert build.compile_argv is not None
    assert build.compile_argv[-3:-1] == ("./-o.c", "./@x.c")


@pytest.mark.parametrize(
    ("language", "names", "main"),
    [
        ("python3", ("solve.py",), "solve.py"),
        ("python3", ("helper.py", "main.py"), "main.py"),
        ("python3", ("helper.py", "__main__.py"), "__main__.py"),
        ("python3", ("data.txt", "b.py", "a.py"), "b.py"),
        ("python3", ("solution",), "solution"),
        ("javascript", ("util.js", "index.mjs"), "index.mjs"),
    ],
)
def test_the_main_source_is_chosen_by_name_then_by_order(
    toolchain: Make, language: str, names: tuple[str, ...], main: str
) -> None:
    build = toolchain(language).build(files(*names), LIMITS)
    assert build.run_argv[-1] == f"/app/{main}"
    assert set(build.collect) == set(names)


def test_collected_names_are_not_globs(toolchain: Make) -> None:
    assert toolchain("python3").build(files("a*[b]?.py"), LIMITS).collect == ("a[*][[]b][?].py",)


def test_ocaml_links_the_main_source_last(toolchain: Make) -> None:
    argv = toolchain("ocaml").build(files("main.ml", "graph.ml"), LIMITS).compile_argv
    assert argv is not None
    assert argv[-2:] == ("graph.ml", "main.ml")


def test_java_is_named_after_its_public_class(toolchain: Make) -> None:
    source = SourceFile("x.java", b"package p; public class Solution { public static void main(String[] a) {} }")
    build = toolchain("java").build((source, *files("notes.txt")), LIMITS)
    assert [each.name for each in build.sources] == ["Solution.java", "notes.txt"]
    assert build.compile_argv is not None
    assert build.compile_argv[-1] == "Solution.java"
    assert build.run_argv[-1] == "p.Solution"
    assert "-Xmx256m" in build.run_argv
    assert "-Xss64m" in build.run_argv


def test_a_stack_limit_below_memory_is_passed_on_with_room_to_spare(toolchain: Make) -> None:
    limits = Limits(**{name: getattr(LIMITS, name) for name in Limits.__slots__} | {"stack": 16 * MIB})
    build = toolchain("javascript").build(files("main.js"), limits)
    assert "--stack-size=14336" in build.run_argv
    assert "--max-old-space-size=256" in build.run_argv


def test_typescript_brings_its_declarations(toolchain: Make) -> None:
    build = toolchain("typescript").build(files("main.ts"), LIMITS)
    assert [each.name for each in build.sources] == ["main.ts", "proba-node.d.ts"]
    assert build.run_argv[-1] == "/app/main.js"


@pytest.mark.parametrize("names", [("main.py",), ("readme", "main.h"), ()])
def test_no_source_is_the_callers_mistake(toolchain: Make, names: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match=r"looks for files that end in \.cpp or .*sent: "):
        toolchain("cpp17").build(files(*names), LIMITS)


def test_what_people_read_shows_the_usual_name(toolchain: Make) -> None:
    language = toolchain("java").language
    assert language.compile_command is not None
    assert language.compile_command.endswith("-d . Main.java")
    assert language.run_command.endswith("-cp /app Main")
    assert toolchain("sqlite").language.compile_command is None
