"""One embedded server and one var folder for the whole run, gone when it ends.

Importing this starts them, in the process that starts the run only: its xdist workers find
DATABASE_URL and COALITION_VAR in their environment. Each run has a folder of its own, so that two
can go on side by side. Where DATABASE_URL is set, the tests use that server.
"""

import atexit
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import dj_database_url
from django.conf import settings

from coalition.postgres import server

PREFIX = "coalition-tests-"
HOUR = 3600


def start() -> None:
    _remove_leftovers()
    var = Path(tempfile.mkdtemp(prefix=PREFIX))
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    os.environ["COALITION_VAR"] = str(var)
    # A run starts a hundred processes: what they import is compiled once.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # pytest-django has read the settings by now, for this process.
    settings.VAR_DIR = var
    settings.STATIC_ROOT = var / "static"
    if os.environ.get("DATABASE_URL"):
        return
    data_dir = var / "postgres"
    database = server.start_or_join(data_dir, durable=False)
    atexit.register(server.discard, data_dir)
    atexit.register(database.stop)
    os.environ["DATABASE_URL"] = server.url(data_dir)
    settings.DATABASES["default"].update(dj_database_url.parse(server.url(data_dir)))


def _remove_leftovers() -> None:
    """Delete what runs that were killed an hour ago or more have left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        found = folder.lstat()
        if found.st_uid != os.geteuid() or found.st_mtime > time.time() - HOUR:
            continue
        if not server.is_running(folder / "postgres"):
            server.discard(folder / "postgres")
            shutil.rmtree(folder, ignore_errors=True)


if "PYTEST_XDIST_WORKER" not in os.environ:
    start()
