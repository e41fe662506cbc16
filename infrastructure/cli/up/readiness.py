import json
import urllib.request
from http import HTTPStatus

SECONDS = 5.0


def worker_is_ready(url: str, key: str) -> bool:
    """Whether the server says that a live worker has a language."""
    request = urllib.request.Request(f"{url}/api/v1/languages", headers={"Authorization": f"Bearer {key}"})  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # our own machine is behind no proxy
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return answer.status == HTTPStatus.OK and any(item["live"] for item in json.load(answer)["items"])
    except (OSError, ValueError):
        return False
