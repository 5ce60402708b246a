"""Processes that share the work of one, each with a database connection of its own.

Nothing here may import a model: a process starts with this module, before Django is ready.
"""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import django
from django.db import connection

MOST = 8
# What they write counts only once the one that has the work done commits.
SESSION = "SET synchronous_commit = off"


@contextmanager
def workers() -> Iterator[ProcessPoolExecutor]:
    """One for each core. They see what is committed, and end with the process that has them.

    Started anew rather than forked: a fork would share this process's connection and its threads.
    """
    pool = ProcessPoolExecutor(
        min(cores(), MOST),
        multiprocessing.get_context("spawn"),
        initializer=begin,
        initargs=(dict(connection.settings_dict),),
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def begin(database: dict) -> None:
    """Make this new process ready to work; `database` is where its parent is connected to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops us
    threading.Thread(target=end_with_parent, daemon=True).start()
    django.setup()
    connection.settings_dict.update(database)
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
    gc.disable()  # it lives for a minute, and makes nothing that goes round in circles


def end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)
