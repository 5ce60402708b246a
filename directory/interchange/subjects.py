"""The kinds of document that proposals carry: how each is read, written and let be seen.

The catalogue registers listings and organizations; rooms of the coalition register their own.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .schema import Node

Ids = Iterable[uuid.UUID | str]


@dataclass(frozen=True)
class Kept:
    """One kind of document.

    `read` gives whole documents of these records in this order, leaving out unknown ones; `write`
    puts one into the database, whole, and raises InvalidListing. `publish` lets everyone see these
    records, with `by` in words, and raises ValidationError where they may not be seen; a kind
    without it is not published by itself.
    """

    code: str
    node: Node
    read: Callable[[Ids], Iterator[dict]]
    write: Callable[[dict], None]
    publish: Callable[..., None] | None = None

    def lock(self, record_id) -> None:
        """Nobody else changes this record until the transaction ends."""
        list(self.node.model.objects.select_for_update().filter(pk=record_id).values_list("pk"))


SUBJECTS: dict[str, Kept] = {}


def register(kept: Kept) -> None:
    """Called once for each kind, when the site starts."""
    SUBJECTS[kept.code] = kept
