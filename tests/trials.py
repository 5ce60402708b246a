"""Trials of the whole: the site's commands as processes of their own, on databases of their own."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.db import connection
from psycopg import errors

ROOT = Path(__file__).resolve().parents[1]
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def manage(*arguments, **variables):
    """Run one of the site's commands to its end, with more environment variables."""
    return subprocess.run(
        command(*arguments),
        env={**os.environ, **variables},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def command(*arguments):
    """The command line of one of the site's commands."""
    return [sys.executable, str(ROOT / "manage.py"), *map(str, arguments)]


def wait_until(condition, seconds=30):
    """Wait for something another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class Database:
    """A database beside the tests' own, and the site's commands on it."""

    def __init__(self, *, like=None):
        self.name = f"trial_{uuid4().hex[:12]}"
        template = f" TEMPLATE {like}" if like else ""
        administer(f"CREATE DATABASE {self.name}{template}")

    def drop(self):
        remove(self.name)

    @property
    def url(self):
        return url_of(self.name)

    def manage(self, *arguments):
        return manage(*arguments, DATABASE_URL=self.url)

    def run(self, statement, *parameters):
        with connect(self.name) as opened:
            return opened.execute(statement, parameters)

    def rows(self, table):
        with connect(self.name) as opened:
            return sorted(opened.execute(f"SELECT t::text FROM {table} AS t").fetchall())

    def everything(self):
        with connect(self.name) as opened:
            tables = [name for (name,) in opened.execute(TABLES).fetchall()]
        return {table: self.rows(table) for table in tables}


def url_of(name):
    """The `DATABASE_URL` of another database of the tests' server."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def connect(name):
    """A connection of our own to another database of the tests' server."""
    parameters = connection.get_connection_params()
    known = {key: parameters[key] for key in parameters if key in ("host", "port", "user")}
    if "password" in parameters:
        known["password"] = parameters["password"]
    return psycopg.connect(**known, dbname=name, autocommit=True)


def administer(statement):
    """What cannot be done from inside the database it is done to."""
    with connect("postgres") as opened:
        opened.execute(statement)


def remove(name):
    """A database that nobody needs any more, whoever still has a connection to it.

    FORCE may not end the server's own cleaning of tables (autovacuum); without it, it does.
    """
    for _try in range(20):
        try:
            administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except errors.InsufficientPrivilege:
            with suppress(errors.ObjectInUse):
                administer(f'DROP DATABASE IF EXISTS "{name}"')
                return
        else:
            return
    raise AssertionError(f"{name} is still in use")
