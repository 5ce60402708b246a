"""The site behind Gunicorn: quick to answer, and silent about who asked for what."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from gunicorn.config import Config

from coalition.operations.web import Log
from tests.trials import command, manage, wait_until

SECRET = "naloxone-thunder-bay"


class Served:
    """A running `manage.py serve` and what it has logged."""

    def __init__(self, process, port, log):
        self.process = process
        self.port = port
        self.log = log

    def send(self, request: bytes) -> bytes:
        """What comes back for these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as opened:
            opened.sendall(request)
            return b"".join(iter(lambda: opened.recv(65536), b""))

    def workers(self):
        pid = self.process.pid
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]

    def answers(self):
        try:
            return self.send(b"GET /healthz/ HTTP/1.1\r\nHost: localhost\r\n\r\n") != b""
        except OSError:
            return False


@contextmanager
def serving(log_file, *options):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open(log_file, "w") as log:
        process = subprocess.Popen(
            command("serve", f"--bind=127.0.0.1:{port}", *options), stdout=log, stderr=log
        )
    served = Served(process, port, log_file)
    try:
        wait_until(served.answers)
        yield served
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("served") / "log", "--workers=1") as running:
        yield running


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (f"GET /services/?q={SECRET}{'x' * 5000} HTTP/1.1", b"414"),
        (f"GET /services/?q={SECRET} HTTP/9.9", b"400"),
        (f"GE{{T}} /services/?q={SECRET} HTTP/1.1", b"400"),
        (f"GET /services/?q={SECRET} HTTP/1.1\r\n{SECRET} : no header", b"400"),
        (f"GET /services/?q={SECRET} HTTP/1.1\r\nContent-Length: {SECRET}", b"400"),
    ],
)
def test_what_the_server_itself_refuses_is_in_no_log(served, request_line, status):
    answer = served.send(request_line.encode() + b"\r\nHost: localhost\r\n\r\n")

    assert status in answer.splitlines()[0]
    assert SECRET not in served.log.read_text()
    assert "127.0.0.1 " not in served.log.read_text()


def test_a_request_that_fails_in_the_server_is_logged_by_its_place_in_the_code():
    stream = io.StringIO()
    config = Config()
    log = Log(config)
    log.error_log.handlers[0].setStream(stream)

    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("Error handling request %s %s", "GET", f"/services/?q={SECRET}")

    assert SECRET not in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "test_operations_web.py" in stream.getvalue()


def test_connections_opened_ahead_of_need_keep_nobody_waiting(served):
    idle = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(8)]
    try:
        before = time.monotonic()
        assert served.answers()
        assert time.monotonic() - before < 5
    finally:
        for connection_ahead in idle:
            connection_ahead.close()


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_no_worker_outlives_a_killed_server(tmp_path):
    with serving(tmp_path / "log", "--workers=2") as served:
        wait_until(lambda: len(served.workers()) == 2)
        workers = served.workers()
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()

        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 5)


def test_a_server_without_static_files_says_what_to_run(tmp_path):
    served = manage("serve", COALITION_VAR=str(tmp_path))

    assert served.returncode == 1
    assert "collectstatic" in served.stderr


@pytest.mark.django_db
def test_health_is_ok_where_database_and_queue_answer(client):
    response = client.get("/healthz/")

    assert response.status_code == 200
    assert response.content == b"ok"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.django_db
def test_health_is_503_and_says_nothing_more_where_the_queue_does_not_answer(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE procrastinate_jobs RENAME TO gone")

    response = client.get("/healthz/")

    assert response.status_code == 503
    assert response.content == b"unavailable"
    assert "no-store" in response["Cache-Control"]
