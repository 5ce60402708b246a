"""The search table made anew from the catalogue: at once where it is small, else by every core."""

import datetime
from collections.abc import Callable
from concurrent.futures import as_completed

from django.db.models import QuerySet
from django.utils import timezone

from directory.models import SearchRow, Service
from directory.search import index, successor, wordlist

from .publication import public_listings
from .read import batches
from .workers import workers

SMALL = 5000  # services that one process writes before others have started
BATCH = 1000
Progress = Callable[[int], None]


def is_small() -> bool:
    return shown_services().count() < SMALL


def in_place(progress: Progress) -> int:
    """Write every row anew in the transaction that is running; returns how many services."""
    SearchRow.objects.all().delete()
    ways: wordlist.Ways = wordlist.Ways()
    now = timezone.now()
    done = 0
    for chunk in batches(shown_services(), BATCH):
        ways.update(fill(chunk, index.TABLE, now))
        done += len(chunk)
        progress(done)
    index.name_shown_organizations()
    wordlist.replace(ways, index.TABLE)
    return done


def beside(table: str, progress: Progress) -> int:
    """Write them to a new table of this name, with every core, and put it in the place of the old.

    The running transaction sees to it that no listing changes meanwhile; it must have changed none
    itself, which the other processes would not see. Returns how many services.
    """
    ways: wordlist.Ways = wordlist.Ways()
    now = timezone.now()
    done = 0
    successor.wait_without_limit()
    with workers() as pool:
        pool.submit(successor.make, table).result()
        filling = {
            pool.submit(fill, chunk, table, now): len(chunk)
            for chunk in batches(shown_services(), BATCH)
        }
        for task in as_completed(filling):
            ways.update(task.result())
            done += filling.pop(task)
            progress(done)
        finishing = [
            pool.submit(successor.vacuum, table),
            pool.submit(successor.add_indexes, table, gin=True),
            pool.submit(successor.add_indexes, table, gin=False),
        ]
        index.name_shown_organizations()
        wordlist.replace(ways, table)
        for task in finishing:
            task.result()
    successor.take_over(table)
    return done


def shown_services() -> QuerySet:
    return Service.objects.published().values_list("pk", flat=True)


def fill(ids: list, table: str, now: datetime.datetime) -> wordlist.Ways:
    """Write the rows of these services; returns the words they use."""
    return wordlist.used(index.insert(list(public_listings(ids)), now, table))
