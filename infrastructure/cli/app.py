"""Every mode with its help. A mode's code is imported when it runs."""

# ruff: noqa: PLC0415  # so that every start is quick

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from infrastructure.cli.exceptions import CommandFailed, HostCannot
from infrastructure.cli.keys import make_keys_app
from infrastructure.cli.problems.app import make_problems_app

HELP = (
    "Proba («проба»: a trial): a testing service that compiles and runs programs in a sandbox and judges them against "
    "tests.\n\n"
    "First steps: [bold]./proba demo[/bold] shows everything at work; [bold]./proba up[/bold] starts the whole service "
    "on this machine, with nothing installed beforehand; [bold]./proba doctor[/bold] says what this machine can do.\n\n"
    "Settings come from the environment and from .env; .env.example explains each. Exit codes: 0 done, 1 it failed, "
    "2 wrong usage or settings, 3 this machine cannot (the message says what mends it)."
)
LINUX_ONLY = "the worker needs Linux: it runs programs in a sandbox made of the Linux kernel's namespaces and cgroups"
ELSEWHERE = (
    "run it on a Linux machine or virtual machine (WSL 2 is one) with the same two URLs; the server runs anywhere"
)

SERVICE, DATA, CHECKS = "The service", "Its data", "Checks"


class Suite(StrEnum):
    """What ``test`` runs."""

    ALL = "all"
    FAST = "fast"
    SLOW = "slow"
    CHAOS = "chaos"
    SOAK = "soak"
    FUZZ = "fuzz"
    SANITIZED = "sanitized"


def make_app() -> typer.Typer:
    """The command line."""
    app = typer.Typer(
        help=HELP, rich_markup_mode="rich", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
    )
    app.callback()(_options)
    for mode in (demo, up, server, worker, doctor, languages):
        app.command(rich_help_panel=SERVICE)(mode)
    app.command(rich_help_panel=DATA)(migrate)
    app.command(rich_help_panel=DATA)(gc)
    app.command(rich_help_panel=DATA)(backup)
    app.command(rich_help_panel=DATA)(restore)
    app.add_typer(make_keys_app(), name="keys", rich_help_panel=DATA)
    app.add_typer(make_problems_app(), name="problems", rich_help_panel=DATA)
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("test", rich_help_panel=CHECKS, context_settings=passed_on)(check)
    app.command(rich_help_panel=CHECKS, context_settings=passed_on)(bench)
    return app


def _show_version(wanted: bool) -> None:  # as typer calls it
    if wanted:
        import tomllib

        project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8"))
        typer.echo(f"proba {project['project']['version']}")
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and end.")
    ] = False,
) -> None:
    """The callback of an eager option has done it."""


def up(
    *,
    own_servers: Annotated[
        bool, typer.Option("--own-servers", help="Start servers of its own even where URLs are configured.")
    ] = False,
) -> None:
    """Start the whole service on this machine: PostgreSQL, Valkey, server, worker.

    Nothing needs to be installed beforehand; what PROBA_DATABASE_URL and PROBA_REDIS_URL name is used instead of
    servers of its own. Data lies in .proba/ (PROBA_DIR names another place) and survives being killed. Once a worker
    is ready,
    the address and an API key are printed and written to .proba/up.json. Ctrl-C or SIGTERM stops everything.
    """
    _need_linux()
    from infrastructure.cli.settings import load_config

    config = load_config()
    from infrastructure.cli.up.command import run

    raise typer.Exit(run(config, own_servers=own_servers))


def demo(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a case on standard output, no table.")] = False,
) -> None:
    """Show it at work: start everything in a throw-away directory and judge programs in every language found here.

    Right ones in each language, and in C, C++, Python and Java also wrong, slow, hungry, crashing, flooding and broken
    ones. Ends with 0 only when every verdict is the expected one.
    """
    _need_linux()
    from infrastructure.cli.demo.command import run
    from infrastructure.cli.settings import load_config

    raise typer.Exit(run(load_config(), as_json=as_json))


def server() -> None:
    """Serve the HTTP API (any system; needs PROBA_DATABASE_URL and PROBA_REDIS_URL)."""
    from infrastructure.cli.settings import load_config, require_urls

    config = load_config()
    require_urls(config)
    from infrastructure import server as mode

    raise typer.Exit(mode.run(config))


def worker(
    *,
    slots: Annotated[
        int | None, typer.Option(min=0, help="Programs judged at one time; 0: one a core. PROBA_WORKER_SLOTS.")
    ] = None,
    languages: Annotated[
        str | None,
        typer.Option(help="Ids with commas: cpp17,python3. PROBA_WORKER_LANGUAGES; else all found here."),
    ] = None,
) -> None:
    """Judge submissions (Linux; needs PROBA_DATABASE_URL and PROBA_REDIS_URL).

    Several may run, on one machine or many, over the same database, queue and blobs. SIGTERM: it takes no more jobs and
    has PROBA_WORKER_GRACE seconds to end those that it has. "proba languages" lists the ids.
    """
    _need_linux()
    from infrastructure.cli.settings import load_config, require_urls

    given = {"worker_slots": slots, "worker_languages": languages}
    config = load_config().model_copy(update={name: value for name, value in given.items() if value is not None})
    require_urls(config)
    from infrastructure import worker as mode
    from infrastructure.cli.preflight import require_sandbox

    require_sandbox(config)
    raise typer.Exit(mode.run(config))


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also try the sandbox's limits, and judge a program in every language.")
    ] = False,
) -> None:
    """Say what this machine can do, and for each thing that it cannot, what mends it.

    Machine, kernel, control groups, sandbox, toolchains, servers, disk and settings: on, off, why, and the command or
    setting that helps. Ends with 0 when a worker may start, 3 when it may not, 2 when a setting has a wrong value.
    """
    from infrastructure.cli.doctor.command import run
    from infrastructure.cli.settings import load_config

    raise typer.Exit(run(load_config(), as_json=as_json, deep=deep))


def languages() -> None:
    """Show the languages found on this machine, and the apt line that brings each of the others."""
    from rich.console import Console

    from infrastructure.languages.report import report_languages

    report_languages(Console())


def migrate() -> None:
    """Bring the database of PROBA_DATABASE_URL to the newest schema (the same as: alembic upgrade head)."""
    from infrastructure.cli.migrate import run
    from infrastructure.cli.settings import load_config

    raise typer.Exit(run(load_config()))


def gc(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    older: Annotated[int, typer.Option(min=1, help="Hours that a file must have lain there unused.")] = 24,
    everything: Annotated[
        bool, typer.Option("--everything", help="Even where no row names any file, as with a wrong database.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Clear up: submissions that are older than PROBA_RETENTION_DAYS, and files that nothing refers to any more.

    May run while everything works, as often as one likes (a timer once a day). A file that nothing refers to is moved
    aside first, and destroyed by a run that comes --older hours later; whoever needs it meanwhile has it back. Works on
    PROBA_DATABASE_URL; where it is not set, on the service that "up" runs here.
    """
    from infrastructure.cli.gc import run
    from infrastructure.cli.settings import load_config
    from infrastructure.cli.up.running import with_servers_of_up

    config = with_servers_of_up(load_config())
    raise typer.Exit(run(config, older_hours=older, dry_run=dry_run, everything=everything, as_json=as_json))


def backup(
    file: Annotated[
        Path,
        typer.Argument(help="A new file (proba-2026-11-23.tar.gz), or a directory: the file is named by the time."),
    ],
    *,
    keep: Annotated[
        int | None, typer.Option(min=1, help="With a directory: remove all but so many of the files named by the time.")
    ] = None,
    without_missing: Annotated[
        bool,
        typer.Option("--without-missing", help="Go on without blobs that the storage has lost, and name them."),
    ] = False,
) -> None:
    """Write everything into one file: the database, of one moment, and the tests and packages that it names.

    May run while everything works; needs room beside the file for the database's tables. Works on PROBA_DATABASE_URL;
    where it is not set, on the service that "up" runs here.
    """
    from infrastructure.backup.rotation import name_now, remove_older
    from infrastructure.cli.backup import back_up
    from infrastructure.cli.settings import load_config
    from infrastructure.cli.up.running import with_servers_of_up

    place = file.absolute()  # before the working directory is the checkout's
    in_directory = place.is_dir()
    if keep is not None and not in_directory:
        raise typer.BadParameter(f"{place} is no directory", param_hint="--keep")
    if in_directory:
        place /= name_now()
    if place.exists():
        raise CommandFailed(f"{place} is there already")
    code = back_up(with_servers_of_up(load_config()), place, without_missing=without_missing)
    if keep is not None:
        remove_older(place.parent, keep)
    raise typer.Exit(code)


def restore(
    file: Annotated[Path, typer.Argument(help="What backup has written.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="In place of everything that the database has.")] = False,
) -> None:
    """Put a backup back: into an empty database, or with --replace in place of everything.

    Servers and workers are to be stopped meanwhile. The file is checked to its end first; then all of it is there, or
    nothing has changed. Works on PROBA_DATABASE_URL; where it is not set, on the data of "up", which is to be stopped.
    """
    from infrastructure.cli.backup import restore as put_back
    from infrastructure.cli.settings import load_config
    from infrastructure.cli.up.stopped import with_database_of_up

    file = file.absolute()
    with with_database_of_up(load_config()) as config:
        code = put_back(config, file, replace=replace)
    raise typer.Exit(code)


def check(
    context: typer.Context,
    suite: Annotated[Suite, typer.Argument(help="fast takes seconds; all from slow on take long.")] = Suite.ALL,
) -> None:
    """Run the checks: linters, types, layers, unit tests, integration tests on real servers and the real sandbox.

    Further arguments go to pytest.
    """
    from infrastructure.cli.checks import run

    raise typer.Exit(run(suite.value, context.args))


def bench(context: typer.Context) -> None:
    """Measure the sandbox against a bare exec, judging, and submissions a second; print a table and write JSON."""
    from infrastructure.cli.bench import run

    raise typer.Exit(run(context.args))


def _need_linux() -> None:
    if sys.platform != "linux":
        raise HostCannot(LINUX_ONLY, ELSEWHERE)
