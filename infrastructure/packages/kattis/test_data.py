"""``data/``: tests and, where submissions get points, the tree of groups."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from application.problems.packages import DraftTest
from domain.problems.entities import Complaint, TestExtras, TestGroup
from domain.problems.enums import GroupScoring
from domain.problems.files import BlobRef, PackageFile, PackageProgram
from infrastructure.packages.kattis.metadata import Metadata
from infrastructure.packages.kattis.tables import read_table
from infrastructure.packages.kattis.test_settings import NEW_FILE, TestSettings, read_settings, with_arguments
from infrastructure.packages.package_folder import PackageFolder

ROOT, SAMPLE, SECRET = "data", "sample", "secret"
_INPUT, _ANSWERS = ".in", (".ans", ".out")
_FILES = ".files/"
_MAX_CONFIG = 64 * 1024
_MOST_POINTS = 1e9
_MAX_DEPTH = 12


@dataclass(slots=True, kw_only=True)
class TestData:
    """Everything that ``data/`` gives; ``beside`` are files that every test brings."""

    __test__ = False

    folder: PackageFolder
    metadata: Metadata
    grader: PackageProgram | None
    solution: PackageProgram | None
    beside: tuple[PackageFile, ...] = ()
    complaints: list[Complaint]
    warnings: list[Complaint]
    tests: list[DraftTest] = field(default_factory=list)
    groups: list[TestGroup] = field(default_factory=list)

    def read(self) -> None:
        """Walk the tree, in the order of names. A YAML file that cannot be parsed is a complaint."""
        data = self.folder.inside(f"{ROOT}/")
        settings = self._settings(data, TestSettings.root(self.metadata))
        kept = {f"{top}/": data.inside(f"{top}/") for top in (SAMPLE, SECRET)}
        if self._grouped and self._legacy_tree:
            self.groups.append(_group(ROOT, None, settings, self.grader))
        for top, inside in kept.items():
            if inside.files:
                self._walk(top.removesuffix("/"), inside, settings, ROOT if self._legacy_tree else None, depth=0)
        if self._grouped:
            self._finish_groups(settings)
        if not self.tests:
            message = "the package has no tests: there are no data/secret/*.in with *.ans"
            self.complaints.append(Complaint(message, self.folder.prefix + "data/"))

    def drop_checker_arguments(self) -> None:
        """They are wrong: the tests are judged without any."""
        self.tests[:] = [replace(test, extras=replace(test.extras, checker_arguments=())) for test in self.tests]

    @property
    def _grouped(self) -> bool:
        return self.metadata.scoring

    @property
    def _legacy_tree(self) -> bool:
        """In 2025-09 the secret data are the root, and samples score nothing."""
        return self.metadata.legacy or not any(path.endswith(f"/{NEW_FILE}") for path in self.folder.files)

    def _settings(self, folder: PackageFolder, inherited: TestSettings) -> TestSettings:
        return read_settings(folder, inherited, self.metadata, self.complaints, self.warnings)

    def _walk(self, name: str, folder: PackageFolder, inherited: TestSettings, parent: str | None, depth: int) -> None:
        if not self._legacy_tree and self._grouped:
            inherited = _new_defaults(name, inherited)
        settings = self._settings(folder, inherited)
        own_group = name if self._grouped and (self._legacy_tree or not name.startswith(SAMPLE)) else None
        if own_group is not None:
            self.groups.append(_group(own_group, parent, settings, self.grader))
        for entry in _entries(folder):
            if entry.endswith("/"):
                if depth < _MAX_DEPTH:
                    inside = folder.inside(entry)
                    self._walk(f"{name}/{entry.removesuffix('/')}", inside, settings, own_group or parent, depth + 1)
            else:
                self._add_test(name, entry.removesuffix(_INPUT), folder, settings, own_group)

    def _add_test(
        self, directory: str, stem: str, folder: PackageFolder, settings: TestSettings, group: str | None
    ) -> None:
        answer = self._answer(stem, folder)
        if answer is None and self.solution is None:
            return
        if f"{stem}.yaml" in folder.files:
            settings = self._case_settings(f"{stem}.yaml", folder, settings)
        sample = directory.partition("/")[0] == SAMPLE
        files = tuple(
            PackageFile(path.removeprefix(stem + _FILES), folder.ref(path)) for path in folder.below(stem + _FILES)
        )
        scored = self._grouped and (self._legacy_tree or not sample)
        self.tests.append(
            DraftTest(
                name=f"{directory}/{stem}",
                input=folder.ref(stem + _INPUT),
                answer=answer,
                group=group or (directory if directory not in (SAMPLE, SECRET) else None),
                sample=sample,
                points=settings.accept_score if scored else None,
                extras=TestExtras(
                    checker_arguments=self.metadata.validator_flags + settings.checker_arguments,
                    validator_arguments=settings.validator_arguments,
                    arguments=settings.arguments,
                    files=(*(file for file in self.beside if file.name not in {own.name for own in files}), *files),
                ),
                source=f"{folder.prefix}{stem}{_INPUT}",
            )
        )

    def _answer(self, stem: str, folder: PackageFolder) -> BlobRef | None:
        found = next((stem + ending for ending in _ANSWERS if stem + ending in folder.files), None)
        if found is not None:
            return folder.ref(found)
        where, lacks = folder.prefix + stem + _INPUT, "has no answer beside it (.ans)"
        if self.metadata.interactive:
            return folder.add(b"")
        if self.solution is not None:
            self.warnings.append(Complaint(f"{lacks}: {self.solution.path} makes one", where))
        elif self.metadata.custom_validation or not self.metadata.legacy:
            self.warnings.append(Complaint(f"{lacks}: an empty one is taken", where))
            return folder.add(b"")
        else:
            self.complaints.append(Complaint(f"has no answer beside it ({stem}.ans)", where))
        return None

    def _case_settings(self, file: str, folder: PackageFolder, settings: TestSettings) -> TestSettings:
        return with_arguments(read_table(folder, file, _MAX_CONFIG, self.complaints, self.warnings), settings)

    def _finish_groups(self, root: TestSettings) -> None:
        """Leave out groups without tests, and reckon what each can score at most."""
        names = {name for test in self.tests for name in _with_parents(test.group or "")} | {ROOT}
        groups = {group.name: group for group in self.groups if group.name in names}
        children: dict[str, list[str]] = {name: [] for name in groups}
        for group in groups.values():
            if group.parent in children:
                children[group.parent].append(group.name)
        cases = _cases(self.tests)
        if not self._legacy_tree:
            self.tests[:] = [_share(test, groups, cases) for test in self.tests]
            cases = _cases(self.tests)
        most: dict[str, float] = {}
        for name in sorted(groups, key=lambda name: (name == ROOT, -name.count("/"))):
            counted = [child for child in children[name] if not (root.ignore_sample and child == SAMPLE)]
            values = [most[child] for child in counted] + cases.get(name, [])
            limit = groups[name].points
            most[name] = min(limit, groups[name].scoring.of(values)) if self._legacy_tree else limit
        self.groups[:] = [
            replace(
                group,
                points=min(most[group.name], _MOST_POINTS),
                counted=not (root.ignore_sample and group.name == SAMPLE),
            )
            for group in groups.values()
        ]


def _entries(folder: PackageFolder) -> Iterator[str]:
    """Inputs and folders of tests, in the order of their names."""
    for entry in folder.entries():
        if not entry.startswith(".") and not entry.endswith(_FILES) and entry.endswith(("/", _INPUT)):
            yield entry


def _group(name: str, parent: str | None, settings: TestSettings, grader: PackageProgram | None) -> TestGroup:
    return TestGroup(
        name=name,
        parent=parent,
        points=_MOST_POINTS if settings.most is None else max(settings.most, 0.0),
        scoring=settings.scoring,
        verdict=settings.verdict,
        accept_if_any=settings.accept_if_any,
        stop=settings.stop,
        depends_on=settings.requires,
        rejected_points=settings.reject_score,
        grader=grader if settings.custom_grader else None,
        grader_arguments=settings.grader_flags if settings.custom_grader else (),
    )


def _new_defaults(name: str, settings: TestSettings) -> TestSettings:
    """2025-09: nothing of scoring is inherited."""
    secret = name == SECRET
    scoring = GroupScoring.SUM if secret else GroupScoring.MIN
    return replace(settings, scoring=scoring, stop=not secret, most=100.0 if secret else None, requires=())


def _share(test: DraftTest, groups: dict[str, TestGroup], cases: dict[str, list[float]]) -> DraftTest:
    """2025-09: what a test can score follows from its group."""
    group = groups.get(test.group or "")
    if group is None or test.points is None:
        return test
    points = group.points / len(cases[group.name]) if group.scoring is GroupScoring.SUM else group.points
    return replace(test, points=points)


def _cases(tests: list[DraftTest]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for test in tests:
        if test.group is not None and test.points is not None:
            found.setdefault(test.group, []).append(test.points)
    return found


def _with_parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
