"""A Chromium for the tests: found on the machine, or brought."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = (
    "No browser was found and none could be brought. Install one with\n"
    "    .venv/bin/playwright install --with-deps chromium\n"
    "or name one: CHROME=/path/to/chrome .venv/bin/pytest"
)


class NoBrowser(Exception):
    """No Chromium, and no way to bring one; the message says what to run."""


def flags() -> list[str]:
    """Chromium's sandbox refuses to run as root."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS


@cache
def executable() -> str:
    """The browser's path: `CHROME`, one on the path, Playwright's own, or Debian's.

    Brings one where none is there (once, whichever test worker comes first). Raises NoBrowser.
    """
    if named := os.environ.get("CHROME"):
        if not shutil.which(named):
            raise NoBrowser(f"CHROME names {named}, which is not a program.")
        return named
    lock = Path(tempfile.gettempdir()) / f"coalition-browser-{os.geteuid()}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        found = on_path() or playwrights_own() or downloaded() or debians()
    if not found:
        raise NoBrowser(MISSING)
    return found


def on_path() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def downloaded() -> str | None:
    """Playwright's own browser, where its download works."""
    run(sys.executable, "-m", "playwright", "install", "chromium")
    return playwrights_own()


def debians() -> str | None:
    """Debian's package, where this is root on Debian or Ubuntu."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
    return on_path()


def run(*command: str) -> None:
    """Try; whether it worked is seen by what is there afterwards."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(command, env=environment, capture_output=True, timeout=240, check=False)
