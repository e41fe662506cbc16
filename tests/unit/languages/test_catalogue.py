from pathlib import Path

import pytest

from domain.languages.entities import LanguageId
from infrastructure.languages.catalogue import FolderCatalogue, LanguageFileError

IDS = (
    "c11 c17 cpp14 cpp17 cpp20 cpp23 python2 python3 pypy3 java kotlin javascript typescript go rust csharp ruby perl "
    "php lua haskell ocaml pascal d tcl r bash sqlite"
)


def test_the_catalogue_has_every_language_of_the_contract(catalogue: FolderCatalogue) -> None:
    assert catalogue.ids() == frozenset(IDS.split())


def test_every_language_has_a_reference_program_of_its_own_extension(catalogue: FolderCatalogue) -> None:
    for entry in catalogue.entries.values():
        program = entry.reference_program()
        assert program.name.removeprefix("reference.") in entry.file.extensions
        assert program.content


def test_a_language_inherits_what_it_does_not_say(catalogue: FolderCatalogue) -> None:
    cpp17, cpp23 = (catalogue.entries[LanguageId(id_)].file for id_ in ("cpp17", "cpp23"))
    assert cpp23.name == "C++23"
    assert cpp23.toolchain == cpp17.toolchain
    assert cpp23.choices["standard"] == (("-std=gnu++23",), ("-std=gnu++2b",))
    assert cpp23.choices["link"] == cpp17.choices["link"]


@pytest.mark.parametrize(
    ("old", "new", "key", "detail"),
    [
        ('name = "Toy"\nsource', "source", "name", "required"),
        ('main = "named"', 'man = "named"', "man", "not permitted"),
        ('main = "named"', 'main = "guess"', "main", "should be"),
        ('packages = ["toy"]', "", "toolchain.0.packages", "required"),
        ('packages = ["toy"]', 'packages = ["toy"]\npaths = ["etc/toy"]', "toolchain.0.paths.0", "pattern"),
        ("'^Toy (.+)'", "'^Toy (.+'", "toolchain.0.version.pattern", "not a regular expression"),
        ("'^Toy (.+)'", "'^Toy'", "", "needs a group"),
        ('"/app/{main}"', '"/app/{mian}"', "", "unknown placeholder {mian}"),
        ('main = "named"', "time_factor = 0", "time_factor", "greater than 0"),
        ("[toolchain.run]", "[toolchain.run]\nmax_stack_mib = -1", "toolchain.0.run.max_stack_mib", "greater than 0"),
        ("[toolchain.run]", "files = ['x.d.ts']\n[toolchain.run]", "compile.files", "x.d.ts: No such file"),
        ('id = "toy"', 'id = "tay"', "id", "the folder is 'toy'"),
        ('id = "toy"', 'extends = "tay"\nid = "toy"', "extends", "there is no"),
        ('id = "toy"', 'extends = "../x"\nid = "toy"', "extends", "must be the id"),
        ('id = "toy"', 'extends = "toy"\nid = "toy"', "extends", "back to itself"),
        ('id = "toy"', 'id = "toy', "", "not TOML"),
        ('main = "named"', "probe = ''\nchoices = { x = [] }", "choices.x", "at least 1"),
        ('main = "named"', "choices = { x = [['-x']] }", "", "choices need a probe"),
    ],
)
def test_a_bad_file_names_itself_and_the_key(toy: Path, old: str, new: str, key: str, detail: str) -> None:
    path = toy / "toy" / "language.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(LanguageFileError) as caught:
        FolderCatalogue(toy)
    assert (caught.value.path, caught.value.key) == (path, key)
    assert detail in caught.value.detail
    assert str(path) in str(caught.value)


def test_the_unspoilt_file_is_read(toy: Path) -> None:
    assert FolderCatalogue(toy).ids() == {"toy"}
