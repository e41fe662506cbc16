"""Reading XML that a stranger wrote: no DTD, no entities, bounded, with the line of every element."""

import xml.sax.expatreader
import xml.sax.handler
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint

_MAX_ELEMENTS = 400_000
_MAX_DEPTH = 40
_MAX_TEXT = 64 * 1024


@dataclass(slots=True)
class XmlElement:
    """``text`` is what stands in it, without white space around; ``line`` counts from 1."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: "list[XmlElement]" = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """An attribute; None: it is not there."""
        return self.attributes.get(name)

    def all(self, path: str) -> "Iterator[XmlElement]":
        """Elements by a path of tags ("assets/validators/validator"), in order."""
        tag, _, rest = path.partition("/")
        for child in self.children:
            if child.tag == tag:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> "XmlElement | None":
        """The first of them."""
        return next(self.all(path), None)


def parse_xml(data: bytes, file: str) -> XmlElement:
    """The root. Raises PackageRejected."""
    handler = _Builder(file)
    try:
        defusedxml.sax.parseString(data, handler, forbid_dtd=True)
    except DefusedXmlException:
        raise PackageRejected(Complaint("has a DTD or entities: take the DOCTYPE out", file, handler.line)) from None
    except xml.sax.SAXParseException as error:
        why = f"is not valid XML: {str(error.getMessage())[:200]}"
        raise PackageRejected(Complaint(why, file, error.getLineNumber())) from None
    except (LookupError, ValueError, ImportError, OSError):  # an encoding that is not there
        raise PackageRejected(Complaint("is not valid XML: it should be UTF-8", file, handler.line)) from None
    if handler.root is None:
        raise PackageRejected(Complaint("is not valid XML: it is empty", file))
    return handler.root


class _Builder(xml.sax.handler.ContentHandler):
    def __init__(self, file: str) -> None:
        super().__init__()
        self.root: XmlElement | None = None
        self._file = file
        self._open: list[XmlElement] = []
        self._count = 0
        self._locator: Any = None

    @property
    def line(self) -> int | None:
        return None if self._locator is None else self._locator.getLineNumber()

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802  # SAX calls it so
        self._locator = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  # SAX calls it so
        line = self.line or 1
        self._count += 1
        if self._count > _MAX_ELEMENTS:
            raise PackageRejected(Complaint(f"has more than {_MAX_ELEMENTS} elements", self._file, line))
        if len(self._open) >= _MAX_DEPTH:
            raise PackageRejected(Complaint(f"is nested more than {_MAX_DEPTH} deep", self._file, line))
        element = XmlElement(name, dict(attrs.items()), line)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802  # SAX calls it so
        element = self._open.pop()
        element.text = element.text.strip()

    def characters(self, content: str) -> None:
        element = self._open[-1]
        if not element.children and len(element.text) + len(content) <= _MAX_TEXT:
            element.text += content
