"""The modes of ``problems``. Paths are taken before anything changes the current directory."""

# ruff: noqa: PLC0415  # so that every start is quick

import signal
from pathlib import Path
from typing import Annotated

import typer

from infrastructure.cli.problems.connection import KEY, URL, Connection
from infrastructure.cli.problems.local_package import LocalPackage

HELP = (
    "Problem packages: prove them on this machine, or send them to a running service.\n\n"
    "A package is a folder, a zip or a tar (gz, bz2, xz) of Kattis/ICPC, Polygon, DMOJ, CMS or the plain format; the "
    "format is told by its manifest.\n\n"
    "[bold]./proba problems verify my-problem/[/bold] judges its own submissions here, without any server; "
    "[bold]./proba problems import contest/*.zip[/bold] sends packages to the service that [bold]./proba up[/bold] "
    "runs here, or to the one of PROBA_URL and PROBA_KEY."
)

Paths = Annotated[list[str], typer.Argument(metavar="PATH…", help="Folders or archives, one package each.")]
Slug = Annotated[str, typer.Argument(help="As 'problems list' shows it.")]
Url = Annotated[str | None, typer.Option("--url", envvar=URL, help="The service; by default the one of ./proba up.")]
Key = Annotated[str | None, typer.Option("--key", envvar=KEY, help="An API key with the scope author.")]
Json = Annotated[bool, typer.Option("--json", help="JSON lines on standard output, all else on standard error.")]


def make_problems_app() -> typer.Typer:
    """The modes of problems."""
    app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode="rich")
    app.command()(verify)
    app.command("import")(import_)
    app.command("list")(list_)
    app.command()(show)
    app.command()(export)
    return app


def verify(
    paths: Paths,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line for each package on standard output.")
    ] = False,
    slots: Annotated[
        int, typer.Option("--slots", "--jobs", "-j", min=0, help="Programs at a time; 0: one a core.")
    ] = 0,
    language: Annotated[
        list[str] | None, typer.Option(help="Judge submissions in these languages alone; may be given several times.")
    ] = None,
    time_factor: Annotated[
        float, typer.Option(min=0.1, max=100, help="Multiplies the time limits that packages state, on a slow machine.")
    ] = 1.0,
) -> None:
    """Judge packages' own submissions on this machine; needs no server, no PostgreSQL, no Redis.

    Every test passes the input validators, every reference submission must get a verdict that its author expects, and
    the time limit is shown against their times. All submissions are judged, also when another check has failed; nothing
    is written into the packages. Ends with 0 when all are accepted, 1 when some are not, 2 when some are not there, 3
    when this machine has no sandbox.
    """
    packages = [LocalPackage.named(path) for path in paths]
    from infrastructure.cli.settings import load_config

    config = load_config()
    languages = _known(language or [])
    from infrastructure.cli.problems.verifying import VerifyOptions, run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    options = VerifyOptions(as_json=as_json, slots=slots, languages=languages, time_factor=time_factor)
    raise typer.Exit(run(config, packages, options))


def import_(
    paths: Paths,
    slug: Annotated[str | None, typer.Option(help="For a single package: in place of what it calls itself.")] = None,
    url: Url = None,
    key: Key = None,
    *,
    as_json: Json = False,
) -> None:
    """Send packages to a running service and wait until they have proven themselves.

    Goes on past those that are refused, and ends with 0 when all were accepted, 1 when some were not.
    """
    packages = [LocalPackage.named(path) for path in paths]
    if slug is not None and len(packages) > 1:
        raise typer.BadParameter("is for a single package", param_hint="--slug")
    from infrastructure.cli.settings import load_config

    config = load_config()
    from infrastructure.cli.problems.importing import run

    raise typer.Exit(run(config, Connection.found(url, key), packages, slug, as_json=as_json))


def list_(url: Url = None, key: Key = None, *, as_json: Json = False) -> None:
    """List the problems of a running service."""
    from infrastructure.cli.problems.showing import list_problems

    list_problems(Connection.found(url, key), as_json=as_json)


def show(slug: Slug, url: Url = None, key: Key = None, *, as_json: Json = False) -> None:
    """Show a problem: limits, checker, groups, tests, and what its last import has found out."""
    from infrastructure.cli.problems.showing import show_problem

    show_problem(Connection.found(url, key), slug, as_json=as_json)


def export(
    slug: Slug,
    to: Annotated[
        Path | None, typer.Option(help="A file or a folder; by default a file here named by the slug.")
    ] = None,
    url: Url = None,
    key: Key = None,
) -> None:
    """Write a package from which the problem can be imported again: the imported one, or a plain one."""
    from infrastructure.cli.problems.exporting import export_problem

    export_problem(Connection.found(url, key), slug, to)


def _known(languages: list[str]) -> frozenset[str]:
    if not languages:
        return frozenset()
    from infrastructure.languages.catalogue import FolderCatalogue

    known = FolderCatalogue().ids()
    for language in languages:
        if language not in known:
            raise typer.BadParameter(f"{language!r} is none of {', '.join(sorted(known))}", param_hint="--language")
    return frozenset(languages)
