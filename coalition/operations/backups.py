"""Backups: the whole database as one file of pg_dump's custom format, and back again.

The programs are those of the embedded database's wheel; they serve its own server and those of
DATABASE_URL, of PostgreSQL 15 and 18 alike.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from coalition.postgres.home import PostgresError, binaries

LOCK_SECONDS = 30
# pg_restore 18 sets a timeout that servers before 17 do not know, and pg_dump 18 writes down the
# column versions that some servers (Debian 12's 15.20) keep for themselves.
NOT_EVERYWHERE = re.compile(
    rb"SET transaction_timeout = 0;$"
    rb"|ALTER TABLE ONLY \S+ ALTER COLUMN .+ SET \(pg_attver=\d+\);$"
)
TABLES = """
    SELECT count(*) FROM pg_catalog.pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
      )
"""
# What a new database has, which its owner may set up again without being a superuser.
EMPTY = b"""
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
ALTER SCHEMA public OWNER TO pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


class BackupError(Exception):
    """A backup or a restore was refused or failed; the message says why, for a person."""


def backup(target: Path) -> int:
    """Write the database to a new file that only its owner can read; return its size in bytes.

    The file appears when it is whole. It is one moment's state, and the site goes on meanwhile.
    Raises BackupError where the file exists already or the database cannot be read.
    """
    if target.exists():
        raise BackupError(f"{target} exists already: name a new file.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise BackupError(f"{target.parent} cannot be written to: {error.strerror}.") from error
    os.close(handle)
    partial = Path(name)
    try:
        _run("pg_dump", *_dump_options(), f"--file={partial}", f"--dbname={_conninfo()}")
        size = partial.stat().st_size
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return size


def restore(source: Path, *, replace: bool = False) -> None:
    """Put a backup in the place of the database, whole or not at all, and migrate it to this code.

    Refuses, with BackupError, a database that has tables unless `replace` says to drop them, a
    file that is no backup of this site, and one that a newer release made.
    """
    if not source.is_file():
        raise BackupError(f"{source} is no file.")
    _refuse_newer(source)
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = cursor.fetchone()[0]
    connection.close()
    if tables and not replace:
        raise BackupError(
            f"The database {connection.settings_dict['NAME']} is not empty ({tables} tables). To "
            "replace all that is in it with the backup, say --replace."
        )
    _load(source, empty_first=bool(tables))
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _refuse_newer(source: Path) -> None:
    options = ("--data-only", "--table=django_migrations", "--file=-")
    try:
        rows = _run("pg_restore", *options, str(source)).splitlines()
    except BackupError as error:
        raise BackupError(f"{source} is no backup, or is damaged: {error}") from error
    start = next((n for n, row in enumerate(rows) if row.startswith("COPY ")), None)
    if start is None:
        raise BackupError(f"{source} is no backup of this site: it has no record of migrations.")
    columns = rows[start].partition("(")[2].partition(")")[0].split(", ")
    applied = set()
    for row in rows[start + 1 : rows.index("\\.", start)]:
        values = dict(zip(columns, row.split("\t"), strict=True))
        applied.add((values["app"], values["name"]))

    known = MigrationLoader(None).disk_migrations
    replaced = {old for migration in known.values() for old in migration.replaces}
    if unknown := sorted(applied - set(known) - replaced):
        raise BackupError(
            f"{source} was made by a newer release, with migrations this one does not have "
            f"({', '.join('.'.join(pair) for pair in unknown)}): upgrade first, then restore."
        )


def _load(source: Path, *, empty_first: bool) -> None:
    """Feed the backup to psql as one transaction, committed only when all of it was read."""
    psql = [
        *(_program("psql"), "--no-psqlrc", "--quiet", "--no-password", "--output=/dev/null"),
        *("--set=ON_ERROR_STOP=1", f"--dbname={_conninfo()}"),
    ]
    with (
        _contents(source) as contents,
        tempfile.TemporaryFile() as problems,
        subprocess.Popen(  # noqa: S603
            psql, stdin=subprocess.PIPE, stderr=problems, env=_environment()
        ) as writer,
    ):
        whole = False
        with contextlib.suppress(BrokenPipeError):  # psql says why it stopped, below
            writer.stdin.write(
                b"SET client_min_messages = warning;\n"
                b"SET lock_timeout = '%ds';\nBEGIN;\n" % LOCK_SECONDS
            )
            if empty_first:
                writer.stdin.write(EMPTY)
            whole = all(
                _copy_section(section, source, contents, writer.stdin, problems)
                for section in ("pre-data", "data", "post-data")
            )
            if whole:
                writer.stdin.write(b"COMMIT;\n")
        with contextlib.suppress(BrokenPipeError):
            writer.stdin.close()
        if writer.wait() != 0 or not whole:
            problems.seek(0)
            said = problems.read().decode(errors="replace").strip()
            raise BackupError(f"Nothing was restored; the database is as it was.\n{said}")


def _copy_section(
    section: str, source: Path, contents: str, target: IO[bytes], problems: IO[bytes]
) -> bool:
    """Write one section of the backup as SQL; say whether it was read to its end.

    Rows are passed on as they are, everything before them without what not every server knows.
    """
    with subprocess.Popen(  # noqa: S603
        [
            *(_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-"),
            *(f"--section={section}", f"--use-list={contents}", str(source)),
        ],
        stdout=subprocess.PIPE,
        stderr=problems,
    ) as reader:
        for line in reader.stdout:
            if not NOT_EVERYWHERE.match(line):
                target.write(line)
            if line.startswith(b"COPY "):
                break
        shutil.copyfileobj(reader.stdout, target)
        return reader.wait() == 0


@contextlib.contextmanager
def _contents(source: Path) -> Iterator[str]:
    """The backup's table of contents without what only a superuser may set, as a file's name."""
    lines = [
        line
        for line in _run("pg_restore", "--list", str(source)).splitlines()
        if not any(
            f" {entry}" in line
            for entry in ("COMMENT - EXTENSION", "COMMENT - SCHEMA", "SCHEMA - public")
        )
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        yield file.name


def _dump_options() -> list[str]:
    return [
        *("--format=custom", "--no-owner", "--no-privileges", "--no-password"),
        f"--lock-wait-timeout={LOCK_SECONDS}s",
    ]


def _run(program: str, *arguments: str) -> str:
    result = subprocess.run(  # noqa: S603
        [_program(program), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )
    if result.returncode != 0:
        raise BackupError(result.stderr.strip() or f"{program} failed.")
    return result.stdout


def _program(name: str) -> str:
    try:
        return str(binaries() / name)
    except PostgresError as error:
        found = shutil.which(name)
        if found is None:
            raise BackupError(f"{name} is not installed.") from error
        return found


def _conninfo() -> str:
    """The site's own database as libpq names it, but for the password: `ps` shows arguments."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()} - {"password"}
    parameters = connection.get_connection_params()
    return make_conninfo(**{key: parameters[key] for key in parameters if key in known})


def _environment() -> dict[str, str]:
    password = connection.get_connection_params().get("password")
    return dict(os.environ) | ({"PGPASSWORD": password} if password else {})
