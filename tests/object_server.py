"""A server that speaks S3, in a process of its own; it keeps objects in memory."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

_PROGRAM = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


@contextmanager
def object_server(*buckets: str) -> Iterator[str]:
    """Its URL, while it runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        for bucket in buckets:
            with urllib.request.urlopen(urllib.request.Request(f"{url}/{bucket}", method="PUT"), timeout=10):
                pass
        yield url
    finally:
        process.stdin.close()
        process.stdout.close()
        process.kill()
        process.wait()


def environment(url: str) -> dict[str, str]:
    """What a client of it needs to know."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "tester",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
    }
