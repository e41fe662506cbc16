from pathlib import Path

import pytest

from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.detection import FoundToolchain, MissingLanguage, detect
from infrastructure.languages.executables import find_executable, prefix_to_show, search_path
from infrastructure.languages.host_toolchains import HostToolchains, UnknownLanguage
from infrastructure.languages.report import apt_line


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def look(catalogue: Path, *directories: Path) -> FoundToolchain | MissingLanguage:
    return detect(FolderCatalogue(catalogue).entries.values(), directories)[0]


def test_a_toolchain_is_found_with_its_version(toy: Path, tmp_path: Path) -> None:
    path = executable(tmp_path / "bin" / "toy", "echo Toy 4.2 >&2")
    found = look(toy, tmp_path / "none", tmp_path / "bin")
    assert isinstance(found, FoundToolchain)
    assert (found.version, found.executables) == ("Toy 4.2", {"runtime": path})


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo hello", "did not tell its version: hello"),
        ("exit 3", "it printed nothing"),
        (None, "no toy was found"),
    ],
)
def test_what_cannot_be_used_says_why(toy: Path, tmp_path: Path, script: str | None, reason: str) -> None:
    if script is not None:
        executable(tmp_path / "bin" / "toy", script)
    missing = look(toy, tmp_path / "bin")
    assert isinstance(missing, MissingLanguage)
    assert reason in missing.reasons[0]
    assert apt_line(HostToolchains([missing])) == "apt-get install toy"


def test_the_first_choice_that_compiles_is_taken(toy: Path, tmp_path: Path) -> None:
    path = toy / "toy" / "language.toml"
    text = path.read_text().replace('main = "named"', 'probe = "p"\nchoices = { std = [["-new"], ["-old", "-x"]] }')
    path.write_text(text.replace('"check",', '"{std}",'))
    executable(
        tmp_path / "bin" / "toy", '[ "$1" = --version ] && echo Toy 1; [ "$1" = -new ] && exit 1; [ -f main.toy ]'
    )
    found = look(toy, tmp_path / "bin")
    assert isinstance(found, FoundToolchain)
    assert found.choices == {"std": ("-old", "-x")}
    executable(tmp_path / "bin" / "toy", '[ "$1" = --version ] && echo Toy 1; exit 1')
    missing = look(toy, tmp_path / "bin")
    assert isinstance(missing, MissingLanguage)
    assert "none of the arguments" in missing.reasons[0]


def test_only_the_languages_asked_for_are_looked_at(toy: Path, tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "toy", "echo Toy 1")
    catalogue = FolderCatalogue(toy)
    assert set(HostToolchains.detect(catalogue, ["toy"], [tmp_path / "bin"]).available()) == {"toy"}
    with pytest.raises(UnknownLanguage, match="no language tay; known: toy"):
        HostToolchains.detect(catalogue, ["tay"])


def test_homes_are_not_searched_unless_configured(tmp_path: Path) -> None:
    closed = "/srv/me/bin:/root/.cargo/bin:/home/x/bin:/snap/bin"
    environ = {"HOME": "/srv/me", "PATH": f"{closed}:relative::/opt/go/bin:/usr/bin"}
    usual = tuple(map(Path, ("/usr/local/bin", "/usr/bin", "/bin")))
    assert search_path((), environ) == (*usual, Path("/opt/go/bin"))
    assert search_path((Path("/root/.cargo/bin"),), environ)[0] == Path("/root/.cargo/bin")


def test_a_plain_file_or_a_folder_is_no_executable(tmp_path: Path) -> None:
    (tmp_path / "toy").write_text("")
    (tmp_path / "toys").mkdir()
    assert find_executable(["toy", "toys"], [tmp_path]) is None


def test_a_toolchain_outside_of_the_system_is_shown_with_its_prefix(tmp_path: Path) -> None:
    path = executable(tmp_path / "node-20" / "bin" / "node", "")
    assert prefix_to_show(path) == tmp_path / "node-20"
    assert prefix_to_show(Path("/usr/bin/env")) is None
    assert prefix_to_show(executable(tmp_path / "tools" / "toy", "")) == tmp_path / "tools"


def test_settings_outside_of_usr_are_shown_and_the_targets_of_links_too(toy: Path, tmp_path: Path) -> None:
    path = toy / "toy" / "language.toml"
    (tmp_path / "toy-1.cfg").write_text("")
    (tmp_path / "toy.cfg").symlink_to("toy-1.cfg")
    paths = f'packages = ["toy"]\npaths = ["{tmp_path}/toy.cfg", "{tmp_path}/absent", "/usr/bin"]'
    path.write_text(path.read_text().replace('packages = ["toy"]', paths))
    executable(tmp_path / "bin" / "toy", "echo Toy 1")
    binds = HostToolchains([look(toy, tmp_path / "bin")]).binds()
    assert set(binds) == {tmp_path / "toy.cfg", tmp_path / "toy-1.cfg", tmp_path}
