"""Polygon's standard checkers as comparisons of this service's own."""

from collections.abc import Mapping

from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerType

_TOKENS = CheckerSpec()
_ANY_CASE = CheckerSpec(case_sensitive=False)

SAME: Mapping[str, CheckerSpec] = {
    "wcmp": _TOKENS, "ncmp": _TOKENS, "icmp": _TOKENS, "hcmp": _TOKENS, "yesno": _ANY_CASE, "nyesno": _ANY_CASE,
}  # fmt: skip
"""Those that are right about the same outputs; they differ at most in calling something wrong or ill-presented."""


def _near(absolute: float | None, relative: float | None) -> CheckerSpec:
    return CheckerSpec(type=CheckerType.FLOAT, absolute=absolute, relative=relative)


ALIKE: Mapping[str, CheckerSpec] = {
    **SAME,
    "lcmp": CheckerSpec(line_sensitive=True),
    "fcmp": CheckerSpec(type=CheckerType.LINES),
    "rcmp": _near(1.5e-6, None), "acmp": _near(1.5e-6, None), "dcmp": _near(1e-6, 1e-6),
    "rcmp4": _near(1e-4, 1e-4), "rcmp6": _near(1e-6, 1e-6), "rcmp9": _near(1e-9, 1e-9), "rncmp": _near(1.5e-5, None),
    "uncmp": CheckerSpec(type=CheckerType.SORTED),
    "caseicmp": _TOKENS, "casencmp": _TOKENS, "casewcmp": _TOKENS,
}  # fmt: skip
"""Those to fall back on where a standard checker cannot be compiled: a little more forgiving in rare cases."""


def standard_name(name: str | None) -> str | None:
    """``std::lcmp.cpp`` → "lcmp"; None: it is the setter's own."""
    if name is None or not name.startswith("std::"):
        return None
    return name.removeprefix("std::").partition(".")[0].lower()
