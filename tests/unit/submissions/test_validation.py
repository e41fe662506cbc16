import pytest

from domain.exceptions import Invalid, TooLarge
from domain.runs.entities import SourceFile
from domain.submissions.validation import MetadataRules, SourceRules, check_metadata, check_sources

RULES = SourceRules(max_sources=3, max_source_size=100)


def sources(*names: str, content: bytes = b"") -> tuple[SourceFile, ...]:
    return tuple(SourceFile(name, content) for name in names)


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "a/b", "/etc/passwd", "..\\a", "a\\b", "a\0b", "a\nb", "\x7f", "\x9b1m", "\ud800",
        "a" * 129, "я" * 65, " a", "a ", "C:\\a",
    ],
)  # fmt: skip
def test_a_name_is_one_harmless_path_component(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_sources(sources("ok.py", name), RULES)
    assert [e.pointer for e in caught.value.errors] == ["/sources/1/name"]


@pytest.mark.parametrize("name", ["main.cpp", "Главный.java", "a b.c", "...", ".hidden", "a" * 128, "я" * 64])
def test_ordinary_names_are_taken(name: str) -> None:
    check_sources(sources(name), RULES)


def test_names_are_unique_whatever_their_case() -> None:
    with pytest.raises(Invalid, match="/sources/0/name"):
        check_sources(sources("Main.java", "other", "main.JAVA"), RULES)


def test_at_least_one_and_not_too_many() -> None:
    with pytest.raises(Invalid, match="at least one"):
        check_sources((), RULES)
    check_sources(sources("a", "b", "c"), RULES)
    with pytest.raises(TooLarge, match="at most 3"):
        check_sources(sources("a", "b", "c", "d"), RULES)


def test_sizes_count_together() -> None:
    check_sources(sources("a", "b", content=b"x" * 50), RULES)
    with pytest.raises(TooLarge) as caught:
        check_sources(sources("a", "b", "c", content=b"x" * 50), RULES)
    assert [e.pointer for e in caught.value.errors] == ["/sources/2/content"]


@pytest.mark.parametrize(
    ("metadata", "pointer"),
    [
        ({"a": "x\0"}, "/metadata/a"),
        ({"a\0": 1}, "/metadata"),
        ({"a": ["x", float("inf")]}, "/metadata/a/1"),
        ({"a": {"b": "\ud800"}}, "/metadata/a/b"),
        ({"a/b": 2**70}, "/metadata/a~1b"),
        ({"a": [[[[[[[[1]]]]]]]]}, "/metadata/a/0/0/0/0/0/0/0"),
        ({"a": "x" * 20_000}, "/metadata"),
        ({"a": [0] * 1000}, "/metadata"),
    ],
)
def test_metadata_is_what_the_database_can_keep(metadata: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_metadata(metadata, MetadataRules())
    assert [e.pointer for e in caught.value.errors] == [pointer]


def test_metadata_is_the_clients_own() -> None:
    check_metadata({"course": "algorithms", "n": [1, 2.5, None, True], "deep": {"er": {}}}, MetadataRules())
