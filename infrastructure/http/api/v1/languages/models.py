from pydantic import Field

from domain.languages.entities import LanguageId
from infrastructure.http.api.models import CamelBase


class LanguageModel(CamelBase):
    """A language that submissions may be written in."""

    id: LanguageId = Field(examples=["cpp17"])
    name: str = Field(examples=["C++17"])
    version: str = Field(description="as the toolchain tells it", examples=["g++ (Debian 12.2.0-14) 12.2.0"])
    source_name: str = Field(description="the name of a single source, by default", examples=["main.cpp"])
    extensions: list[str] = Field(description="without the dot", examples=[["cpp", "cc"]])
    compile_command: str | None = Field(description="null: nothing is compiled")
    run_command: str
    live: bool = Field(description="whether a live worker has it")
    workers: int = Field(description="how many live workers have it")
