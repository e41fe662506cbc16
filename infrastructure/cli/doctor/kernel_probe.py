"""Asks the kernel itself, in a process of its own: ``python kernel_probe.py`` prints JSON and needs nothing of Proba.

``namespaces``: for each kind the errno of unshare, 0: it can be made (an ordinary user makes a user namespace with it).
``landlock``: the ABI, or the errno as a negative number. ``seccomp``: the errno of asking for filters without one;
EFAULT (14) means that they are there.
"""

import ctypes
import json
import os
import sys

CLONE_NEWUSER = 0x10000000
KINDS = {
    "user": CLONE_NEWUSER,
    "mount": 0x00020000,
    "pid": 0x20000000,
    "ipc": 0x08000000,
    "net": 0x40000000,
    "uts": 0x04000000,
    "cgroup": 0x02000000,
}
SYS_LANDLOCK_CREATE_RULESET = 444
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def main() -> None:
    """Print what was found."""
    libc = ctypes.CDLL(None, use_errno=True)
    namespaces = {kind: _in_child(libc, flag) for kind, flag in KINDS.items()}
    abi = libc.syscall(SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    landlock = abi if abi >= 0 else -ctypes.get_errno()
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    seccomp = ctypes.get_errno() if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, None, 0, 0) else 0
    json.dump({"namespaces": namespaces, "landlock": landlock, "seccomp": seccomp}, sys.stdout)


def _unshare(libc: ctypes.CDLL, flag: int) -> int:
    if os.geteuid() and flag != CLONE_NEWUSER:
        flag |= CLONE_NEWUSER
    return ctypes.get_errno() if libc.unshare(flag) else 0


def _in_child(libc: ctypes.CDLL, flag: int) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_unshare(libc, flag))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
