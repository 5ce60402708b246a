"""What manage.py does around Django's commands: where no database runs, it starts one."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError

from coalition.postgres import server
from coalition.postgres.home import PostgresError, binaries

# `demo` starts, watches and stops its own.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "demo",
    "diffsettings",
    "findstatic",
    "makemessages",
    "sendtestemail",
    "startapp",
    "startproject",
}
WITHOUT_SETTINGS = {"help", "version", "--help", "-h", "--version"}


def needs_settings(arguments: list[str]) -> bool:
    """Whether this call does more than print help or a version."""
    return bool(arguments) and not WITHOUT_SETTINGS.intersection(arguments)


def needs_database(arguments: list[str]) -> bool:
    """Whether this call may ask the database anything; commands we do not know may."""
    return needs_settings(arguments) and (
        arguments[0] not in WITHOUT_DATABASE or "--database" in arguments
    )


def execute(argv: list[str]) -> None:
    """Run one command, with the embedded database for its length unless DATABASE_URL is set."""
    arguments = argv[1:]
    try:
        embedded = needs_settings(arguments) and not settings.DATABASE_URL
    except (ImproperlyConfigured, PermissionError) as error:
        sys.exit(f"manage.py: {error}")
    if not (embedded and needs_database(arguments)):
        execute_from_command_line(argv)
        return
    try:
        with server.running(settings.VAR_DIR / "postgres") as database:
            # For dbshell, where the machine has no psql of its own.
            os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", ""), str(binaries())])
            try:
                execute_from_command_line(argv)
            except (InterfaceError, OperationalError) as error:
                if database.joined and not database.answers():
                    raise PostgresError(
                        "The command that had started the database has ended, and the database "
                        "with it. What was not committed is undone: run this again."
                    ) from error
                raise
    except PostgresError as error:
        sys.exit(f"manage.py: {error}")
