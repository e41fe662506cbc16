"""Polygon's source types ("cpp.g++17") as languages of the catalogue."""

import re
from collections.abc import Mapping

from domain.languages.entities import LanguageId
from infrastructure.packages.program_languages import language_of

_FIXED: Mapping[str, str] = {
    "c": "c17", "csharp": "csharp", "pas": "pascal", "kotlin": "kotlin", "go": "go", "rust": "rust", "js": "javascript",
    "javascript": "javascript", "php": "php", "perl": "perl", "ruby": "ruby", "haskell": "haskell", "d": "d",
    "ocaml": "ocaml", "java": "java", "typescript": "typescript", "lua": "lua", "bash": "bash", "r": "r", "tcl": "tcl",
}  # fmt: skip
_STANDARD = re.compile(r"(?:g\+\+|c\+\+|cpp|gnu\+\+|clang\+\+)(\d\w)(?:$|[^0-9a-z])", re.ASCII)
_OF_STANDARD: Mapping[str, str] = {"20": "cpp20", "2a": "cpp20", "23": "cpp23", "2b": "cpp23"}


def language_of_type(kind: str, name: str, head: bytes) -> tuple[LanguageId | None, str]:
    """The id, and the language for people; (None, "Scala"): the catalogue does not have it. What the type does not
    tell is told by the file's ending.
    """
    words = kind.lower().strip().split(".")
    if words[0] == "python":
        return _python(kind.lower())
    if words[0] in ("cpp", "c++"):
        standards = _STANDARD.findall(".".join(words[1:]))
        return LanguageId(_OF_STANDARD.get(standards[-1] if standards else "", "cpp17")), "C++"
    if words[0] in _FIXED:
        return LanguageId(_FIXED[words[0]]), words[0]
    if name.endswith((".dpr", ".pas")):
        return LanguageId("pascal"), "pascal"
    language, found = language_of({name: head})
    if language is None and not found:
        return None, kind or name.rpartition(".")[2]
    return (LanguageId("cpp17") if language == "cpp20" else language), found


def _python(kind: str) -> tuple[LanguageId | None, str]:
    if "pypy2" in kind or re.search(r"python\.2", kind):
        return LanguageId("python2"), "Python 2"
    return (LanguageId("pypy3") if "pypy" in kind else LanguageId("python3")), "Python"


HUMAN: Mapping[str, str] = {
    "english": "en", "russian": "ru", "ukrainian": "uk", "kazakh": "kk", "spanish": "es", "portuguese": "pt",
    "chinese": "zh", "japanese": "ja", "korean": "ko", "german": "de", "french": "fr", "italian": "it", "polish": "pl",
    "armenian": "hy", "azerbaijani": "az", "azeri": "az", "georgian": "ka", "uzbek": "uz", "kyrgyz": "ky",
    "turkish": "tr", "persian": "fa", "farsi": "fa", "arabic": "ar", "bulgarian": "bg", "croatian": "hr",
    "czech": "cs", "dutch": "nl", "estonian": "et", "finnish": "fi", "greek": "el", "hebrew": "he",
    "hungarian": "hu", "indonesian": "id", "latvian": "lv", "lithuanian": "lt", "mongolian": "mn", "romanian": "ro",
    "serbian": "sr", "slovak": "sk", "slovene": "sl", "swedish": "sv", "tajik": "tg", "tatar": "tt", "thai": "th",
    "turkmen": "tk", "vietnamese": "vi", "belarusian": "be", "belarussian": "be", "slovenian": "sl",
    "norwegian": "no", "macedonian": "mk", "bosnian": "bs", "hindi": "hi", "bengali": "bn",
}  # fmt: skip
"""Polygon's names of human languages."""
