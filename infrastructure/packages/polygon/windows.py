"""Sources in C and C++ as Polygon compiles them: by MinGW, on Windows, whose words they are full of."""

import re

_FORMAT = re.compile(rb"(%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?)I64(?=[diouxX])")
_WORDS = (
    (re.compile(rb"\b__int64\b"), b"#define __int64 long long\n"),
    (re.compile(rb"\b_getchar_nolock\b"), b"#define _getchar_nolock getchar_unlocked\n"),
    (re.compile(rb"\b_putchar_nolock\b"), b"#define _putchar_nolock putchar_unlocked\n"),
)
_GETS = re.compile(rb"(?<![\w.>])gets[ \t]*\(")
_OWN_GETS = re.compile(rb"[\w*&][ \t*&]+gets[ \t]*\(|#[ \t]*define[ \t]+gets\b")


def for_this_system(source: bytes, name: str) -> bytes:
    """``%I64d`` as ``%lld``, and what else only Windows has said before the source; its lines keep their numbers."""
    text = _FORMAT.sub(rb"\1ll", source)
    before = b"".join(line for word, line in _WORDS if word.search(text))
    if _GETS.search(text) and not _OWN_GETS.search(text):
        declared = b'#ifdef __cplusplus\nextern "C"\n#endif\nchar *gets(char *);\n'
        before += b"#include <stdio.h>\n" + declared
    return b"%s#line 1 %s\n%s" % (before, _quoted(name), text) if before else text


def _quoted(name: str) -> bytes:
    return b'"%s"' % re.sub(r'["\\\n]', "_", name).encode(errors="replace")
