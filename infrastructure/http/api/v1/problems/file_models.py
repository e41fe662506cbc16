"""What people read of a problem: statements, samples, attachments."""

from typing import Literal

from pydantic import Field

from infrastructure.http.api.models import CamelBase

StatementFormat = Literal["html", "markdown", "pdf", "latex"]


class FileModel(CamelBase):
    """A file that can be fetched."""

    name: str = Field(description="a relative path; statements refer to their pictures by it", examples=["tree.png"])
    size: int = Field(description="bytes")
    media_type: str = Field(examples=["image/png"])
    url: str = Field(description="where it is, without host")


class StatementModel(CamelBase):
    """A problem's text in one human language and one format."""

    language: str = Field(description="a language tag", examples=["en"])
    format: str = Field(description="`html`, `markdown`, `pdf` or `latex`", examples=["html"])
    title: str = Field(description="empty: the package has none in this language")
    converted_from: str | None = Field(
        description="the format that this service has made it from; null: it came with the package"
    )
    url: str = Field(description="of the text itself, without host")
    files: list[FileModel] = Field(description="the text first, then what it shows")


class SampleModel(CamelBase):
    """A test that everybody may see."""

    name: str
    group: str | None
    input: str = Field(description="its first 16 KiB as UTF-8; what is not, is U+FFFD")
    input_size: int = Field(description="bytes")
    input_truncated: bool = Field(description="whether there is more than is shown here")
    input_url: str = Field(description="of the whole, byte for byte, without host")
    output: str = Field(description="of the answer, as `input`")
    output_size: int = Field(description="bytes")
    output_truncated: bool
    output_url: str
