"""``keys``: API keys from the command line, which is trusted: whoever reads the settings reads the database too."""

# ruff: noqa: PLC0415  # so that every start is quick

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.access.rates import Rate


def make_keys_app() -> typer.Typer:
    """The modes of keys."""
    app = typer.Typer(help="API keys: make, list, revoke.", no_args_is_help=True)
    app.command()(create)
    app.command("list")(list_)
    app.command()(revoke)
    return app


def create(
    name: Annotated[str, typer.Argument(help="Whose it is, for you to recognise it.")],
    scope: Annotated[list[Scope], typer.Option(help="May be given several times.")] = [Scope.SUBMIT],  # noqa: B006
    max_priority: Annotated[int, typer.Option(help="The highest priority that it may ask for.")] = 0,
    days: Annotated[int | None, typer.Option(min=1, help="How long it is valid; for ever by default.")] = None,
    submissions: Annotated[
        Rate | None, typer.Option(parser=Rate.parse, metavar="RATE", help="Submissions: 60/minute, or 60/minute:20.")
    ] = None,
    requests: Annotated[
        Rate | None, typer.Option(parser=Rate.parse, metavar="RATE", help="Requests of any kind: 10/second.")
    ] = None,
    daily_quota: Annotated[int | None, typer.Option(help="Submissions in a day of UTC; unlimited by default.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print {id, key} as JSON.")] = False,
) -> None:
    """Make a key and print its secret, which is shown this once and stored nowhere."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    from infrastructure.cli.access import create_key
    from infrastructure.cli.settings import load_config

    created = asyncio.run(
        create_key(
            load_config(),
            name,
            frozenset(scope),
            max_priority,
            expires_at,
            request_rate=requests,
            submission_rate=submissions,
            daily_quota=daily_quota,
        )
    )
    if as_json:
        typer.echo(json.dumps({"id": str(created.key.id), "key": created.secret}))
    else:
        typer.echo(created.secret)


def list_() -> None:
    """List all keys, without their secrets."""
    from rich.console import Console
    from rich.table import Table

    from infrastructure.cli.access import list_keys
    from infrastructure.cli.settings import load_config

    table = Table("id", "name", "scopes", "priority", "limits", "made", "used", "state")
    now = datetime.now(UTC)
    for key in asyncio.run(list_keys(load_config())):
        state = "valid" if key.is_valid(now) else "revoked" if key.revoked_at else "expired"
        table.add_row(
            str(key.id),
            key.name,
            ", ".join(sorted(key.scopes)),
            str(key.max_priority),
            _limits(key),
            f"{key.created_at:%Y-%m-%d %H:%M}",
            f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "",
            state,
        )
    Console().print(table)


def revoke(key: Annotated[UUID, typer.Argument(help="Its id, as 'keys list' shows it.")]) -> None:
    """Revoke a key: from the next request on it is refused."""
    from infrastructure.cli.access import revoke_key
    from infrastructure.cli.settings import load_config

    asyncio.run(revoke_key(load_config(), key))
    typer.echo(f"revoked {key}")


def _limits(key: ApiKey) -> str:
    limits = [f"{rate} ({what})" for rate, what in ((key.submission_rate, "sub."), (key.request_rate, "req.")) if rate]
    return ", ".join([*limits, *([f"{key.daily_quota} a day"] if key.daily_quota else [])])
