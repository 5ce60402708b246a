"""Databases made once in a run, by whoever needs one first, and copied by all.

A copy takes a tenth of a second; the migrations take ten seconds, the sample catalogue some more.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from tests.trials import ROOT, administer, remove, url_of

BEGIN = "import django; django.setup()\n"
MIGRATE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
SAMPLE = """
from coalition.operations.sample_events import load_sample_events
from coalition.operations.sample_people import load_sample_people
from coalition.operations.sample_resources import load_sample_resources
from directory.interchange.sample import load_sample
load_sample()
load_sample_people()
load_sample_events()
load_sample_resources()
"""


def migrated() -> str:
    """The name of a database with all tables and reference data."""
    return _made("migrated", lambda: "template0", MIGRATE)


def sample() -> str:
    """The name of a database with the sample catalogue of today and its people."""
    return _made("sample", migrated, SAMPLE)


def replace(name: str, like: str) -> None:
    """Whatever a database holds, it is a copy now."""
    remove(name)
    administer(f'CREATE DATABASE "{name}" TEMPLATE {like} STRATEGY file_copy')


def drop() -> None:
    """Nobody copies them any more."""
    for made in _folder().glob("*.made"):
        remove(made.stem)


def _made(kind: str, start, code: str) -> str:
    name = f"{_folder().name}_{kind}".replace("-", "_")
    made = _folder() / f"{name}.made"
    with (_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            administer(f"CREATE DATABASE {name} TEMPLATE {start()}")
            environment = os.environ | {
                "DATABASE_URL": url_of(name),
                "DJANGO_SETTINGS_MODULE": "coalition.settings",
            }
            command = [sys.executable, "-c", BEGIN + code]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            made.touch()
    return name


def _folder() -> Path:
    """The run's own, the same for all its workers."""
    return Path(os.environ["COALITION_VAR"])
