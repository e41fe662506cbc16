from contextlib import AbstractAsyncContextManager

from application.sandbox import Sandbox


class FakeSandboxPool:
    """Two slots that nobody may ask for."""

    slots = 2
    isolation = "none"

    def slot(self) -> AbstractAsyncContextManager[Sandbox]:
        raise AssertionError("nothing was to be run")
