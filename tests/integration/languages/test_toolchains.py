"""Every toolchain here, in the real sandbox: several sources, mistakes, memory, odd names, deep recursion."""

import pytest

from application.sandbox import SandboxPool
from domain.languages.entities import LanguageId
from domain.verdicts import Verdict
from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchain import HostToolchain
from infrastructure.languages.host_toolchains import HostToolchains
from tests.integration.languages.judging import MIB, judge_program
from tests.integration.languages.programs import BROKEN, HUNGRY, HUNGRY_AT_ONCE, SEVERAL_SOURCES


def toolchain(toolchains: HostToolchains, language: str) -> HostToolchain:
    found = toolchains.available().get(LanguageId(language))
    if found is None:
        pytest.skip(f"this machine has no {language}")
    return found


@pytest.mark.parametrize("language", sorted(SEVERAL_SOURCES))
async def test_several_sources_make_one_program(toolchains: HostToolchains, pool: SandboxPool, language: str) -> None:
    trial = await judge_program(pool, toolchain(toolchains, language), SEVERAL_SOURCES[language])
    assert trial.complaint == ""
    assert trial.judgement is None
    assert trial.stdout == b"42\n"


@pytest.mark.parametrize("language", sorted(BROKEN))
async def test_a_mistake_is_a_compile_error(toolchains: HostToolchains, pool: SandboxPool, language: str) -> None:
    chosen = toolchain(toolchains, language)
    trial = await judge_program(pool, chosen, {chosen.language.source_name: BROKEN[language]})
    assert trial.execution is None
    assert trial.complaint.startswith("the compiler exited with code ")
    assert trial.compile is not None
    assert trial.compile.output


@pytest.mark.parametrize(
    ("language", "program"),
    [
        *(pytest.param(language, program, id=f"{language} bit by bit") for language, program in HUNGRY.items()),
        *(pytest.param(language, program, id=f"{language} at once") for language, program in HUNGRY_AT_ONCE.items()),
    ],
)
async def test_a_program_that_runs_out_of_memory_is_seen_as_that(
    toolchains: HostToolchains, pool: SandboxPool, language: str, program: str
) -> None:
    chosen = toolchain(toolchains, language)
    trial = await judge_program(pool, chosen, {chosen.language.source_name: program}, memory=64 * MIB)
    assert trial.complaint == ""
    assert trial.judgement is not None
    assert trial.judgement.verdict is Verdict.MLE


@pytest.mark.parametrize("name", ["-e it's a [x]*?{main} $(id) `id`", "@решение"])
@pytest.mark.parametrize(
    "language", ["bash", "c17", "javascript", "lua", "perl", "php", "python3", "r", "sqlite", "tcl"]
)
async def test_a_file_name_is_a_name_and_nothing_else(
    catalogue: FolderCatalogue, toolchains: HostToolchains, pool: SandboxPool, language: str, name: str
) -> None:
    chosen = toolchain(toolchains, language)
    program = catalogue.entries[LanguageId(language)].reference_program()
    sources = {f"{name}.{chosen.language.extensions[0]}": program.content}
    trial = await judge_program(pool, chosen, sources, catalogue.reference_input())
    assert trial.complaint == ""
    assert trial.stdout == catalogue.reference_output()


async def test_a_deep_recursion_in_java_is_fine_and_an_endless_one_is_a_run_time_error(
    toolchains: HostToolchains, pool: SandboxPool
) -> None:
    source = """class Main {
        static int depth(int n) { return n == 0 ? 0 : depth(n - 1) + 1; }
        public static void main(String[] args) { System.out.println(depth(500_000)); System.out.println(depth(-1)); }
    }"""
    trial = await judge_program(pool, toolchain(toolchains, "java"), {"Main.java": source}, memory=1024 * MIB)
    assert trial.stdout == b"500000\n"
    assert trial.judgement is not None
    assert trial.judgement.verdict is Verdict.RTE
    assert trial.execution is not None
    assert b"StackOverflowError" in trial.execution.stderr_head


async def test_a_deep_recursion_in_node_is_fine_and_an_endless_one_is_a_run_time_error(
    toolchains: HostToolchains, pool: SandboxPool
) -> None:
    source = """const depth = n => n === 0 ? 0 : depth(n - 1) + 1;
    console.log(depth(200000));
    console.log(depth(-1));"""
    trial = await judge_program(pool, toolchain(toolchains, "javascript"), {"main.js": source}, memory=256 * MIB)
    assert trial.stdout == b"200000\n"
    assert trial.judgement is not None
    assert trial.judgement.verdict is Verdict.RTE
    assert trial.execution is not None
    assert b"RangeError" in trial.execution.stderr_head
