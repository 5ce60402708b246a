"""PostgreSQL for one machine, without installing a server.

The command that needs the database first starts it and owns it: a child that dies with its
parent. Every other command joins it. It listens on a socket in a private folder only, which is
also what keeps other users out; there is no TCP port and no password.

`var/postgres/` holds `cluster/` (the data), `server.log` and `lock`. Every process of the server
inherits that lock from the command that started it, so whoever can take it knows that none is
left, whatever the pid file says, and whoever cannot waits for the server to answer.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

from coalition.postgres import launch
from coalition.postgres.cluster import (
    NAME,
    PORT,
    environment,
    make_cluster,
    require_same_version,
    server_program,
)
from coalition.postgres.home import Home, PostgresError, copy_programs, digest, find_home, refuge

# The socket's path has to stay below 108 bytes, and the same whatever TMPDIR or the session is.
SOCKETS = Path("/tmp")  # noqa: S108
JOIN_SECONDS = 60
START_SECONDS = 600  # recovery after a power cut reads back up to max_wal_size
STOP_SECONDS = 30
LOG_BYTES = 1_000_000


def socket_folder(data_dir: Path) -> Path:
    """The folder of the socket for one data folder."""
    return SOCKETS / f"coalition-{digest(data_dir)}"


def django_settings(data_dir: Path) -> dict:
    """The `DATABASES` entry for the embedded database. Starts and touches nothing."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": NAME,
        "PASSWORD": "",
        "HOST": str(socket_folder(data_dir)),
        "PORT": str(PORT),
    }


def url(data_dir: Path) -> str:
    """The `DATABASE_URL` of the embedded database, for processes that must not start it."""
    return f"postgresql://{NAME}@{quote(str(socket_folder(data_dir)), safe='')}:{PORT}/{NAME}"


class Server:
    """The running database, as seen by one command: its own child, or one it joined."""

    def __init__(self, data_dir: Path, home: Home, process: subprocess.Popen | None):
        self.data_dir = data_dir
        self.home = home
        self._process = process
        self._owner = os.getpid()

    @property
    def joined(self) -> bool:
        """Whether another command started it, and will stop it."""
        return self._process is None

    def is_running(self) -> bool:
        """Whether any of its processes is left. Says nothing of whether it answers."""
        if self._process is not None:
            return self._process.poll() is None
        return is_running(self.data_dir)

    def answers(self) -> bool:
        """Whether it accepts connections now."""
        return _connection_problem(self.data_dir) is None

    def stop(self) -> None:
        """End it if this process started it: what is committed is safe, the rest is undone.

        Commands that had joined lose their connection. Does nothing in a forked child.
        """
        if self._process is None or os.getpid() != self._owner:
            return
        # A fast shutdown that meets PostgreSQL 18 in the middle of a repair never ends.
        first = signal.SIGINT if self.answers() else signal.SIGQUIT
        for signal_number, seconds in [
            (first, STOP_SECONDS),
            (signal.SIGQUIT, STOP_SECONDS),
            (signal.SIGKILL, None),
        ]:
            self._process.send_signal(signal_number)
            try:
                self._process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        with _lock(self.home) as free:
            if free:
                # Fails where someone keeps a file of their own there; the folder stays private.
                with contextlib.suppress(OSError):
                    socket_folder(self.data_dir).rmdir()


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[Server]:
    """The database for the length of a block: joined where it runs, else started and stopped."""
    server = start_or_join(data_dir)
    try:
        yield server
    finally:
        server.stop()


def start_or_join(data_dir: Path, *, durable: bool = True) -> Server:
    """Make sure the database of `data_dir` answers; make it first where there is none.

    Call it from the main thread: a server started here dies with the thread that started it.
    `durable=False` trades the safety of what is committed for speed: for tests alone.
    Raises PostgresError, with what to do, where it cannot run.
    """
    home = find_home(data_dir)
    deadline = time.monotonic() + JOIN_SECONDS
    left_behind: set[int] = set()
    while True:
        with _lock(home) as lock:
            if lock:
                return _start(data_dir, home, lock, durable=durable)
        problem = _connection_problem(data_dir)
        if problem is None:
            return Server(data_dir, home, None)
        if time.monotonic() > deadline:
            raise PostgresError(
                f"The database in {home.folder} has not answered for {JOIN_SECONDS} seconds, "
                f"though a process of it is running: {problem} Its log is {home.log}."
            )
        left_behind = _end_left_behind(home, left_behind)
        time.sleep(0.05)


def is_running(data_dir: Path) -> bool:
    """Whether a process of the database of `data_dir` is left, whoever started it."""
    if not (data_dir.exists() or refuge(data_dir).exists()):
        return False
    with _lock(find_home(data_dir)) as free:
        return not free


def discard(data_dir: Path) -> None:
    """Delete a stopped database and everything of it, wherever it lives: for tests."""
    for folder in (data_dir, refuge(data_dir), socket_folder(data_dir)):
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _lock(home: Home) -> Iterator[int | None]:
    """The server's lock as an open file, or None while a process of the server has it.

    Closing the file here does not free the lock as long as a child that inherited it lives.
    """
    path = home.folder / "lock"
    file = _private(path, os.O_RDWR | os.O_CREAT)
    try:
        home.give(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield file
    finally:
        os.close(file)


def _connection_problem(data_dir: Path) -> str | None:
    """Why the server does not answer, or None where it does."""
    settings = django_settings(data_dir)
    folder = Path(settings["HOST"])
    if not folder.exists():
        return "It has no socket yet."
    try:
        psycopg.connect(
            host=str(folder),
            port=PORT,
            user=NAME,
            dbname=NAME,
            connect_timeout=5,
        ).close()
    except psycopg.OperationalError as error:
        return str(error)
    return None


def _start(data_dir: Path, home: Home, lock: int, *, durable: bool) -> Server:
    folder = _make_socket_folder(data_dir, home)
    copy_programs(home)
    if not home.cluster.exists():
        make_cluster(home, durable=durable)
    require_same_version(home)
    _clear_after_crash(data_dir, home)

    program = server_program(home, folder, durable=durable)
    if home.log.exists() and home.log.stat().st_size > LOG_BYTES:
        home.log.replace(home.log.with_suffix(".log.1"))
    # SIGQUIT is an immediate shutdown: it ends whatever state the server is in, and the next start
    # repairs what it left, as after a power cut. A session of its own keeps a terminal's Ctrl-C
    # from ending it before those who use it.
    with open(home.log, "ab", opener=_private) as log:
        home.give(home.log)
        process = subprocess.Popen(  # noqa: S603
            launch.command(program, on_parent_death=signal.SIGQUIT, become=home.become),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment(),
            pass_fds=[lock],
            start_new_session=True,
            cwd="/",
        )
    server = Server(data_dir, home, process)
    deadline = time.monotonic() + START_SECONDS
    try:
        while problem := _connection_problem(data_dir):
            if process.poll() is not None:
                raise PostgresError(
                    f"PostgreSQL did not start. The end of {home.log}:\n{_tail(home.log)}"
                )
            if time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL does not answer: {problem} See {home.log}.")
            time.sleep(0.02)
    except BaseException:
        server.stop()
        raise
    return server


def _clear_after_crash(data_dir: Path, home: Home) -> None:
    """Remove what a killed server leaves. The lock is ours, so none of this project's is left.

    PostgreSQL would trust a pid file whose number another process has meanwhile, as happens in
    containers at every start.
    """
    pid_file = home.cluster / "postmaster.pid"
    if not pid_file.exists():
        return
    if strangers := _processes_in(home.cluster):
        raise PostgresError(
            f"A PostgreSQL server that this project did not start uses {home.cluster} (process "
            f"{', '.join(map(str, sorted(strangers)))}): stop it first."
        )
    socket = socket_folder(data_dir) / f".s.PGSQL.{PORT}"
    for leftover in (pid_file, socket, socket.with_name(f"{socket.name}.lock")):
        leftover.unlink(missing_ok=True)


def _make_socket_folder(data_dir: Path, home: Home) -> Path:
    folder = socket_folder(data_dir)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        home.give(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != home.uid or found.st_mode & 0o077:
        raise PostgresError(
            f"{folder} is not a private folder of the user who runs the database: whoever made "
            "it could read what passes through. Have it removed, then run this again."
        )
    return folder


def _end_left_behind(home: Home, seen: set[int]) -> set[int]:
    """End sessions that a killed server left in the middle of a long statement.

    Idle ones leave by themselves. Returns those found; only what was found twice in a row, with
    no server above it, is ended, so that a server which is just starting is left in peace.
    """
    try:
        server = int((home.cluster / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return set()
    found = _processes_in(home.cluster)
    if server in found:
        return set()
    for pid in found & seen:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return found


def _processes_in(folder: Path) -> set[int]:
    """Processes that run in a data folder, as all of a server's do. Linux only, else none."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.path.samefile(process / "cwd", folder):
                found.add(int(process.name))
    return found


def _private(path: str | Path, flags: int) -> int:
    """Open a file that only its owner can read. Root may be in a folder of someone else's."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
