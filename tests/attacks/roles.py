"""The same by other hands: a compiler or a checker that the attacker controls, and what it leaves for the next step."""

from datetime import timedelta

from tests.attacks.attack import ASLEEP, HELD, OUT_OF_CPU, OUT_OF_MEMORY, TALKATIVE, Attack, Ends, Role
from tests.attacks.processes import ROOM_FOR_THE_DEAD, SHORT

PATIENT = {"cpu_time": timedelta(seconds=2), "wall_time": timedelta(seconds=8)}
_PLAIN = frozenset({"plain"})
_GIVEN = frozenset({"main.c", "feedback/log"})
_NOTHING: frozenset[str] = frozenset()


def _planted(name: str, tries: str, artefacts: frozenset[str] | None, ends: Ends = HELD) -> Attack:
    return Attack(
        name=f"artefacts: {name}",
        tries=tries,
        program="planted.c",
        arguments=(name,),
        ends=ends,
        role="compiler",
        artefacts=artefacts,
        limits=PATIENT,
    )


_ROLES: tuple[Role, ...] = ("compiler", "checker")
_DEEDS = (
    ("fork bomb", "processes.c", "forks", OUT_OF_CPU),
    ("sleep", "processes.c", "sleep", ASLEEP),
    ("daemons", "processes.c", "daemons", Ends(output=b"started\n", words="all end with it")),
    ("kill", "processes.c", "kill", HELD),
    ("memory bomb", "memory.c", "malloc", OUT_OF_MEMORY),
    ("flood", "output.c", "both", TALKATIVE),
    ("read files", "reading.c", "files", HELD),
    ("read processes", "reading.c", "processes", HELD),
    ("mount", "calls.c", "namespaces", HELD),
    ("forge", "results.c", "descriptors", HELD),
)

ATTACKS = (
    _planted("plant", "links, FIFOs, sockets, hard links as artefacts", _PLAIN),
    _planted("many", "more artefacts than are taken", _NOTHING),
    _planted("sparse", "an artefact of 60 MB of nothing", _NOTHING),
    _planted("change", "an orphan changes the artefact while it is collected", None, Ends(output=b"")),
    _planted("replace the box", "a directory replaced by a link to /etc", frozenset({"main.c", "x/log"})),
    _planted("modes", "setuid artefacts, directories without rights", _GIVEN),
    *(
        Attack(
            name=f"{role}: {name}",
            tries=f"{name}, by the {role}",
            program=program,
            arguments=(mode,),
            ends=ends,
            role=role,
            limits=SHORT if ends is ASLEEP else ROOM_FOR_THE_DEAD if mode == "forks" else {},
        )
        for role in _ROLES
        for name, program, mode, ends in _DEEDS
    ),
)
