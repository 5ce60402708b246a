"""The whole site on the sample catalogue, as its users meet it: a server of its own, over HTTP."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError

import psycopg
from django.conf import settings as settings_of_tests

from tests import copies
from tests.trials import ROOT, remove, url_of


@contextmanager
def running(name: str, **settings: str) -> Iterator[str]:
    """Serve the sample catalogue from a database called `name`; gives the address."""
    remove(name)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE {copies.sample()}')
        environment = os.environ | {
            "DATABASE_URL": url_of(name),
            "DJANGO_SETTINGS_MODULE": "coalition.settings",
            # What tests know of the sample accounts is made with it.
            "SECRET_KEY": settings_of_tests.SECRET_KEY,
            **settings,
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "manage.py", "serve", "--bind", f"127.0.0.1:{port}"]
        with subprocess.Popen(
            [*command, "--workers", "2"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
        ) as process:
            try:
                address = f"http://127.0.0.1:{port}"
                wait_for(f"{address}/healthz/", process)
                yield address
            finally:
                process.terminate()
                process.wait(20)
    remove(name)


def wait_for(address: str, process: subprocess.Popen) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("The site did not start.")
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("The site does not answer.")
