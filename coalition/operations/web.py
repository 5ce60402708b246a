"""The site behind Gunicorn: sync workers, and a log without what visitors looked for.

Gunicorn names the whole address when a request goes wrong, and search terms and places are in
addresses. So its log here says what failed and where in the code, and no more.
"""

import os
import signal
import socket
import sys
import traceback
from pathlib import Path

from django.conf import settings
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from coalition.postgres.launch import die_with_parent


def default_workers() -> int:
    """Gunicorn's rule for sync workers that wait for a database: two a core, and one."""
    return 2 * (os.cpu_count() or 1) + 1


def serve(*, bind: list[str], workers: int, quiet: bool = False) -> None:
    """Serve the site until told to stop.

    `bind` holds `host:port`, `unix:/path` or `fd://number`. `quiet` logs only what is wrong.
    """
    Site(bind=bind, workers=workers, quiet=quiet).run()


class Site(BaseApplication):
    """Gunicorn's settings for this site; neither a file nor a variable of Gunicorn's adds any."""

    def __init__(self, *, bind: list[str], workers: int, quiet: bool):
        self.options = {
            "bind": bind,
            "workers": workers,
            "worker_class": "sync",
            "preload_app": True,
            "control_socket_disable": True,  # it would be a file in the home folder
            "logger_class": Log,
            "loglevel": "warning" if quiet else "info",
            "accesslog": None,
            "proc_name": "coalition",
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108
            "when_ready": wait_for_data,
            "post_fork": die_with_arbiter,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self):
        from coalition.wsgi import application

        return application


class Log(Logger):
    """Gunicorn's error log without addresses, and without who asked."""

    def warning(self, msg, *args, **kwargs):
        if not msg.startswith("Invalid request from"):
            super().warning(msg, *args, **kwargs)

    def exception(self, msg, *args, **kwargs):
        if msg == "Exception in worker process":  # it could not start: no request is involved
            super().exception(msg, *args, **kwargs)
            return
        kind, _error, frames = sys.exc_info()
        self.error_log.error(
            "A request failed in the server: %s\n%s",
            getattr(kind, "__name__", "unknown"),
            "".join(traceback.format_tb(frames)),
        )


def wait_for_data(arbiter: Arbiter) -> None:
    """Take a connection only once something was sent on it.

    Browsers open connections ahead of need; a sync worker would sit waiting on each.
    """
    if not hasattr(socket, "TCP_DEFER_ACCEPT"):
        return
    for listener in arbiter.LISTENERS:
        if listener.sock.family != socket.AF_UNIX:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 30)


def die_with_arbiter(arbiter: Arbiter, worker: Worker) -> None:
    """No worker outlives a killed Gunicorn: it would hold the port for some seconds more."""
    die_with_parent(arbiter.pid, signal.SIGTERM)


def has_static_files() -> bool:
    """Whether `collectstatic` has run; without it every page fails on its style sheet."""
    return (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
