"""From an upload to what people read."""

from collections.abc import Mapping

import pytest
from dishka import AsyncContainer

from application.problems.statement_choice import FORMATS
from application.problems.stored_file import StoredFile
from application.problems.usecases import GetAttachment, GetStatement, GetStatementFile, ListSamples, ListStatements
from domain.access.entities import ApiKey
from domain.problems.entities import Slug
from infrastructure.statements.pandoc import CURE, find_pandoc
from tests.integration.problems.test_importing import imported
from tests.unit.packages.zips import packed

FILES: Mapping[str, str | bytes] = {
    "sum/problem.toml": 'title = "Sum"\n',
    "sum/tests/sample/1.in": "1 2\n", "sum/tests/sample/1.out": "3\n",
    "sum/tests/1.in": "2 2\n", "sum/tests/1.out": "4\n",
    "sum/statement/problem.en.md": "Add $a$ and $b$. ![Tree](tree.png) <script>alert(1)</script>",
    "sum/statement/tree.png": b"\x89PNG",
    "sum/attachments/sum.py": "print(sum(map(int, input().split())))\n",
}  # fmt: skip


async def bytes_of(file: StoredFile) -> bytes:
    return b"".join([chunk async for chunk in await file.open()])


@pytest.mark.skipif(find_pandoc().path is None, reason=f"no pandoc: {CURE}")
async def test_a_package_can_be_read(
    server: AsyncContainer, worker: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    done = await imported(server, worker, author, packed(FILES), slug)
    assert (done.complaints, done.revision) == ((), 1)
    async with server() as scope:
        listed = await (await scope.get(ListStatements))(author, slug)
        assert [(s.language, s.format, s.converted_from) for s in listed] == [
            ("en", "html", "markdown"), ("en", "markdown", ""),
        ]  # fmt: skip
        page = await bytes_of(await (await scope.get(GetStatement))(author, slug, "en", FORMATS))
        assert b'<img src="tree.png"' in page
        assert b"<math" in page
        assert b"alert" not in page
        picture = await (await scope.get(GetStatementFile))(author, slug, "en", "tree.png")
        assert await bytes_of(picture) == b"\x89PNG"
        attachment = await (await scope.get(GetAttachment))(author, slug, "sum.py")
        assert (await bytes_of(attachment)).decode() == FILES["sum/attachments/sum.py"]
        (sample,) = await (await scope.get(ListSamples))(author, slug)
        assert (sample.input_head, sample.answer_head) == (b"1 2\n", b"3\n")
    again = await imported(server, worker, author, packed(FILES), slug)
    assert again.revision == 1
