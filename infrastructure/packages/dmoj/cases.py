"""``test_cases``: cases and batches as tests and groups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from application.problems.packages import DraftTest, Generation
from domain.problems.entities import TestGroup
from domain.problems.files import BlobRef
from infrastructure.packages.dmoj.case_patterns import Found
from infrastructure.packages.dmoj.programs import Programs
from infrastructure.packages.inner_paths import find_file
from infrastructure.packages.line_ends import UnixLines
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.remarks import Remarks
from infrastructure.packages.yaml_table import YamlTable

_MOST_TESTS = 20_000
_MOST_POINTS = 1e9
_IGNORED = (
    "output_prefix_length", "output_limit_length", "wall_time_factor", "short_circuit", "symlinks", "hints",
    "unbuffered", "position", "comment", "type", "is_pretest",
)  # fmt: skip


@dataclass(slots=True)
class Cases:
    """Tests are named by their number, batches are groups ("batch 1"). A failed case of 0 points ends the judging:
    what comes after it is then in groups that depend on it.
    """

    data: PackageFolder
    root: YamlTable
    programs: Programs
    remarks: Remarks
    tests: list[DraftTest] = field(default_factory=list)
    groups: list[TestGroup] = field(default_factory=list)
    file_names: dict[str, str] = field(default_factory=dict)
    """What ``io_redirects`` say: "r" and "w" → names."""
    _lines: UnixLines = field(init=False)
    _batches: list[str] = field(default_factory=list)
    _gates: list[str] = field(default_factory=list)
    _generators: dict[tuple[str, int], Generation | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lines = UnixLines(self.data, close_last=True)

    def read_list(self, tables: Sequence[YamlTable], *, pretests: bool = False) -> None:
        """Cases that are written out. ``pretests`` go before the others and have no points, whatever they say."""
        for table in tables:
            if len(self.tests) > _MOST_TESTS:
                self.remarks.complain(f"has more than {_MOST_TESTS} test cases", self.root.file)
                return
            batched = table.get("batched")
            points = 0.0 if pretests else self._points(table)
            if batched is None:
                self._case((table, self.root), points)
            else:
                self._batch(table, points, table.tables("batched"))
            self._finish(table)

    def read_found(self, found: Sequence[Found], points: Sequence[float]) -> None:
        """Cases found by their names; points run out as DMOJ has them: those without any are refused."""
        for index, item in enumerate(found):
            own = points[index] if index < len(points) else 1.0
            tables = [YamlTable(self.root.file, {}, self.remarks.complaints, self.remarks.warnings) for _ in item.cases]
            if item.batch is None:
                self._case((tables[0], self.root), own, item.cases[0])
                continue
            group = self._open_batch(own, ())
            for table, files in zip(tables, item.cases, strict=True):
                self._test((table, self.root), group, None, files, sample=own == 0)

    def _batch(self, table: YamlTable, points: float, cases: Sequence[YamlTable]) -> None:
        depends_on = tuple(dict.fromkeys(self._dependencies(table)))
        group = self._open_batch(points, depends_on)
        if not cases:
            table.complain("batched", "holds no cases")
        for case in cases:
            self._test((case, table, self.root), group, None, None, sample=points == 0)
            self._finish(case)
            if len(self.tests) > _MOST_TESTS:
                return

    def _open_batch(self, points: float, depends_on: tuple[str, ...]) -> str:
        name = f"batch {len(self._batches) + 1}"
        self._batches.append(name)
        self._group(name, points, depends_on)
        return name

    def _group(self, name: str, points: float, depends_on: tuple[str, ...] = ()) -> None:
        gates = (gate for gate in self._gates if gate not in depends_on)
        self.groups.append(TestGroup(name=name, points=points, depends_on=(*gates, *depends_on)))
        if points == 0:
            self._gates.append(name)

    def _case(self, chain: tuple[YamlTable, ...], points: float, files: "tuple[str, str] | None" = None) -> None:
        if points == 0 or self._gates:
            name = f"case {len(self.tests) + 1}"
            self._group(name, points)
            self._test(chain, name, None, files, sample=points == 0)
        else:
            self._test(chain, None, points, files, sample=False)

    def _test(
        self,
        chain: tuple[YamlTable, ...],
        group: str | None,
        points: float | None,
        files: "tuple[str, str] | None",
        *,
        sample: bool,
    ) -> None:
        table = chain[0]
        name_in, name_out = files or (table.text("in"), table.text("out"))
        generation = None if name_in and name_out else self._generation(chain)
        binary = _inherited(chain, "binary_data")
        raw = binary is not None and binary.flag("binary_data") is True
        data = None if generation is not None and not name_in else self._content(table, "in", name_in, raw=raw)
        answer = None if generation is not None and not name_out else self._content(table, "out", name_out, raw=raw)
        self._redirects(chain)
        at = None if name_in is None else find_file(self.data, name_in)
        self.tests.append(
            DraftTest(
                name=str(len(self.tests) + 1),
                input=data,
                answer=answer,
                group=group,
                sample=sample,
                points=points,
                generation=generation,
                source=self.root.file if at is None else self.data.prefix + at,
            )
        )

    def _content(self, table: YamlTable, key: str, path: str | None, *, raw: bool) -> BlobRef:
        """Empty if there is no name, as for interactive problems."""
        if not path:
            return self.data.add(b"")
        at = find_file(self.data, path)
        if at is None:
            table.complain(key, f"names {path[:100]!r}, which is neither in the package nor in its archive")
            return BlobRef(b"", 0)
        return self.data.ref(at) if raw else self._lines.ref(at)

    def _generation(self, chain: tuple[YamlTable, ...]) -> Generation | None:
        table = _inherited(chain, "generator")
        if table is None:
            return None
        found = table.get("generator")
        assert found is not None
        arguments: tuple[str, ...] | None = None
        named = _inherited(chain, "generator_args")
        if named is not None:
            arguments = named.texts("generator_args")
            if any("\0" in argument for argument in arguments or ()):
                named.complain("generator_args", "must not hold NUL")
        key = (table.file, found.line)
        if key not in self._generators:
            self._generators[key] = self._generator(table)
        made = self._generators[key]
        if made is None:
            return None
        return Generation(
            program=made.program,
            arguments=made.arguments if arguments is None else arguments,
            answer_on_stderr=True,
        )

    def _generator(self, table: YamlTable) -> Generation | None:
        found = table.get("generator")
        assert found is not None
        executor: str | None = None
        flags: tuple[str, ...] = ()
        arguments: tuple[str, ...] = ()
        if isinstance(found.value, dict):
            inner = table.table("generator")
            paths = inner.texts("source") or ()
            executor, flags = inner.text("language"), inner.texts("flags") or ()
            arguments = inner.texts("args") or ()
            for key in ("time_limit", "memory_limit", "compiler_time_limit"):
                inner.get(key)
            inner.finish()
        else:
            paths = table.texts("generator") or ()
        program = self.programs.of(paths, "generator", executor=executor, flags=flags, line=found.line)
        return None if program is None else Generation(program=program, arguments=arguments)

    def _points(self, table: YamlTable) -> float:
        chosen = table if table.get("points") is not None else self.root
        points = chosen.number("points") if chosen.get("points") is not None else 1.0
        if points is not None and not 0 <= points <= _MOST_POINTS:
            chosen.complain("points", f"must be from 0 to {_MOST_POINTS:g}")
            points = None
        return 0.0 if points is None else points

    def _dependencies(self, table: YamlTable) -> Iterator[str]:
        key = "dependencies" if table.get("dependencies") is not None else "requirements"
        for word in table.texts(key) or ():
            number = int(word) if word.isascii() and word.isdecimal() and len(word) < 6 else 0
            if 1 <= number <= len(self._batches):
                yield self._batches[number - 1]
            else:
                table.complain(key, f"names {word[:20]!r}, which is no batch before this one")

    def _redirects(self, chain: tuple[YamlTable, ...]) -> None:
        table = _inherited(chain, "io_redirects")
        if table is None:
            return
        redirects = table.table("io_redirects")
        for name in redirects:
            mode = redirects.table(name).text("mode")
            if mode in ("r", "w") and "/" not in name and name.isprintable():
                self.file_names.setdefault(mode, name[:128])

    def _finish(self, table: YamlTable) -> None:
        for key in (*_IGNORED, "generator", "generator_args", "binary_data", "io_redirects", "dependencies", "points"):
            table.get(key)
        if table.get("checker") is not None:
            table.warn("checker", "of one case is not supported: the problem's is taken")
        table.finish()


def _inherited(chain: tuple[YamlTable, ...], key: str) -> YamlTable | None:
    """The innermost table that has the key."""
    return next((table for table in chain if table.get(key) is not None), None)
