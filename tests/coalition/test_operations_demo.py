"""The demo: one command, everything running, and nothing left of it afterwards."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from coalition.postgres import server
from tests.trials import command, manage, wait_until

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="asks /proc"),
]
COUNT = "from directory.models import Service; print(Service.objects.count())"
# Each step takes a second or two; on a machine that does much else, many times that.
LONG = 120


@pytest.fixture(autouse=True)
def _ctrl_c_is_heard():
    """A run of the tests in the background ignores Ctrl-C, and what it starts would do so too."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    def __init__(self, var, port, process):
        self.var = var
        self.port = port
        self.process = process
        self.said = []

    def ready(self):
        for line in self.process.stdout:
            self.said.append(line)
            if f"http://127.0.0.1:{self.port}/" in line:
                return
        raise AssertionError("".join(self.said))

    def status(self, path="/healthz/"):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as page:
                return page.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def processes(self, text=""):
        """All processes of the demo, and those they started, whose command line has `text`."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                pid, fields = stat.parent.name, stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(pid)] = int(fields[1])
        family = {self.process.pid}
        while grown := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= grown
        return {pid for pid in family if text in command_line(pid)}


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def gone(pids):
    return not any(command_line(pid) for pid in pids)


@contextmanager
def demo(var, port=None):
    port = port or free_port()
    process = subprocess.Popen(
        command("demo", f"--port={port}"),
        env={**os.environ, "COALITION_VAR": str(var), "DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Demo(var, port, process)
    try:
        running.ready()
        yield running
    finally:
        family = running.processes()
        process.terminate()
        process.communicate()
        wait_until(lambda: gone(family), LONG)


def services(var):
    with psycopg.connect(server.url(var / "postgres")) as opened:
        return opened.execute("SELECT count(*) FROM directory_service").fetchone()[0]


def test_the_life_of_a_demo(tmp_path):
    """One story, because filling the database at the first start is what takes the time."""
    with demo(tmp_path) as first:
        loaded = visit(first)
        refuse_its_port(first)
        with demo(tmp_path) as second:
            assert any("joining" in line for line in second.said)
            end_with_ctrl_c(first)
            wait_until(lambda: second.status() == 200, LONG)  # it has taken the database over
            assert services(tmp_path) == loaded
    assert not server.is_running(tmp_path / "postgres")

    with demo(tmp_path) as again:
        assert services(tmp_path) == loaded, "the sample is loaded once"
        for part in ("manage.py serve", "manage.py worker", "bin/postgres "):
            kill_a_part(again, part)
        family = again.processes()
        again.process.kill()
        again.process.wait()
        with demo(tmp_path, again.port) as after:  # at once, on the same port
            assert after.status() == 200
            assert services(tmp_path) == loaded
        wait_until(lambda: gone(family), LONG)


def visit(running):
    """It answers, has a catalogue, and another command works beside it."""
    assert running.status() == 200
    assert running.status("/services/") == 200
    shown = manage("shell", "-v0", "-c", COUNT, COALITION_VAR=str(running.var), DATABASE_URL="")
    assert shown.returncode == 0, shown.stderr
    loaded = int(shown.stdout)
    assert loaded > 100
    return loaded


def refuse_its_port(running):
    refused = manage(
        "demo", f"--port={running.port}", COALITION_VAR=str(running.var), DATABASE_URL=""
    )
    assert refused.returncode == 1
    assert f"Port {running.port} of this machine is in use" in refused.stderr
    assert "Traceback" not in refused.stderr


def end_with_ctrl_c(running):
    family = running.processes()
    assert len(family) > 5
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(LONG) == 0
    assert gone(family), "Ctrl-C leaves no process"


def kill_a_part(running, part):
    """Whatever part is killed, the demo goes on with a new one."""
    killed = running.processes(part)
    os.kill(min(killed), signal.SIGKILL)  # a part's own children come after it

    wait_until(lambda: running.processes(part) - killed, LONG)
    wait_until(lambda: running.status() == 200, LONG)
    assert running.process.poll() is None
