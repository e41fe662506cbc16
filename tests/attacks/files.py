"""Attacks on the host's files and on the box's own file system."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.attacks.attack import HELD, OUT_OF_CPU, OUT_OF_MEMORY, Attack, Ends, crashed

PATIENT = {"cpu_time": timedelta(seconds=2), "wall_time": timedelta(seconds=8)}
_NO_MORE = Ends(output=b"no more\n", words="the kernel gives no more")
_DEEP = replace(OUT_OF_MEMORY, words="too deep to be measured")


def _attack(name: str, tries: str, program: str, ends: Ends = HELD, **options: Any) -> Attack:
    return Attack(name=f"files: {name}", tries=tries, program=program, arguments=(name,), ends=ends, **options)


ATTACKS = (
    _attack("files", "read the host's files: answers, /etc/shadow, /root, /var, /boot, /sys, devices", "reading.c"),
    _attack("processes", "read other processes' environ, mem, maps, fd, root in /proc", "reading.c"),
    _attack("climb", "leave the tree by kept descriptors, .., /proc/self/root, file handles", "reading.c"),
    _attack("outside", "make files anywhere but in the box and /tmp", "writing.c"),
    _attack(
        "existing", "change, rename, link the toolchain, the artefact, its own executable, the answers", "writing.c"
    ),
    _attack("settings", "write to /proc/self, /proc/sys, /sys", "writing.c"),
    _attack("devices", "make devices, open the host's", "writing.c"),
    _attack("sparse", "a sparse file of a terabyte by truncation", "writing.c", crashed(25)),
    _attack("seek", "a sparse file of a terabyte by writing at its end", "writing.c", crashed(25)),
    _attack("huge", "the same, ignoring SIGXFSZ, with fallocate and a raised limit", "writing.c"),
    _attack(
        "inodes",
        "empty files without end",
        "writing.c",
        _NO_MORE,
        limits=PATIENT,
        landlock_ungrouped=OUT_OF_CPU,
        or_else=OUT_OF_MEMORY,
    ),
    _attack(
        "deep",
        "directories in directories, hundreds, without rights",
        "writing.c",
        limits=PATIENT,
        landlock_ungrouped=_DEEP,
        or_else=_NO_MORE,
    ),
    _attack(
        "names",
        "names with newlines, escapes, no UTF-8, of 255 bytes, in paths longer than the kernel takes",
        "writing.c",
    ),
    Attack(
        name="files: setuid",
        tries="su, mount, ping, passwd, and a setuid copy of the shell",
        program="privileges.sh",
        ends=HELD,
        limits=PATIENT,
    ),
)
