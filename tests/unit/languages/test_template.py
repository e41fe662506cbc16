import pytest

from infrastructure.languages.template import Value, expand, placeholders


def test_texts_are_filled_in_and_several_values_are_several_arguments() -> None:
    values: dict[str, Value] = {"compiler": "/usr/bin/cc", "sources": ("a.c", "b.c"), "link": (), "memory_mib": "64"}
    argv = expand(("{compiler}", "{link}", "-m{memory_mib}m", "{sources}", "{}", "{A}"), values)
    assert argv == ("/usr/bin/cc", "-m64m", "a.c", "b.c", "{}", "{A}")


def test_values_are_not_templates() -> None:
    assert expand(("{main}",), {"main": "{sources}", "sources": ("x",)}) == ("{sources}",)


def test_several_values_inside_an_argument_are_refused() -> None:
    with pytest.raises(TypeError, match="sources"):
        expand(("-x{sources}",), {"sources": ("a", "b")})


def test_names_in_use() -> None:
    assert placeholders(("{a}", "-x{b}{a}", "c")) == {"a", "b"}
