from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.packages.reading import Read, Reading


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    reading = Reading(tmp_path)
    yield reading
    reading.close()
