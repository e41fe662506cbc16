"""What Java wants to know of sources before they are compiled: the name of each public class, and the class to start.

The sources are read as tokens, with comments and literals left out, and only their top level matters: a package
declaration, the types, and whether a type's own body holds a method called main. A source that javac will refuse may be
misread here; it is javac that complains then.
"""

import re
from collections.abc import Sequence
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

    That is the one with a main method; of several that of the source or class called ``main_name``, then a public one,
    then the first. Where none has such a method: the public one, the first, or at last what ``main_name`` holds, so
    that the compiler or the runtime can tell what is wrong.
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
                main_name not in {f"{each.name}.java", source.name, each.name, each.qualified_name},
                not each.public,
                len(starts) + index,
                each.qualified_name,
            )
            for index, each in enumerate(types)
        ]
    return JavaProgram(tuple(named), min(starts)[-1] if starts else main_name.removesuffix(".java"))


def java_types(text: str, stem: str) -> list[JavaType]:
    """The types at the top level of a source; a main method outside of any type is in a class called ``stem``."""
    source = _TopLevel(stem)
    words = [match["word"] or match["sign"] for match in _TOKEN.finditer(text)]
    tokens = ["", *filter(None, words), ""]
    for index in range(1, len(tokens) - 1):
        source.read(tokens[index - 1], tokens[index], tokens[index + 1])
    return source.types


class _TopLevel:
    """What has been seen so far of a source, read token by token."""

    def __init__(self, stem: str) -> None:
        self.types: list[JavaType] = []
        self._stem = stem
        self._package = ""
        self._in_package = False
        self._public = False
        self._depth = 0

    def read(self, before: str, here: str, after: str) -> None:
        """Take the next token, with its neighbours."""
        if here in "{}":
            self._depth += 1 if here == "{" else -1
            self._public = False
        elif before == "void" and here == "main" and after == "(":
            self._main_method()
        elif self._depth == 0:
            self._declaration(before, here, after)

    def _main_method(self) -> None:
        if self._depth == 0:
            self.types.insert(0, JavaType(self._stem, self._package, public=False, has_main=True))
        elif self._depth == 1 and self.types:
            self.types[-1] = replace(self.types[-1], has_main=True)

    def _declaration(self, before: str, here: str, after: str) -> None:
        if here == ";":
            self._public = self._in_package = False
        elif self._in_package:
            self._package += here
        elif here == "package" and not self.types:
            self._in_package = True
        elif here == "public":
            self._public = True
        elif here in _KINDS and after.isidentifier() and before != ".":
            self.types.append(JavaType(after, self._package, self._public, has_main=False))
            self._public = False
