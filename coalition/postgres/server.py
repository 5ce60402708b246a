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
import locale
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

from coalition.postgres import launch
from coalition.postgres.home import (
    Home,
    PostgresError,
    binaries,
    copy_programs,
    digest,
    find_home,
    refuge,
)

__all__ = [
    "PostgresError",
    "Server",
    "binaries",
    "discard",
    "django_settings",
    "is_running",
    "memory_settings",
    "running",
    "start_or_join",
    "url",
]

NAME = "coalition"
PORT = 5432  # only names the socket: nothing listens on it
# The socket's path has to stay below 108 bytes, and the same whatever TMPDIR or the session is.
SOCKETS = Path("/tmp")  # noqa: S108
JOIN_SECONDS = 60
START_SECONDS = 600  # recovery after a power cut reads back up to max_wal_size
STOP_SECONDS = 30
LOG_BYTES = 1_000_000
MIB = 1024 * 1024
GIB = 1024 * MIB

# What visitors look for and where they are is in statements and in error details, so neither is
# logged: terse drops details, "log" drops errors that only concern the one who asked.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "random_page_cost": "1.1",
    "client_connection_check_interval": "5s",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_line_prefix": "%m [%p] ",
}
NOT_DURABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
}


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
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
        _make_cluster(home, durable=durable)
    _require_same_version(home)
    _clear_after_crash(data_dir, home)

    settings = {**SETTINGS, **memory_settings(_memory()), "unix_socket_directories": str(folder)}
    if not durable:
        settings |= NOT_DURABLE
    program = [str(home.binaries / "postgres"), "-D", str(home.cluster)]
    for name, value in settings.items():
        program += ["-c", f"{name}={value}"]
    if home.log.exists() and home.log.stat().st_size > LOG_BYTES:
        home.log.replace(home.log.with_suffix(".log.1"))
    # SIGQUIT is an immediate shutdown: it ends whatever state the server is in, and the next start
    # repairs what it left, as after a power cut.
    # A session of its own keeps a terminal's Ctrl-C from ending it before those who use it.
    with open(home.log, "ab", opener=_private) as log:
        home.give(home.log)
        process = subprocess.Popen(  # noqa: S603
            launch.command(program, on_parent_death=signal.SIGQUIT, become=home.become),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
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


def _make_cluster(home: Home, *, durable: bool) -> None:
    """Make the data folder whole or not at all: under another name first.

    The site's role owns its database and can make others (the tests do), but is no superuser:
    what works here works on a hosted server too. There is no ICU in the wheel; the built-in
    C.UTF-8 knows the case of accented letters and sorts by code point. pg_trgm asks the C library
    instead what a letter is: in its "C", é is none.
    """
    for leftover in home.folder.glob("making-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=home.folder))
    home.give(making)
    _run(
        home,
        [
            str(home.binaries / "initdb"),
            f"--pgdata={making}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            f"--lc-ctype={'C.UTF-8' if _has_locale('C.UTF-8') else 'C'}",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if durable else ["--no-sync"]),
        ],
    )
    options = ["-c", "exit_on_error=on"]
    if not durable:
        options += [part for key in NOT_DURABLE for part in ("-c", f"{key}={NOT_DURABLE[key]}")]
    _run(
        home,
        [str(home.binaries / "postgres"), "--single", "-D", str(making), *options, "postgres"],
        f"CREATE ROLE {NAME} LOGIN CREATEDB;\nCREATE DATABASE {NAME} OWNER {NAME};\n",
    )
    making.rename(home.cluster)


def _has_locale(name: str) -> bool:
    former = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, former)
    return True


def _run(home: Home, program: list[str], statements: str = "") -> None:
    result = subprocess.run(  # noqa: S603
        launch.command(program, on_parent_death=signal.SIGKILL, become=home.become),
        input=statements,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
        cwd="/",
    )
    if result.returncode != 0:
        raise PostgresError(
            f"The database in {home.folder} could not be made:\n{result.stdout}{result.stderr}"
        )


def _require_same_version(home: Home) -> None:
    made_by = (home.cluster / "PG_VERSION").read_text().strip()
    version = subprocess.run(  # noqa: S603
        [home.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout.split()[2]
    if version.split(".")[0] != made_by:
        raise PostgresError(
            f"The database in {home.cluster} was made by PostgreSQL {made_by}, and this release "
            f"brings {version}. Go back to the former release and make a backup with it, move "
            "the folder away, then restore the backup with this release (docs/operate.md)."
        )


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


def memory_settings(memory: int) -> dict[str, str]:
    """PostgreSQL's memory settings for a machine, or container, of so many bytes.

    An eighth for shared buffers leaves room for the site itself on a machine of 2 GiB.
    """

    def mib(least: int, share: int, most: int) -> str:
        return f"{max(least, min(memory // share, most)) // MIB}MB"

    return {
        "shared_buffers": mib(32 * MIB, 8, 2 * GIB),
        "effective_cache_size": mib(128 * MIB, 2, 64 * GIB),
        "work_mem": mib(4 * MIB, 256, 32 * MIB),
        "maintenance_work_mem": mib(32 * MIB, 16, 512 * MIB),
    }


def _memory() -> int:
    """Bytes of memory this machine or container has."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in ("memory.max", "memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            memory = min(memory, int((Path("/sys/fs/cgroup") / limit).read_text()))
    return memory


def _environment() -> dict[str, str]:
    """Nothing of the caller's but what the programs need: no PGDATA, no PGOPTIONS, no TZ."""
    keep = ("PATH", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in keep if name in os.environ} | {"LC_ALL": "C"}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
