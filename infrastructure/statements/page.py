"""The page around a converted statement."""

import re
from html import escape

_STYLE = (
    "body{max-width:50em;margin:2em auto;padding:0 1em;font-family:sans-serif;line-height:1.5}"
    "img{max-width:100%}table{border-collapse:collapse}td,th{border:1px solid #999;padding:.2em .6em}"
    "pre{overflow-x:auto;background:#f4f4f4;padding:.5em}figure{margin:1em 0}figcaption{font-size:.9em}"
)
_HEADING = re.compile(r"<h1[ >]")


def page(body: str, language: str, title: str) -> str:
    """A whole document; ``body`` is sanitised already. The title is shown where the text has none of its own."""
    heading = "" if not title or _HEADING.search(body) else f"<h1>{escape(title)}</h1>\n"
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{heading}{body}\n</body>\n</html>\n"
    )
