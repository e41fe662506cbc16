from dataclasses import dataclass

from domain.exceptions import Conflict, Forbidden, NotFound


class ProblemNotFound(NotFound):
    """No problem with this slug, or it is archived."""

    def __init__(self, slug: str) -> None:
        super().__init__("problem", slug)


class ImportNotFound(NotFound):
    """No such import."""

    def __init__(self, import_id: str) -> None:
        super().__init__("import", import_id)


class TestNotFound(NotFound):
    """The revision has no test of this name."""

    __test__ = False

    def __init__(self, name: str) -> None:
        super().__init__("test", name)


class RevisionNotFound(NotFound):
    """The problem has no revision of this number, or it is not in force and the key is not its author's."""

    def __init__(self, number: int) -> None:
        super().__init__("revision", str(number))


class StatementNotFound(NotFound):
    """No statement in this language (and format), or no file of this name that it shows."""

    def __init__(self, language: str, wanted: str = "") -> None:
        super().__init__("statement", f"{language}/{wanted}" if wanted else language)


class AttachmentNotFound(NotFound):
    """The revision has no attachment of this name."""

    def __init__(self, name: str) -> None:
        super().__init__("attachment", name)


@dataclass(eq=False)
class RevisionMismatch(Conflict):
    """``If-Match`` named another revision than the one in force (HTTP 412)."""

    expected: str
    current: int

    def __str__(self) -> str:
        return (
            f"If-Match asks for revision {self.expected}, but revision {self.current} is in force: read it again first"
        )


@dataclass(eq=False)
class NotYourProblem(Forbidden):
    """The key may read the problem, but not do this to what was sent to it."""

    slug: str

    def __str__(self) -> str:
        return f"the problem {self.slug!r} belongs to another key: only that one and admins may do this"


@dataclass(eq=False)
class NotTheOwner(Conflict):
    """The slug belongs to another key's problem."""

    slug: str

    def __str__(self) -> str:
        return f"the problem {self.slug!r} belongs to another key; choose another slug"
