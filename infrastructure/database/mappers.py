"""Base of all mappers between the domain and JSON columns. Building a converter is slow: each type does it once."""

from datetime import timedelta

from adaptix import Retort, dumper, loader

MICROSECOND = timedelta(microseconds=1)


def _microseconds(time: timedelta) -> int:
    return time // MICROSECOND


def _time(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)


retort = Retort(
    recipe=[
        dumper(timedelta, _microseconds),  # as a fraction of seconds some would come back a microsecond off
        loader(timedelta, _time),
    ],
    strict_coercion=False,
)
