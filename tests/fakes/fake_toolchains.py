from collections.abc import Mapping

from application.languages.toolchains import Toolchain
from domain.languages.entities import LanguageId


class FakeToolchains:
    """A machine without any language."""

    def available(self) -> Mapping[LanguageId, Toolchain]:
        return {}
