import logging
import signal
import time
from dataclasses import dataclass

from infrastructure.cli.up.service import Service

log = logging.getLogger(__name__)

FIRST_DELAY, LAST_DELAY = 0.5, 10.0
HEALTHY_SECONDS = 60.0


@dataclass(slots=True)
class _Watched:
    service: Service
    since: float
    delay: float
    again_at: float | None = None


class Supervisor:
    """Starts services in order, starts those that end by themselves again, with growing delays, and stops all in
    reverse order.
    """

    def __init__(self) -> None:
        self._watched: list[_Watched] = []

    def start(self, service: Service) -> None:
        """Start and watch. Raises what ``service.start`` raises."""
        self._watched.append(_Watched(service, time.monotonic(), FIRST_DELAY))
        service.start()

    def tend(self) -> None:
        """Look after all of them once."""
        for watched in self._watched:
            now = time.monotonic()
            if watched.again_at is None:
                self._look(watched, now)
            elif now >= watched.again_at:
                self._start_again(watched, now)

    def stop(self) -> None:
        """Stop all, the last started first. What one raises does not keep the others from being stopped."""
        while self._watched:
            service = self._watched.pop().service
            began = time.monotonic()
            try:
                service.stop()
            except Exception:
                log.exception("%s could not be stopped", service.name)
            else:
                log.info("%s has ended (%.1f s)", service.name, time.monotonic() - began)

    def _look(self, watched: _Watched, now: float) -> None:
        code = watched.service.poll()
        if code is None:
            if now - watched.since > HEALTHY_SECONDS:
                watched.delay = FIRST_DELAY
            return
        lines = watched.service.said().splitlines()[-3:]
        log.error(
            "%s ended by itself (%s), starting it again in %.1f s; it said last: %s",
            watched.service.name, _ending(code), watched.delay, " / ".join(lines) or "nothing",
        )  # fmt: skip
        self._put_off(watched, now)

    def _start_again(self, watched: _Watched, now: float) -> None:
        try:
            watched.service.start()
        except Exception as error:  # noqa: BLE001  # tried again until it works
            log.error("%s could not be started again: %s", watched.service.name, error)  # noqa: TRY400
            self._put_off(watched, now)
        else:
            log.info("%s was started again", watched.service.name)
            watched.since, watched.again_at = now, None

    @staticmethod
    def _put_off(watched: _Watched, now: float) -> None:
        watched.again_at = now + watched.delay
        watched.delay = min(watched.delay * 2, LAST_DELAY)


def _ending(code: int) -> str:
    return f"code {code}" if code >= 0 else signal.Signals(-code).name
