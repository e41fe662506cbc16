"""Runs sanitizing_process."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_SCRIPT = Path(__file__).parent / "sanitizing_process.py"
_SECONDS = 60.0
"""Of a machine that is busy; of its own time the process has far less."""


class Sanitizer:
    """``user_id``: what root becomes in the process; it should be nobody else's."""

    def __init__(self, user_id: int | None = None) -> None:
        self._user_id = user_id if os.geteuid() == 0 else None

    async def clean(self, html: str, names: Mapping[str, str]) -> str | None:
        """None: it takes more time or memory than any statement should."""
        order = json.dumps({"html": html, "names": dict(names), "user": self._user_id}).encode()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-B", str(_SCRIPT),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"}, start_new_session=True,
        )  # fmt: skip
        try:
            async with asyncio.timeout(_SECONDS):
                cleaned, _ = await process.communicate(order)
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await asyncio.shield(process.wait())
        return cleaned.decode() if process.returncode == 0 else None
