"""Each format is read where nothing can be imported, opened or started any more."""

from pathlib import Path

import pytest

from application.contents import BytesContent
from application.problems.packages import PackageRejected
from infrastructure.packages.limited_packages import LimitedPackages
from infrastructure.packages.unpacking_limits import UnpackingLimits
from tests.unit.packages import test_cms_reader, test_dmoj_reader, test_polygon_reader
from tests.unit.packages.reading import Files
from tests.unit.packages.zips import packed

GOOD: dict[str, tuple[Files, int]] = {
    "polygon": (test_polygon_reader.package(), 2),
    "dmoj": ({"init.yml": "archive: a.zip\n" + test_dmoj_reader.LIST, "a.zip": packed(test_dmoj_reader.DATA)}, 2),
    "cms": (test_cms_reader.task(**{"gen/GEN": test_cms_reader.GEN, "att/example.txt": "1\n"}), 4),
}
ODD = {"odd encoding": test_polygon_reader.ODD, "entities": test_polygon_reader.BOMB}


@pytest.fixture
def packages(tmp_path: Path) -> LimitedPackages:
    return LimitedPackages(tmp_path, UnpackingLimits(), 63_999)


@pytest.mark.parametrize("name", GOOD)
async def test_good(packages: LimitedPackages, name: str) -> None:
    files, count = GOOD[name]
    async with packages.read(BytesContent(packed(files))) as draft:
        assert (draft.format, len(draft.tests)) == (name, count)
        for test in draft.tests:
            assert test.input is not None
            with draft.contents[test.input.digest].open() as file:
                assert len(file.read()) == test.input.size


@pytest.mark.parametrize("name", ODD)
async def test_bad(packages: LimitedPackages, name: str) -> None:
    with pytest.raises(PackageRejected) as caught:
        async with packages.read(BytesContent(packed({"problem.xml": ODD[name]}))):
            pass
    assert caught.value.complaints[0].file == "problem.xml"
