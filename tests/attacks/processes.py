"""Attacks by processes: too many of them, such as stay, such as end others."""

from datetime import timedelta
from typing import Any

from tests.attacks.attack import ASLEEP, HELD, OUT_OF_CPU, Attack, Ends, crashed

SHORT = {"wall_time": timedelta(milliseconds=400)}
# what the kernel holds of dead processes counts as memory, until it comes to clear it away
ROOM_FOR_THE_DEAD = {"memory": 128 * 1024 * 1024}
_SIXTEEN = Ends(output=b"16\n", words="as many as the limit says")


def _attack(name: str, tries: str, ends: Ends, **options: Any) -> Attack:
    return Attack(
        name=f"processes: {name}", tries=tries, program="processes.c", arguments=(name,), ends=ends, **options
    )


ATTACKS = (
    _attack("forks", "a fork bomb", OUT_OF_CPU, limits=ROOM_FOR_THE_DEAD),
    _attack("forks of forks", "a fork bomb whose parents die", OUT_OF_CPU, limits=ROOM_FOR_THE_DEAD),
    _attack("threads", "a thread bomb", OUT_OF_CPU, limits=ROOM_FOR_THE_DEAD),
    _attack("vforks", "a vfork bomb", OUT_OF_CPU, limits=ROOM_FOR_THE_DEAD),
    _attack("shared", "clones that share memory and files", _SIXTEEN),
    _attack("zombies", "children that nobody waits for", _SIXTEEN),
    _attack(
        "daemons", "double fork and setsid, then the parent ends", Ends(output=b"started\n", words="all end with it")
    ),
    _attack("patient daemons", "the same, and the parent waits", OUT_OF_CPU),
    _attack("kill", "every signal to everybody, to pid 1, to the launcher, to the worker and to a neighbour", HELD),
    _attack("stop and go", "children that are stopped and woken all the time", OUT_OF_CPU),
    _attack("orphans", "a child that keeps stdout open after the end", Ends(output=b"held\n", words="ends at once")),
    _attack("stop", "SIGSTOP to itself", ASLEEP, limits=SHORT),
    _attack("stop all", "SIGSTOP to everybody", ASLEEP, limits=SHORT),
    _attack("sleep", "sleep past the wall limit", ASLEEP, limits=SHORT),
    _attack("close and sleep", "close all descriptors, ignore all signals, sleep", ASLEEP, limits=SHORT),
    _attack("exec", "execute itself without end", OUT_OF_CPU),
    _attack("leaderless", "the first thread ends, another burns", OUT_OF_CPU),
    _attack("suicide", "SIGKILL to itself", crashed(9)),
    _attack("abort", "abort with every signal ignored", crashed(6)),
)
