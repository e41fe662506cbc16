"""Attacks on the kernel's interface: system calls, networks, privileges."""

from datetime import timedelta
from typing import Any

from tests.attacks.attack import HELD, Attack, Ends, crashed

PATIENT = {"cpu_time": timedelta(seconds=2), "wall_time": timedelta(seconds=8)}


def _call(name: str, tries: str, ends: Ends = HELD, **options: Any) -> Attack:
    return Attack(name=f"calls: {name}", tries=tries, program="calls.c", arguments=(name,), ends=ends, **options)


def _network(name: str, tries: str, ends: Ends = HELD) -> Attack:
    return Attack(
        name=f"network: {name}", tries=tries, program="network.c", arguments=(name,), ends=ends, limits=PATIENT
    )


ATTACKS = (
    _call("namespaces", "unshare, setns, clone of namespaces, mount old and new, pivot_root, chroot"),
    _call("key", "guess the key that lets the launcher's own calls pass the filter", limits=PATIENT),
    _call("kernel", "bpf, perf, keys, modules, kexec, io_uring, aio, userfaultfd, fanotify, unknown numbers"),
    _call("clocks", "set the clocks, the host's name and domain, alarms"),
    _call("rights", "raise limits, change users, capabilities, personality, TIOCSTI, TIOCLINUX"),
    _call("own chains", "a filter and a ruleset of its own: allowed, and nothing is won by it"),
    _call("32 bit", "system calls by int 0x80", crashed(31), needs="x86_64"),
    _call("x32", "system calls by the numbers of x32", needs="x86_64"),
    _call("dump", "a core dump", crashed(6)),
    Attack(
        name="memory of others",
        tries="ptrace, process_vm_readv and _writev, pidfd_getfd of a neighbour, init, the launcher, a child",
        program="reading.c",
        arguments=("memory",),
        ends=HELD,
    ),
    _network("families", "sockets of every family, kind and protocol: TCP, UDP, netlink, vsock, packet"),
    _network("addresses", "the host's unix sockets, abstract and by path"),
    _network("descriptors", "descriptors left in sockets for the next run"),
    _network("names", "an abstract name that a daemon keeps", Ends(output=b"held\n", words="ends with the run")),
)
