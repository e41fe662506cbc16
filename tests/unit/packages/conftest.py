import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.packages.reading import Read, Reading


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    reading = Reading(tmp_path)
    yield reading
    reading.close()


@pytest.fixture
def unpacking(tmp_path: Path) -> Iterator[int]:
    """The descriptor of an empty folder."""
    (tmp_path / "unpacked").mkdir()
    descriptor = os.open(tmp_path / "unpacked", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)
