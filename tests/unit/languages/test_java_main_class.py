import pytest

from domain.runs.entities import SourceFile
from infrastructure.languages.java_main_class import java_program, java_types

MAIN = "public static void main(String[] args) { }"


def program(*sources: tuple[str, str]) -> tuple[list[str], str]:
    found = java_program([SourceFile(name, text.encode()) for name, text in sources], "Main.java")
    return [source.name for source in found.sources], found.main_class


@pytest.mark.parametrize(
    ("text", "name", "main_class"),
    [
        (f"public class Main {{ {MAIN} }}", "Main.java", "Main"),
        (f"public class Solution {{ {MAIN} }}", "Solution.java", "Solution"),
        (f"class Solution {{ {MAIN} }}", "Main.java", "Solution"),
        (f"package org.example.task;\npublic class Task {{ {MAIN} }}", "Task.java", "org.example.task.Task"),
        (f"package a . b ;\nclass Task {{ {MAIN} }}", "Main.java", "a.b.Task"),
        (f"class Node {{ int main; }} class Task {{ {MAIN} }}", "Main.java", "Task"),
        (f"class Node {{ void run() {{ Task.main(null); }} }} class Task {{ {MAIN} }}", "Main.java", "Task"),
        (f"class Node {{ static class In {{ {MAIN} }} }} public class Task {{ {MAIN} }}", "Task.java", "Task"),
        (f"// public class No {{\n/* public class No {{ */ public final class Yes<T> {{ {MAIN} }}", "Yes.java", "Yes"),
        ("class A { String s = \"} class B {\"; char c = '}'; char d = '\\''; " + MAIN + " }", "Main.java", "A"),
        ('class A { String s = """\n } class B { "x" \\""" """; ' + MAIN + " }", "Main.java", "A"),
        (f'@SuppressWarnings("unchecked") @Foo(Bar.class) public strictfp class Z {{ {MAIN} }}', "Z.java", "Z"),
        (
            f"public interface Runner {{ static void main(String... a) {{ }} }} class X {{ {MAIN} }}",
            "Runner.java",
            "Runner",
        ),
        (f"record Point(int x, int y) {{ {MAIN} }}", "Main.java", "Point"),
        (f"public enum Colour {{ RED; {MAIN} }}", "Colour.java", "Colour"),
        (f"import java.util.*;\nclass A {{ }}\npublic class B {{ }}\nclass Ж {{ {MAIN} }}", "B.java", "Ж"),
        ("void main() { System.out.println(1); }", "Main.java", "Main"),
        ("public class NoMain { }", "NoMain.java", "NoMain"),
        ("class First { } class Second { }", "Main.java", "First"),
        ("", "Main.java", "Main"),
        ("}}}{{{ class", "Main.java", "Main"),
    ],
)
def test_one_source(text: str, name: str, main_class: str) -> None:
    assert program(("Main.java", text)) == ([name], main_class)


def test_of_several_main_methods_that_of_the_main_source_is_started() -> None:
    helper = ("Helper.java", f"public class Helper {{ {MAIN} }}")
    main = ("Main.java", f"class Node {{ }} public class Main {{ {MAIN} }}")
    assert program(helper, main) == (["Helper.java", "Main.java"], "Main")
    assert program(helper, ("Other.java", "public class Other { }")) == (["Helper.java", "Other.java"], "Helper")


def test_a_name_that_is_taken_is_not_given_twice() -> None:
    names, main_class = program(("Main.java", "public class A { }"), ("A.java", f"public class A {{ {MAIN} }}"))
    assert len(set(names)) == 2
    assert main_class == "A"


def test_a_source_that_is_not_text_is_left_to_the_compiler() -> None:
    assert java_types(bytes(range(256)).decode(errors="replace") * 4, "Main") == []


def test_a_large_source_takes_linear_time() -> None:
    text = f"class A {{ {MAIN} " + "/* ' \" */ int x = '\\''; " * 40_000 + "}"
    assert [each.has_main for each in java_types(text, "Main")] == [True]
