"""The whole site on one machine, in the foreground: database, web server, worker, sample data."""

import contextlib
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections

from coalition.operations.web import has_static_files
from coalition.postgres import launch, server

WEB_WORKERS = 2
LOOK_SECONDS = 0.25
# A part that ends by itself is started again, but not for ever.
DEATHS = 5
DEATHS_SECONDS = 60
# Long enough for the port to become free after a demo that was killed.
PORT_SECONDS = 1.5
READY_SECONDS = 60
STOP_SECONDS = 15


class DemoError(Exception):
    """The demo cannot start or go on; the message says why, for the person who started it."""


@dataclass
class Part:
    """One process of the demo: it dies with the demo, and the demo starts it again if it dies."""

    name: str
    arguments: list[str]
    on_demo_death: int
    listener: int | None = None
    process: subprocess.Popen | None = None
    starts: deque = field(default_factory=deque)

    def start(self, environment: dict[str, str]) -> None:
        self.starts.append(time.monotonic())
        program = [sys.executable, str(settings.BASE_DIR / "manage.py"), *self.arguments]
        # In a session of its own, Ctrl-C reaches the demo alone, which stops its parts in order.
        self.process = subprocess.Popen(  # noqa: S603
            launch.command(program, on_parent_death=self.on_demo_death),
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[] if self.listener is None else [self.listener],
            start_new_session=True,
        )

    def keep_running(self, environment: dict[str, str]) -> None:
        if self.process.poll() is None:
            return
        while self.starts and self.starts[0] < time.monotonic() - DEATHS_SECONDS:
            self.starts.popleft()
        if len(self.starts) >= DEATHS:
            raise DemoError(
                f"The {self.name} ended {DEATHS} times within a minute; what it said is above."
            )
        self.start(environment)

    def ask_to_stop(self) -> None:
        if self.process:
            self.process.terminate()

    def wait(self) -> None:
        """Wait for the end, which is forced on a part that takes too long."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run(*, port: int, say: Callable[[str], None]) -> None:
    """Make everything ready, serve on 127.0.0.1:`port` until SIGINT, SIGTERM or SIGHUP.

    `say` gets one line of text at a time. Leaves no process. Where another command runs the
    database this joins it, and takes it over should that command end. Raises DemoError or
    PostgresError with a message for the person who started it.
    """
    if settings.PRODUCTION:
        raise DemoError(
            "The demo fills the database with services that do not exist: it does not run with "
            "COALITION_MODE=production. Use `manage.py serve` and `manage.py worker`."
        )
    with _stopped_by_signals(), _listening(port) as listener:
        demo = Demo(listener, port, say)
        try:
            demo.start()
            _wait_until_ready(port, demo.look_after)
            say(f"{settings.SITE_NAME} is at http://127.0.0.1:{port}/ (Ctrl-C stops it)")
            if not settings.EMAIL_HOST:
                say(f"Its mails are at http://127.0.0.1:{port}/demo/mail/")
            for account in demo.accounts:
                say(" ".join(account))
            while True:
                time.sleep(LOOK_SECONDS)
                demo.look_after()
        except _Stop:
            say("Stopping.")
        finally:
            for signal_number in STOPPING:
                signal.signal(signal_number, signal.SIG_IGN)
            demo.stop()


class Demo:
    """The database, unless DATABASE_URL names one, and the parts that use it."""

    def __init__(self, listener: socket.socket, port: int, say: Callable[[str], None]):
        self.say = say
        self.database: server.Server | None = None
        self.accounts: list[tuple[str, str, str]] = []
        # Mails become files, which a page shows; their links lead to this demo.
        here = {"SITE_URL": f"http://127.0.0.1:{port}", "SHOW_MAIL": "1"}
        self.environment = here | dict(os.environ)
        bind, workers = f"--bind=fd://{listener.fileno()}", f"--workers={WEB_WORKERS}"
        self.parts = [
            Part("web server", ["serve", bind, workers, "-v0"], signal.SIGQUIT, listener.fileno()),
            Part("worker", ["worker", "-v0"], signal.SIGKILL),
        ]

    def start(self) -> None:
        if not settings.DATABASE_URL:
            self._find_database()
        self.accounts = _prepare(self.say)
        for part in self.parts:
            part.start(self.environment)

    def look_after(self) -> None:
        """Start again what has ended; DemoError where that keeps happening."""
        if self.database and not self.database.is_running():
            self.say("The database has ended: starting it again.")
            self._find_database()
        for part in self.parts:
            part.keep_running(self.environment)

    def stop(self) -> None:
        for part in self.parts:
            part.ask_to_stop()
        for part in self.parts:
            part.wait()
        if self.database:
            self.database.stop()

    def _find_database(self) -> None:
        self.database = server.start_or_join(settings.VAR_DIR / "postgres")
        if self.database.joined:
            self.say("Another command of this project runs the database: joining it.")
        # The parts use the database that the demo watches; they must never start one.
        self.environment["DATABASE_URL"] = server.url(self.database.data_dir)


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Stop(BaseException):
    """Someone asked the demo to stop."""


def _stop(_number: int, _frame: object) -> None:
    raise _Stop


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    former = {number: signal.getsignal(number) for number in STOPPING}
    for number in STOPPING:
        if former[number] is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """The port, taken before anything else is done: visits wait until the site is ready."""
    deadline = time.monotonic() + PORT_SECONDS
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        while True:
            try:
                listener.bind(("127.0.0.1", port))
                listener.listen(128)
                break
            except PermissionError as error:
                raise DemoError(f"Port {port} is for root only: choose one with --port.") from error
            except OSError as error:
                if time.monotonic() > deadline:
                    raise DemoError(
                        f"Port {port} of this machine is in use, perhaps by a demo that is "
                        f"running. Choose another: manage.py demo --port {_free_port()}"
                    ) from error
                time.sleep(0.1)
        yield listener


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _prepare(say: Callable[[str], None]) -> list[tuple[str, str, str]]:
    """Bring tables, sample data and static files up to date; one demo at a time does.

    Returns the sample accounts: role, e-mail, password.
    """
    from coalition.operations.sample_events import load_sample_events
    from coalition.operations.sample_people import load_sample_people
    from coalition.operations.sample_resources import load_sample_resources
    from directory.interchange.sample import load_sample

    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with open(settings.VAR_DIR / "prepare.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not has_static_files():
            say("Preparing the site; the first time takes some seconds.")
        call_command("migrate", interactive=False, verbosity=0)
        load_sample()
        accounts = load_sample_people()
        load_sample_events()
        load_sample_resources()
        collect_static()
    connections.close_all()
    return accounts


def collect_static() -> bool:
    """Collect the static files if any has changed since the last time; say whether it did."""
    stamp = Path(settings.STATIC_ROOT) / "collected.sha256"
    now = _static_digest()
    if has_static_files() and stamp.exists() and stamp.read_text() == now:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)
    return True


def _static_digest() -> str:
    found = []
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=None):
            file = os.stat(storage.path(path))
            found.append((path, storage.path(path), file.st_mtime_ns, file.st_size))
    return hashlib.sha256(repr((settings.STORAGES, sorted(found))).encode()).hexdigest()


def _wait_until_ready(port: int, meanwhile: Callable[[], None]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(port):
        meanwhile()
        if time.monotonic() > deadline:
            raise DemoError(f"The web server did not answer within {READY_SECONDS} seconds.")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
