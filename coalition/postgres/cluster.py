"""What a PostgreSQL server of ours is made of: its data folder, its settings, its version."""

import contextlib
import locale
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from coalition.postgres import launch
from coalition.postgres.home import Home, PostgresError

NAME = "coalition"
PORT = 5432  # only names the socket: nothing listens on it
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


def server_program(home: Home, sockets: Path, *, durable: bool) -> list[str]:
    """The command line of the server: settings come with each release, not with the data."""
    settings = {**SETTINGS, **memory_settings(_memory()), "unix_socket_directories": str(sockets)}
    if not durable:
        settings |= NOT_DURABLE
    program = [str(home.binaries / "postgres"), "-D", str(home.cluster)]
    for name, value in settings.items():
        program += ["-c", f"{name}={value}"]
    return program


def make_cluster(home: Home, *, durable: bool) -> None:
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
        env=environment(),
        cwd="/",
    )
    if result.returncode != 0:
        raise PostgresError(
            f"The database in {home.folder} could not be made:\n{result.stdout}{result.stderr}"
        )


def require_same_version(home: Home) -> None:
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


def environment() -> dict[str, str]:
    """Nothing of the caller's but what the programs need: no PGDATA, no PGOPTIONS, no TZ."""
    keep = ("PATH", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in keep if name in os.environ} | {"LC_ALL": "C"}
