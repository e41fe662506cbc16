"""Attacks on memory, cpu time and output: more than the limits allow."""

from dataclasses import replace
from datetime import timedelta

from tests.attacks.attack import HELD, OUT_OF_CPU, OUT_OF_MEMORY, TALKATIVE, Attack, Ends, crashed

MIB = 1 << 20
NO_MORE = Ends(output=b"no more\n", words="the kernel gives no more")
UNCOUNTED = replace(OUT_OF_CPU, words="not counted; as much as the kernel gives one user or its descriptors hold")
PATIENT = {"cpu_time": timedelta(seconds=2), "wall_time": timedelta(seconds=8)}

_MEMORY = (
    ("malloc", "malloc without end"),
    ("stubborn malloc", "malloc without end, also after it has failed"),
    ("private", "mmap of private pages"),
    ("shared", "mmap of shared pages"),
    ("zero", "mmap of /dev/zero, private"),
    ("shared zero", "mmap of /dev/zero, shared"),
    ("brk", "brk"),
    ("remap", "a mapping that doubles by mremap"),
    ("children", "eight children, each below the limit"),
    ("stacks", "the stacks of many threads"),
)
_OUTPUT = (
    ("stdout", "flood stdout"),
    ("stderr", "flood stderr"),
    ("both", "flood both by turns"),
    ("ignoring", "flood on, ignoring SIGPIPE"),
    ("splice", "flood by splice"),
    ("writers", "flood from ten processes"),
    ("by name", "flood a stdout opened anew through /proc"),
    ("bytes", "flood by single bytes"),
    ("bigger pipe", "make the pipe of stdout bigger first"),
)
_CPU = (
    ("loop", "a busy loop"),
    ("calls", "system calls without end"),
    ("deaf", "ignore every signal, SIGXCPU too, and raise RLIMIT_CPU"),
    ("threads", "four threads that burn"),
    ("children", "four children that burn"),
    ("dying threads", "short-lived threads that burn"),
    ("short children", "short-lived children that burn"),
    ("unseen children", "short-lived children that nobody waits for"),
    ("between ticks", "burn just between the ticks of the clock"),
    ("idle", "burn at the lowest priority"),
)

ATTACKS = (
    *(
        Attack(name=f"memory: {mode}", tries=tries, program="memory.c", arguments=(mode,), ends=OUT_OF_MEMORY)
        for mode, tries in _MEMORY
    ),
    *(
        Attack(
            name=f"memory: {mode}",
            tries=tries,
            program="memory.c",
            arguments=(mode,),
            ends=NO_MORE,
            landlock=landlock,
            or_else=OUT_OF_MEMORY if mode in {"tmp", "box", "shm"} else None,
        )
        for mode, tries, landlock in (
            ("tmp", "files in /tmp", OUT_OF_MEMORY),
            ("box", "files in the working directory", OUT_OF_MEMORY),
            ("shm", "files in /dev/shm", None),
            ("locked", "mmap with MAP_LOCKED", None),
            ("huge pages", "the host's huge pages", None),
        )
    ),
    Attack(name="memory: stack", tries="endless recursion", program="memory.c", arguments=("stack",), ends=crashed(11)),
    Attack(
        name="memory: page cache",
        tries="read more of /usr than the limit",
        program="memory.c",
        arguments=("cache",),
        ends=Ends(output=b"held\n", words="the cache is not billed beyond the limit"),
        limits=PATIENT,
    ),
    *(
        Attack(
            name=f"kernel memory: {mode}",
            tries=tries,
            program="kernel_memory.c",
            arguments=(mode,),
            ends=ends,
            ungrouped=ungrouped,
            or_else=NO_MORE if mode == "timers" else None,
            limits={"memory": 16 * MIB, "cpu_time": timedelta(seconds=2), "wall_time": timedelta(seconds=8)},
        )
        for mode, tries, ends, ungrouped in (
            ("pipes", "full pipes, as many as can be had", OUT_OF_MEMORY, UNCOUNTED),
            ("sockets", "full socket buffers", OUT_OF_MEMORY, UNCOUNTED),
            ("page tables", "page tables of a terabyte", OUT_OF_MEMORY, NO_MORE),
            ("mappings", "mappings of single pages", NO_MORE, None),
            ("queues", "POSIX message queues", HELD, None),
            ("timers", "timers", OUT_OF_MEMORY, NO_MORE),
            ("signals", "queued signals", NO_MORE, None),
            ("arguments", "children with megabytes of arguments", OUT_OF_MEMORY, None),
        )
    ),
    *(
        Attack(
            name=name,
            tries=tries,
            program=program,
            arguments=(mode,),
            ends=OUT_OF_MEMORY,
            ungrouped=NO_MORE,
            landlock=landlock,
            limits={"memory": 16 * MIB, **PATIENT},
        )
        for name, tries, program, mode, landlock in (
            ("memory: memfd", "files in memory", "memory.c", "memfd", None),
            ("kernel memory: segments", "System V shared memory", "kernel_memory.c", "segments", NO_MORE),
            ("kernel memory: messages", "System V message queues", "kernel_memory.c", "messages", NO_MORE),
        )
    ),
    Attack(
        name="kernel memory: semaphores",
        tries="System V semaphores",
        program="kernel_memory.c",
        arguments=("semaphores",),
        ends=NO_MORE,
    ),
    Attack(
        name="kernel memory: attributes",
        tries="extended attributes of files",
        program="kernel_memory.c",
        arguments=("attributes",),
        ends=OUT_OF_MEMORY,
        or_else=NO_MORE,
    ),
    Attack(
        name="kernel memory: watches",
        tries="inotify watches",
        program="kernel_memory.c",
        arguments=("watches",),
        ends=OUT_OF_MEMORY,
        or_else=NO_MORE,
        limits={"memory": 16 * MIB, **PATIENT},
    ),
    Attack(
        name="kernel memory: locks",
        tries="file locks, which take ever longer",
        program="kernel_memory.c",
        arguments=("locks",),
        ends=OUT_OF_CPU,
    ),
    *(
        Attack(name=f"cpu: {mode}", tries=tries, program="cpu.c", arguments=(mode,), ends=OUT_OF_CPU)
        for mode, tries in _CPU
    ),
    Attack(
        name="cpu: exit at the limit",
        tries="end by itself in the moment of the kill",
        program="cpu.c",
        arguments=("exit at the limit",),
        ends=OUT_OF_CPU,
    ),
    Attack(
        name="cpu: favours",
        tries="priority, real time, a deadline, other cores, the neighbour's",
        program="cpu.c",
        arguments=("favours",),
        ends=HELD,
    ),
    *(
        Attack(name=f"output: {mode}", tries=tries, program="output.c", arguments=(mode,), ends=TALKATIVE)
        for mode, tries in _OUTPUT
    ),
    Attack(
        name="output: 100 MB",
        tries="100 MB without a newline, where so much is allowed",
        program="output.c",
        arguments=("stdout",),
        ends=TALKATIVE,
        limits={"output": 100_000_000, **PATIENT},
    ),
    Attack(
        name="output: binary",
        tries="NUL and invalid UTF-8",
        program="output.c",
        arguments=("binary",),
        ends=Ends(output=bytes(i * 7 % 256 for i in range(4096)), words="taken byte for byte"),
    ),
)
