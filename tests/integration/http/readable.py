"""A problem with everything that people read, as a package would bring it."""

from application.problems.packages import DraftTest, InlineContents, ProblemDraft
from application.problems.usecases import PutProblem
from domain.access.entities import ApiKey
from domain.problems.entities import Slug
from domain.problems.files import PackageFile, Statement
from domain.problems.material import ProblemMaterial
from tests.integration.http.service import Service

SCRIPT = b"<!DOCTYPE html><h1>Tree</h1><img src=tree.png><script>alert(document.domain)</script>"
PICTURE = b"\x89PNG\r\n\x1a\n of the page"
OTHER_PICTURE = b"\x89PNG\r\n\x1a\n of the source"
LARGE = b"0123456789abcde\n" * 50_000
STRANGE = 'data/a"b; X=1 ёж.txt'


def readable(title: str = "Tree") -> ProblemDraft:
    """Its first sample is larger than what comes inline; its hidden test is nobody's business."""
    contents = InlineContents()

    def file(name: str, data: bytes) -> PackageFile:
        return PackageFile(name, contents.add(data))

    def test(name: str, given: bytes, answer: bytes, *, sample: bool) -> DraftTest:
        return DraftTest(name=name, input=contents.add(given), answer=contents.add(answer), sample=sample)

    return ProblemDraft(
        title=title,
        tests=(
            test("sample/1", LARGE, b"ok\n", sample=True),
            test("sample/2", b"\xff\x00", b"", sample=True),
            test("secret/1", b"hidden", b"hidden", sample=False),
        ),
        material=ProblemMaterial(
            statements=(
                Statement(
                    language="en", format="latex", title=title,
                    files=(file("problem.tex", b"\\section{Input}"), file("tree.png", OTHER_PICTURE)),
                ),
                Statement(
                    language="en", format="html", title=title, converted_from="latex",
                    files=(file("problem.html", SCRIPT), file("tree.png", PICTURE)),
                ),
                Statement(language="ru", format="pdf", files=(file("problem.pdf", b"%PDF-1.5"),)),
                Statement(language="ru", format="pdf", files=(file("second.pdf", b"%PDF-1.6"),)),
            ),
            attachments=(
                file("grader.py", b"print(1)"), file("run.exe", b"MZ"), file("page.html", SCRIPT), file(STRANGE, b"x"),
            ),
        ),
        contents=contents.by_digest,
    )  # fmt: skip


async def put(service: Service, key: ApiKey, slug: str, draft: ProblemDraft) -> None:
    """A new revision; the key may be an admin's."""
    async with service.container() as scope:
        await (await scope.get(PutProblem))(key, Slug(slug), draft, None)
