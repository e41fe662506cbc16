"""What a statement's HTML may hold: run as a program of its own, since a hostile page can make its parser take hours.

stdin: JSON ``{"html", "names", "user"}``; stdout: the clean HTML. ``names``: where a picture's address leads to.
"""

import json
import os
import resource
import sys
from urllib.parse import quote, unquote

import nh3

ID_PREFIX = "statement-"
CPU_SECONDS = 5
MEMORY = 1024 * 1024 * 1024

_TEXT = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del",
    "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
_MATH = {
    "math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mover", "munder",
    "munderover", "msub", "msup", "msubsup", "mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd", "mstyle", "menclose",
    "mpadded", "mphantom", "mmultiscripts", "mprescripts", "none",
}  # fmt: skip
_MATH_ATTRIBUTES = {
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "columnspan", "depth", "display",
    "displaystyle", "encoding", "fence", "form", "frame", "height", "largeop", "linethickness", "lspace",
    "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rowspan", "rspace",
    "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width",
}  # fmt: skip
_ATTRIBUTES = {
    **dict.fromkeys(_MATH, _MATH_ATTRIBUTES),
    "math": {*_MATH_ATTRIBUTES, "xmlns"},
    "*": {"id", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "style", "width", "height"},
    "col": {"style", "span"},
    "td": {"style", "colspan", "rowspan"},
    "th": {"style", "colspan", "rowspan"},
    "table": {"style"},
    "span": {"style"},
    "ol": {"start", "type"},
}
_STYLES = {"width", "height", "text-align", "vertical-align", "font-variant", "text-decoration"}


def clean(html: str, names: dict[str, str]) -> str:
    """Without scripts, forms, frames, classes, and pictures from elsewhere."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return value if value.startswith(ID_PREFIX) else None
        if (tag, name) == ("img", "src"):
            found = names.get(unquote(value.strip()).removeprefix("./"))
            return None if found is None else quote(found)
        return value

    return nh3.clean(
        html,
        tags=_TEXT | _MATH,
        clean_content_tags={"script", "style", "template", "title", "iframe", "noscript", "object", "svg"},
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto"},
        filter_style_properties=_STYLES,
    )


def _confine(user: int | None) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def _main() -> None:
    order = json.load(sys.stdin.buffer)
    _confine(order["user"])
    sys.stdout.buffer.write(clean(order["html"], order["names"]).encode(errors="replace"))


if __name__ == "__main__":
    _main()
