from pathlib import Path

import pytest

from infrastructure.languages.catalogue import FolderCatalogue


@pytest.fixture(scope="session")
def catalogue() -> FolderCatalogue:
    return FolderCatalogue()


MINIMAL = """
id = "toy"
name = "Toy"
source_name = "main.toy"
extensions = ["toy"]
main = "named"

[[toolchain]]
name = "Toy"
packages = ["toy"]
executables = { runtime = ["toy"] }
version = { argv = ["{runtime}", "--version"], pattern = '^Toy (.+)' }
[toolchain.compile]
argv = ["{runtime}", "check", "{main}"]
collect = ["{files}"]
[toolchain.run]
argv = ["{runtime}", "/app/{main}"]
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A catalogue of one language that no machine has."""
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "language.toml").write_text(MINIMAL)
    (tmp_path / "toy" / "reference.toy").write_text("sum")
    return tmp_path
