"""What Java wants to know of sources before they are compiled: the name of each public class, and the class to start.

The sources are read as tokens, with comments and literals left out, and only their top level matters: a package
declaration, the types, and whether a type's own body holds a method called main. A source that javac will refuse may be
misread here; it is javac that complains then.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.runs.entities import SourceFile

_TOKEN = re.compile(
    r"""
    //[^\n]* | /\*.*?(?:\*/|\Z)                                  # comments
    | \"\"\".*?(?<!\\)(?:\\\\)*\"\"\" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'   # literals
    | (?P<word>[^\W\d][\w$]*) | (?P<sign>[{}().;@])
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS = frozenset({"class", "interface", "enum", "record"})


@dataclass(frozen=True, slots=True)
class JavaType:
    """A type at the top level of a source."""

    name: str
    package: str
    public: bool
    has_main: bool

    @property
    def qualified_name(self) -> str:
        """As ``java`` is told it: ``org.example.Main``."""
        return f"{self.package}.{self.name}" if self.package else self.name


@dataclass(frozen=True, slots=True)
class JavaProgram:
    """Sources under the names that javac wants, and the class to start."""

    sources: tuple[SourceFile, ...]
    main_class: str


def java_program(sources: Sequence[SourceFile], main_name: str) -> JavaProgram:
    """Name every source after its public class, and find the class to start.

    That is the one with a main method; of several that of the source called ``main_name``, then a public one, then the
    first. Where none has such a method: the public one, the first, or at last what ``main_name`` would hold, so that the
    compiler or the runtime can tell what is wrong.
    """
    named: list[SourceFile] = []
    starts: list[tuple[bool, bool, bool, int, str]] = []
    taken = {source.name for source in sources}
    for source in sources:
        types = java_types(source.content.decode(errors="replace"), source.name.removesuffix(".java"))
        public = next((each for each in types if each.public), None)
        wanted = f"{public.name}.java" if public else source.name
        if wanted not in taken:
            taken.add(wanted)
            named.append(replace(source, name=wanted))
        else:
            named.append(source)
        starts += [
            (
                not each.has_main,
                f"{each.name}.java" != main_name and source.name != main_name,
                not each.public,
                len(starts) + index,
                each.qualified_name,
            )
            for index, each in enumerate(types)
        ]
    return JavaProgram(tuple(named), min(starts)[-1] if starts else main_name.removesuffix(".java"))


def java_types(text: str, stem: str) -> list[JavaType]:
    """The types at the top level of a source; a main method outside of any type is in a class called ``stem``."""
    tokens = list(_tokens(text))
    package = ""
    types: list[JavaType] = []
    depth = 0
    public = False
    implicit = False
    for index, token in enumerate(tokens):
        follower = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            public = public and depth > 0
        elif depth == 1 and types and token == "main" and follower == "(":
            types[-1] = replace(types[-1], has_main=types[-1].has_main or _is_method(tokens, index))
        elif depth == 0:
            if token == ";":
                public = False
            elif token == "package" and not types:
                package = _qualified(tokens, index + 1)
            elif token == "public":
                public = True
            elif token == "main" and follower == "(":
                implicit = implicit or _is_method(tokens, index)
            elif token in _KINDS and follower.isidentifier() and not (index and tokens[index - 1] == "."):
                types.append(JavaType(follower, package, public, has_main=False))
                public = False
    if implicit:
        types.insert(0, JavaType(stem, package, public=False, has_main=True))
    return types


def _tokens(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        if token := match["word"] or match["sign"]:
            yield token


def _is_method(tokens: list[str], index: int) -> bool:
    """Whether ``main (`` at ``index`` declares a method that returns nothing, rather than calls one."""
    return index > 0 and tokens[index - 1] == "void"


def _qualified(tokens: list[str], index: int) -> str:
    name: list[str] = []
    while index < len(tokens) and tokens[index] not in {";", "{"}:
        name.append(tokens[index])
        index += 1
    return "".join(name)
