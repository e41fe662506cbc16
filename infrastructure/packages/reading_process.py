"""The limited process: reads the package on descriptor 0, unpacks into the working directory, answers on descriptor 1.

Run as a script, isolated (``python -I``); argv[1] is the limits as JSON. The answer is one JSON object: a ``draft``,
``complaints`` (with a ``draft`` of what could be read all the same), or ``full`` when the disk has no room.
"""

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from domain.runs.units import size_text
from infrastructure.packages.confinement import confine
from infrastructure.packages.draft_dump import dump_complaints, dump_draft
from infrastructure.packages.reader import read_package
from infrastructure.packages.tar_unpacker import TarUnpacker, is_tar
from infrastructure.packages.unpacking_limits import UnpackingLimits
from infrastructure.packages.zip_unpacker import ZipUnpacker

_ROOM_IS_GONE = (errno.ENOSPC, errno.EDQUOT)


def main() -> None:
    """Answer, whatever the package does."""
    options = json.loads(sys.argv[1])
    limits = UnpackingLimits(**options["limits"])
    for encoding in ("cp437", "utf-8-sig", "unicode_escape"):  # encodings are modules, too
        "".encode(encoding)
    directory = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    confine(limits, options["user_id"], options["parent"])
    answer = _answer(directory, limits)
    with os.fdopen(1, "wb") as out:
        out.write(answer)


def _answer(directory: int, limits: UnpackingLimits) -> bytes:
    try:
        return json.dumps(_read(directory, limits)).encode()
    except MemoryError:
        pass  # what it took must be free before the answer is made
    complaint = Complaint(f"reading the package takes more than {size_text(limits.max_memory)} of memory")
    return json.dumps({"complaints": dump_complaints((complaint,))}).encode()


def _read(directory: int, limits: UnpackingLimits) -> dict[str, Any]:
    try:
        with os.fdopen(0, "rb", closefd=False) as package:
            unpacker = TarUnpacker if is_tar(package) else ZipUnpacker
            draft = read_package(unpacker(package, directory, limits).unpack())
        return {"draft": dump_draft(draft)}
    except PackageRejected as rejection:
        answer: dict[str, Any] = {"complaints": dump_complaints(rejection.complaints)}
        if rejection.draft is not None:
            answer["draft"] = dump_draft(rejection.draft)
        return answer
    except OSError as error:
        if error.errno not in _ROOM_IS_GONE:
            raise
        return {"full": True}


if __name__ == "__main__":
    main()
