"""manage.py: a database where a command needs one, and plain words where it cannot have it."""

import os
import subprocess

import pytest

from coalition.operations.command_line import needs_database
from coalition.postgres import server
from tests.trials import command, manage

WAIT = """
import sys
from django.db import connection
connection.ensure_connection()
print("connected", flush=True)
sys.stdin.readline()
connection.cursor().execute("SELECT 1")
"""


@pytest.mark.parametrize(
    ("arguments", "needs"),
    [
        (["migrate"], True),
        (["shell"], True),
        (["a_command_of_tomorrow"], True),
        (["check", "--database", "default"], True),
        (["check", "--deploy"], False),
        (["demo"], False),
        (["makemessages"], False),
        (["migrate", "--help"], False),
        (["help", "migrate"], False),
        ([], False),
    ],
)
def test_only_commands_that_ask_the_database_start_one(arguments, needs):
    assert needs_database(arguments) is needs


def test_a_command_starts_the_database_it_needs_and_leaves_no_process(tmp_path):
    shell = manage(
        *("shell", "-v0", "-c", "from django.db import connection as c; c.ensure_connection()"),
        COALITION_VAR=str(tmp_path),
        DATABASE_URL="",
    )

    assert shell.returncode == 0, shell.stderr
    assert (tmp_path / "postgres" / "cluster").is_dir()
    assert not server.is_running(tmp_path / "postgres")


def test_a_command_that_joined_is_told_when_the_database_ends(tmp_path):
    owner = server.start_or_join(tmp_path / "postgres", durable=False)
    with subprocess.Popen(
        command("shell", "-v0", "-c", WAIT),
        env={**os.environ, "COALITION_VAR": str(tmp_path), "DATABASE_URL": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as joined:
        assert joined.stdout.readline() == "connected\n", joined.stderr.read()
        owner.stop()
        _output, said = joined.communicate("go on\n")

    assert joined.returncode == 1
    assert said.startswith("manage.py: The command that had started the database has ended")
    assert "Traceback" not in said


def test_production_without_its_settings_says_which_in_one_line():
    refused = manage(
        "migrate", COALITION_MODE="production", SECRET_KEY="", ALLOWED_HOSTS="", DATABASE_URL=""
    )

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"):
        assert name in refused.stderr


def test_help_needs_neither_settings_nor_a_database(tmp_path):
    shown = manage("help", COALITION_VAR=str(tmp_path), DATABASE_URL="")

    assert shown.returncode == 0
    assert "backup" in shown.stdout
    assert not (tmp_path / "postgres").exists()


def test_the_demo_refuses_production(tmp_path):
    refused = manage(
        "demo",
        COALITION_MODE="production",
        SECRET_KEY="x" * 50,
        ALLOWED_HOSTS="example.org",
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
    )

    assert refused.returncode == 1
    assert "do not exist" in refused.stderr
