"""What people write here: listings, and what other rooms add. Each has an editor of its own; the
draft, the desk, the difference and the history are one and the same for all.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from directory.interchange.schema import Node
from directory.interchange.subjects import SUBJECTS

from .models import Draft

if TYPE_CHECKING:
    from .advice import Advice
    from .editor import Section


def as_written(draft: Draft, document: dict) -> dict:
    return document


def nowhere(document: dict) -> str:
    return ""


def nothing(record_id) -> None:
    """A kind with nothing to see to once it has changed."""


def nothing_of_many(ids: list) -> None:
    """A kind whose rows are all there is of it."""


def none_known(draft: Draft) -> list:
    return []


@dataclass(frozen=True)
class Written:
    """One kind of thing that partners write.

    `subject` is that of its proposals, `kind` the code of its submissions. `sections` are the
    pages of its editor in order, by code. `shown` gives which of these records everyone sees now.
    `prepare` is the last word before a draft is sent in; it raises InvalidListing. `missing` says
    what people need to know and are not told, `problems` what is known to be wrong, `at_fault` in
    which section something that the whole was refused for is put right. `preview` answers with the
    page as everyone would see it, `page` with that of a record. With `fresh_at_once` a trusted
    member's new one is shown without waiting, as a change is. `changed` sees to what follows,
    `scrubbed` to what follows where words were changed in passing, to forget an address.
    `edit` is the name of the address that begins to write on one, `manage` of the page from which
    one is looked after.
    """

    subject: str
    kind: str
    label: Promise
    sections: dict[str, "Section"]
    shown: Callable[[Iterable], set[uuid.UUID]]
    preview: Callable[[HttpRequest, Draft], HttpResponse]
    page: Callable[[HttpRequest, uuid.UUID], HttpResponse]
    missing: Callable[[dict], Iterator["Advice"]]
    at_fault: Callable[[str, dict], str]
    prepare: Callable[[Draft, dict], dict] = as_written
    problems: Callable[[Draft], list["Advice"]] = none_known
    area: Callable[[dict], str] = nowhere
    changed: Callable[[uuid.UUID], None] = nothing
    scrubbed: Callable[[list], None] = nothing_of_many
    manage: str = ""
    fresh_at_once: bool = False
    checkable: bool = False
    edit: str = "coalition:service_edit"

    @property
    def node(self) -> Node:
        return SUBJECTS[self.subject].node

    def is_shown(self, record_id) -> bool:
        return bool(self.shown([record_id]))


WRITTEN: dict[str, Written] = {}


def register(written: Written) -> None:
    """Called once for each kind, when the site starts."""
    WRITTEN[written.subject] = written


def written(draft: Draft) -> Written:
    return WRITTEN[draft.subject]
