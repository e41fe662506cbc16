"""What a submission needs of a language and this machine does not have: a library, or a newer version."""

import re
from collections.abc import Iterator, Mapping

from application.problems.proving.trial import Trial

_C = r"fatal error: ([\w./+-]{1,80}): No such file"
_PYTHON = r"(?m)^ModuleNotFoundError: No module named '([\w.]{1,80})'"
_KOTLIN = (
    r"unresolved reference: (readln|readlnOrNull|build(?:List|Set|Map|String)|(?:min|max)(?:By|Of)?(?:OrNull)?|sumOf|"
    r"runningFold\w*|scan|firstNotNullOf\w*|ArrayDeque|digitToInt|uppercase\w*|lowercase\w*|rotate(?:Left|Right)|"
    r"countOneBits|count(?:Leading|Trailing)ZeroBits|flatMapIndexed|reduceOrNull|shuffle\w*|randomOrNull|floorDiv|mod)\b"
)
_CPP_LIBRARY = r"‘\w+’ is not a member of ‘std::(?:ranges|views|chrono)"
_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "c11": (_C,), "c17": (_C,), "cpp14": (_C,), "cpp17": (_C,), "cpp20": (_C,), "cpp23": (_C,),
    "csharp": (r"error CS1644: Feature `([^']{1,80})' cannot be used",
               r"error CS0234: The type or namespace name `([^']{1,80})' does not exist in the namespace `System"),
    "go": (r"package ([\w./-]{1,80}) is not in (?:GOROOT|std)", r"requires (go1\.\d+) or later",
           r"undefined: (min|max)\b"),
    "haskell": (r"Could not (?:find|load) module [‘'`]([\w.]{1,80})",),
    "java": (r"error: ([a-z][\w -]{1,80}?) (?:are|is) (?:a preview feature|not supported in -source)",),
    "javascript": (r"Error: Cannot find module '([a-z@][\w./-]{0,80})'",),
    "kotlin": (_KOTLIN, r"error: the feature \"([^\"]{1,80})\" is only available since"),
    "ocaml": (r"Unbound module (\w{1,80})",),
    "perl": (r"(?m)^Can't locate ([\w/]{1,80}\.pm) in @INC",),
    "python2": (r"ImportError: No module named ([\w.]{1,80})",), "python3": (_PYTHON,), "pypy3": (_PYTHON,),
    "rust": (r"error\[E0432\]: unresolved import `(\w{1,80})", r"can't find crate for `(\w{1,80})`",
             r"use of unstable library feature '(\w{1,80})'"),
}  # fmt: skip
_NEWER: Mapping[str, tuple[str, str]] = {
    "cpp20": (_CPP_LIBRARY, "a newer library of C++"),
    "cpp23": (_CPP_LIBRARY, "a newer library of C++"),
    "csharp": (r"error CS(?:1525|1041|8025)\b", "a version of C# that knows its syntax"),
    "kotlin": (r"error: (?:expecting|unexpected tokens)\b", "a version of Kotlin that knows its syntax"),
    "rust": (r"error\[E0658\]", "a version of Rust that knows its features"),
}
"""Syntax that is not known here, in sources that were whole to their authors."""


def lacks(trial: Trial) -> str | None:
    """What the compiler or the runtime of a submission says that is missing; None: nothing. A file of its own is no
    library.
    """
    if trial.submission is None:
        return None
    compiled = trial.submission.compiled
    said = trial.said if compiled.program is not None else (compiled.result.output if compiled.result else "")
    own = {part.partition(".")[0] for file in trial.reference.program.files for part in file.name.split("/")}
    return next((what for what in _missing(trial.language, said) if re.split(r"[./]", what)[0] not in own), None)


def _missing(language: str, said: str) -> Iterator[str]:
    for pattern in _PATTERNS.get(language, ()):
        yield from re.findall(pattern, said)
    if language in _NEWER and re.search(_NEWER[language][0], said):
        yield _NEWER[language][1]
