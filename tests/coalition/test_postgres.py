"""The embedded database: it keeps what was committed, and nobody has to clean up after it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from coalition.postgres import launch, server
from coalition.postgres.cluster import memory_settings
from coalition.postgres.home import OVERFLOW_UID, PostgresError, binaries, digest, find_home, refuge
from tests.trials import ROOT, wait_until

pytestmark = pytest.mark.embedded
NEEDS_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
RUNNING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%naloxone%60%'"
HOLD = """
import sys
from pathlib import Path
from coalition.postgres import server
database = server.start_or_join(Path(sys.argv[1]), durable=False)
print("joined" if database.joined else "started", flush=True)
sys.stdin.read()
database.stop()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data folder with a database in it; making one is what takes time."""
    folder = tmp_path_factory.mktemp("made") / "postgres"
    with started(folder):
        pass
    yield folder
    server.discard(folder)


@pytest.fixture
def data_dir(made):
    """A made database that does not run; whatever runs on it is ended afterwards."""
    yield made
    end(made)


@pytest.fixture
def short_dir():
    """A folder whose path leaves room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="by-hand-") as folder:
        yield Path(folder)


@pytest.fixture
def new_dir(tmp_path):
    """A data folder where nothing is yet."""
    folder = tmp_path / "postgres"
    yield folder
    end(folder)
    server.discard(folder)


def end(folder):
    if server.is_running(folder):
        # One that is on its way out already has taken its pid file along.
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(postmaster(folder), signal.SIGQUIT)
        wait_until(lambda: not server.is_running(folder))


@contextmanager
def started(data_dir, *, durable=False):
    database = server.start_or_join(data_dir, durable=durable)
    try:
        yield database
    finally:
        database.stop()


@contextmanager
def holding(data_dir, **options):
    """Another command that needs the database until its input is closed."""
    command = options.pop("command", [sys.executable, "-c", HOLD, str(data_dir)])
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **options,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def connect(data_dir, **options):
    return psycopg.connect(server.url(data_dir), autocommit=True, **options)


def ask(data_dir, statement):
    with connect(data_dir) as connection:
        return connection.execute(statement).fetchone()[0]


def postmaster(data_dir):
    return int((find_home(data_dir).cluster / "postmaster.pid").read_text().split()[0])


def test_naming_the_database_starts_and_touches_nothing(tmp_path):
    settings = server.django_settings(tmp_path / "postgres")

    assert settings == server.django_settings(tmp_path / "postgres")
    assert not Path(settings["HOST"]).exists()
    assert not (tmp_path / "postgres").exists()


def test_only_its_user_reaches_it_and_only_through_a_short_socket(tmp_path):
    data_dir = tmp_path / ("a long way down " * 10) / "postgres"
    with started(data_dir):
        socket = Path(server.django_settings(data_dir)["HOST"])
        assert socket.stat().st_mode & 0o777 == 0o700
        assert len(str(socket / ".s.PGSQL.5432.lock")) < 108
        assert ask(data_dir, "SHOW listen_addresses") == ""
        assert ask(data_dir, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    server.discard(data_dir)


def test_committed_data_is_durable_by_default(data_dir):
    with started(data_dir, durable=True):
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            assert ask(data_dir, f"SHOW {setting}") == "on"


def test_stopping_leaves_no_process_and_no_socket(data_dir):
    with started(data_dir):
        assert server.is_running(data_dir)

    assert not server.is_running(data_dir)
    assert not Path(server.django_settings(data_dir)["HOST"]).exists()


@NEEDS_LINUX
def test_it_can_be_stopped_while_it_repairs_itself(data_dir):
    with started(data_dir) as database:
        with connect(data_dir) as connection:
            crashing = connection.info.backend_pid
            connection.execute("CREATE TABLE t AS SELECT generate_series(1, 100000)")
            os.kill(crashing, signal.SIGSEGV)
            wait_until(lambda: not database.answers())
            connection.pgconn.finish()
        before = time.monotonic()
        database.stop()

        assert time.monotonic() - before < server.STOP_SECONDS


def test_what_is_committed_survives_a_killed_server(data_dir):
    with started(data_dir, durable=True) as database:
        with connect(data_dir) as connection:
            connection.execute("CREATE TABLE kept (value text)")
            connection.execute("INSERT INTO kept VALUES ('naloxone')")
        os.kill(postmaster(data_dir), signal.SIGKILL)
        wait_until(lambda: not database.is_running())

        with started(data_dir, durable=True) as again:
            assert not again.joined
            assert ask(data_dir, "SELECT value FROM kept") == "naloxone"


@NEEDS_LINUX
def test_it_ends_with_the_command_that_started_it_even_if_that_is_killed(data_dir):
    with holding(data_dir) as command:
        assert command.stdout.readline() == "started\n"
        command.kill()
        command.wait()
        with started(data_dir) as database:
            assert not database.joined


@NEEDS_LINUX
def test_a_long_statement_of_a_killed_server_does_not_block_the_next_start(data_dir):
    with started(data_dir) as database, connect(data_dir) as busy:
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1e9)")
        os.kill(postmaster(data_dir), signal.SIGKILL)
        wait_until(lambda: not database.is_running())
        assert server.is_running(data_dir)

        with started(data_dir) as again:
            assert not again.joined
        busy.pgconn.finish()


def test_a_command_joins_the_server_that_runs_and_leaves_it_running(data_dir):
    with started(data_dir):
        with started(data_dir) as second:
            assert second.joined
            assert second.is_running()
        assert ask(data_dir, "SELECT 1") == 1


def test_a_command_that_joined_sees_the_server_end(data_dir):
    with holding(data_dir) as owner:
        owner.stdout.readline()
        with started(data_dir) as joined:
            assert joined.answers()
            owner.stdin.close()
            owner.wait()
            assert not joined.answers()
            assert not joined.is_running()


def test_commands_that_start_at_the_same_moment_share_one_server(new_dir):
    with holding(new_dir) as one, holding(new_dir) as two, holding(new_dir) as three:
        answers = [command.stdout.readline().strip() for command in (one, two, three)]

        assert sorted(answers) == ["joined", "joined", "started"]


def test_a_child_that_was_forked_does_not_stop_its_parents_server(data_dir):
    with started(data_dir) as database:
        database._owner = os.getpid() + 1  # as a forked child sees it
        database.stop()
        database._owner = os.getpid()

        assert ask(data_dir, "SELECT 1") == 1


def test_a_pid_file_that_names_another_process_is_not_believed(data_dir):
    with subprocess.Popen(["sleep", "60"]) as other:
        stale = find_home(data_dir).cluster / "postmaster.pid"
        stale.write_text(f"{other.pid}\n{stale.parent}\n1\n5432\n/tmp\n\n1 1\nready\n")
        os.chmod(stale, 0o600)
        try:
            with started(data_dir):
                assert ask(data_dir, "SELECT 1") == 1
        finally:
            other.kill()


@NEEDS_LINUX
def test_a_server_that_someone_runs_by_hand_on_the_same_data_is_left_alone(data_dir, short_dir):
    home = find_home(data_dir)
    home.give(short_dir)
    by_hand = launch.command(
        [
            *(str(home.binaries / "postgres"), "-D", str(home.cluster)),
            *("-c", "listen_addresses=", "-c", f"unix_socket_directories={short_dir}"),
        ],
        on_parent_death=signal.SIGQUIT,
        become=home.become,
    )
    said = home.cluster.parent / "by-hand.log"
    with said.open("w") as log, subprocess.Popen(by_hand, stderr=log, cwd="/") as process:

        def serving() -> bool:
            assert process.poll() is None, said.read_text()
            return (home.cluster / "postmaster.pid").exists()

        try:
            wait_until(serving)
            with pytest.raises(PostgresError, match=f"process {process.pid}"):
                server.start_or_join(data_dir)
        finally:
            process.send_signal(signal.SIGQUIT)


def test_a_socket_folder_that_others_can_enter_is_refused(new_dir):
    folder = Path(server.django_settings(new_dir)["HOST"])
    folder.mkdir(mode=0o755)

    with pytest.raises(PostgresError, match="not a private folder"):
        server.start_or_join(new_dir)


def test_data_of_another_postgresql_is_refused_with_what_to_do(data_dir):
    version = find_home(data_dir).cluster / "PG_VERSION"
    made_by = version.read_text()
    version.write_text("17\n")
    try:
        with pytest.raises(PostgresError, match=r"PostgreSQL 17.*backup"):
            server.start_or_join(data_dir)
    finally:
        version.write_text(made_by)


def test_a_server_that_cannot_start_says_why(new_dir):
    with started(new_dir):
        pass
    (find_home(new_dir).cluster / "global" / "pg_control").unlink()

    with pytest.raises(PostgresError, match="could not find the database system"):
        server.start_or_join(new_dir)


def test_an_interrupted_first_start_leaves_nothing_that_counts(new_dir):
    (new_dir / "making-it").mkdir(parents=True)
    os.chmod(new_dir, 0o700)

    with started(new_dir):
        assert not (new_dir / "making-it").exists()


def test_its_log_holds_nothing_that_anyone_typed(data_dir):
    with started(data_dir):
        with connect(data_dir) as connection:
            with pytest.raises(psycopg.DataError):
                connection.execute("SELECT 'naloxone in Thunder Bay'::int")
            connection.execute("CREATE TABLE once (value text UNIQUE)")
            connection.execute("INSERT INTO once VALUES ('naloxone')")
            with pytest.raises(psycopg.IntegrityError):
                connection.execute("INSERT INTO once VALUES ('naloxone')")
        with connect(data_dir) as connection:
            crashing = connection.info.backend_pid
            connection.pgconn.send_query(b"SELECT 'naloxone', pg_sleep(60)")
            wait_until(lambda: ask(data_dir, RUNNING) == 2)
            os.kill(crashing, signal.SIGSEGV)
            wait_until(lambda: "terminated by signal" in find_home(data_dir).log.read_text())
            connection.pgconn.finish()
        log = find_home(data_dir).log.read_text()

    assert "naloxone" not in log
    assert "Thunder" not in log


@pytest.mark.parametrize(
    ("gibibytes", "buffers", "work"),
    [(0.25, "32MB", "4MB"), (2, "256MB", "8MB"), (24, "2048MB", "32MB")],
)
def test_memory_is_a_share_of_the_machines(gibibytes, buffers, work):
    settings = memory_settings(int(gibibytes * 1024**3))

    assert settings["shared_buffers"] == buffers
    assert settings["work_mem"] == work


def test_accented_letters_are_letters(data_dir):
    with started(data_dir):
        assert ask(data_dir, "SELECT lower('ÉCOLE')") == "école"
        assert ask(data_dir, "SELECT 'é' ~ '[[:alpha:]]'") is True


@NEEDS_ROOT
@NEEDS_LINUX
def test_an_ordinary_user_runs_it_in_place(new_dir):
    # Root seen as someone else is what an ordinary user is to everything but the file system.
    as_user = launch.command(
        [sys.executable, "-c", HOLD, str(new_dir)],
        on_parent_death=signal.SIGKILL,
        become={"namespace": [1, 1]},
    )
    with holding(new_dir, command=as_user) as command:
        assert command.stdout.readline() == "started\n", command.stderr.read()
        assert (new_dir / "cluster").is_dir()


@NEEDS_ROOT
@NEEDS_LINUX
def test_an_ordinary_user_is_told_whose_data_it_is(new_dir):
    new_dir.mkdir()
    os.chown(new_dir, OVERFLOW_UID, OVERFLOW_UID)
    as_user = launch.command(
        [sys.executable, "-c", HOLD, str(new_dir)],
        on_parent_death=signal.SIGKILL,
        become={"namespace": [1, 1]},
    )
    with holding(new_dir, command=as_user) as command:
        command.wait()
        assert f"{new_dir} belongs to" in command.stderr.read()


@NEEDS_ROOT
@NEEDS_LINUX
def test_root_runs_it_as_the_owner_of_the_data():
    parent = Path(tempfile.mkdtemp(prefix="coalition-trial-"))  # tmp_path is root's alone
    os.chmod(parent, 0o711)
    data_dir = parent / "postgres"
    data_dir.mkdir(mode=0o700)
    os.chown(data_dir, 1, 1)
    try:
        if not others_can_run_programs(data_dir):
            pytest.skip("this checkout is in a folder that is root's alone")
        with started(data_dir):
            assert ask(data_dir, "SELECT 1") == 1
            assert os.stat(f"/proc/{postmaster(data_dir)}").st_uid == 1
    finally:
        server.discard(data_dir)
        parent.rmdir()


def others_can_run_programs(folder):
    version = launch.command(
        [str(binaries() / "postgres"), "--version"],
        on_parent_death=signal.SIGKILL,
        become={"user": [1, 1], "folder": str(folder)},
    )
    return subprocess.run(version, check=False, capture_output=True).returncode == 0


CONTAINER = """
import ctypes, os, sys
ready, done = os.pipe(), os.pipe()
child = os.fork()
if child:
    os.read(ready[0], 1)
    for name in ("gid_map", "uid_map"):
        with open(f"/proc/{child}/{name}", "w") as file:
            file.write("0 0 65536")
    os.write(done[1], b".")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
assert ctypes.CDLL(None).unshare(0x10000000) == 0
os.write(ready[1], b".")
os.read(done[0], 1)
with open("/proc/sys/user/max_user_namespaces", "w") as file:
    file.write("0")
import logging
from pathlib import Path
from coalition.postgres import home, server
data_dir = Path(sys.argv[1])
for attempt in ("first", "second"):
    database = server.start_or_join(data_dir, durable=False)
    assert database.home.folder == home.refuge(data_dir), database.home
    assert database.answers()
    assert os.stat(f"/proc/{database._process.pid}").st_uid == database.home.uid != 0
    database.stop()
"""


@NEEDS_ROOT
@NEEDS_LINUX
def test_root_where_the_kernel_refuses_namespaces_keeps_it_under_var_lib(new_dir):
    inside = subprocess.run(
        [sys.executable, "-c", CONTAINER, str(new_dir)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    folder = refuge(new_dir)

    assert inside.returncode == 0, inside.stderr
    assert inside.stderr.count(str(folder)) == 1, "it says where, once"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert digest(new_dir) in folder.name
