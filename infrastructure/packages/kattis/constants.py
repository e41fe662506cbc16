"""2025-09: ``{{name}}`` stands for a constant of problem.yaml, in programs and included files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.problems.files import PackageFile, PackageProgram
from infrastructure.packages.package_folder import PackageFolder

_CONSTANT = re.compile(rb"\{\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)\}\}")
_MAX_SOURCE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Constants:
    """``values`` by name."""

    folder: PackageFolder
    values: Mapping[str, str]

    def file(self, path: str, name: str) -> PackageFile:
        """The file ``path`` under the name ``name``, with the values in place; one of more than 1 MiB as it is."""
        file = self.folder.file(path, name)
        if not self.values or file.content.size > _MAX_SOURCE:
            return file
        constants = {name.encode(): value.encode() for name, value in self.values.items()}
        data = self.folder.data(path, _MAX_SOURCE)
        replaced = _CONSTANT.sub(lambda match: constants.get(match[1], match[0]), data)
        return file if replaced == data else PackageFile(name, self.folder.add(replaced))

    def program(self, program: PackageProgram) -> PackageProgram:
        """The same with all its files."""
        place = program.path.rpartition("/")[0] if program.path in self.folder.files else program.path
        paths = {file: f"{place}/{file.name}" for file in program.files}
        files = (self.file(path, file.name) if path in self.folder.files else file for file, path in paths.items())
        return replace(program, files=tuple(files)) if self.values else program
