"""What the limited process takes from itself before it looks at a stranger's bytes. Only on Linux is all of it there;
what the system does not offer is left out, except the limits.
"""

import contextlib
import ctypes
import os
import resource
import sys

from infrastructure.packages.unpacking_limits import UnpackingLimits

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_SIGKILL = 9
_FILES = 16


def confine(limits: UnpackingLimits, user_id: int | None, parent: int) -> None:
    """No network, no privileges, no children, bounded memory, time and files. Raises OSError.

    ``parent`` is the process with whose end this one ends. Every module must have been imported before: ``user_id``,
    which root changes to, may not read them.
    """
    if sys.platform.startswith("linux"):
        _leave_network()
    if user_id is not None and os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(user_id, user_id, user_id)
        os.setresuid(user_id, user_id, user_id)
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)  # a change of user would have cleared it
        if os.getppid() != parent:
            sys.exit("the worker has died")
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_FSIZE, limits.max_file_size),
        (resource.RLIMIT_AS, limits.max_memory),
        (resource.RLIMIT_CPU, limits.max_cpu_seconds),
    ):
        resource.setrlimit(kind, (value, value))


def _leave_network() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(AttributeError):
        if libc.unshare(_CLONE_NEWNET) != 0:
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
