from collections.abc import Mapping
from dataclasses import dataclass

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from domain.runs.units import size_text
from infrastructure.packages.numbered_content import NumberedContent


@dataclass(frozen=True, slots=True)
class PackageFolder:
    """An unpacked package: paths without leading slash → contents. ``prefix`` is what stands before them in the zip."""

    files: Mapping[str, NumberedContent]
    prefix: str = ""

    def unwrapped(self, marker: str) -> "PackageFolder":
        """The folder that holds ``marker``: this one, or the only one in it."""
        if marker in self.files:
            return self
        tops = {path.partition("/")[0] for path in self.files}
        if len(tops) == 1:
            top = f"{tops.pop()}/"
            if top + marker in self.files:
                return PackageFolder({p.removeprefix(top): c for p, c in self.files.items()}, self.prefix + top)
        return self

    def text(self, path: str, max_size: int) -> str:
        """A file as UTF-8. Raises PackageRejected."""
        content = self.files[path]
        if content.size > max_size:
            raise PackageRejected(Complaint(f"has {size_text(content.size)}, more than {size_text(max_size)}", path))
        with content.open() as file:
            data = file.read()
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise PackageRejected(Complaint("is not UTF-8", path, line)) from None
