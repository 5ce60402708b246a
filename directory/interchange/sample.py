"""The sample catalogue: about 400 invented services in real Canadian towns, both languages.

It is what people see before a coalition has brought in its own listings, and what tests and
pictures are made with. The texts are in `data/sample/`; `fiction` makes documents of them. Dates
in it (van stops, when something was checked) are relative to the day on which it is loaded.
"""

import datetime
import hashlib
import uuid
from functools import lru_cache
from pathlib import Path

from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from directory.models import Service, SourceRecord

from . import fiction, shorthand
from .actions import publish, withdraw, write_listings
from .merging import merge, normalized
from .read import read_listings
from .schema import SERVICE, Node

SOURCE = "sample"
# Everything in the catalogue that was made up comes from one of these.
FICTIONAL_SOURCES = (SOURCE, "made")
# The record that says which version was loaded, for which day.
MARKER = "catalogue"
PUBLISHED_BY = "sample catalogue"
CACHE_KEY = "sample-catalogue"
REMEMBERED_SECONDS = 60


def is_sample_catalogue() -> bool:
    """Whether the database holds invented listings, which every page must then say.

    Remembered for a minute by each process. False where there is no database, or no tables yet.
    """
    try:
        return caches["memory"].get_or_set(CACHE_KEY, holds_fiction, REMEMBERED_SECONDS)
    except (DatabaseError, InterfaceError, ImproperlyConfigured):
        return False


def holds_fiction() -> bool:
    return SourceRecord.objects.filter(source__in=FICTIONAL_SOURCES).exists()


def forget() -> None:
    """Ask the database again the next time someone wants to know."""
    caches["memory"].delete(CACHE_KEY)


def sample_documents(today: datetime.date) -> list[dict]:
    """The sample catalogue as listing documents, every object with its lasting `id`. Pure."""
    return [identified(document) for document in fiction.documents(today)]


@lru_cache(maxsize=1)
def version() -> str:
    """Of the files the catalogue is made from, and of the code that reads them."""
    files = [
        *sorted(fiction.DATA.rglob("*.toml")),
        *map(Path, (fiction.__file__, shorthand.__file__)),
    ]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def load_sample(today: datetime.date | None = None) -> int:
    """Bring the sample catalogue in, or up to date for this day; how many listings it wrote.

    What people have changed in the meantime stays as they made it, what they withdrew stays
    withdrawn, and listings that the sample no longer has go out of sight. Loading the same
    version again on the same day does nothing.
    """
    today = today or timezone.localdate()
    wanted = {"version": version(), "day": today.isoformat()}
    if is_loaded(wanted):
        return 0
    return bring_in(sample_documents(today), wanted)


def is_loaded(wanted: dict) -> bool:
    marker = SourceRecord.objects.filter(source=SOURCE, source_id=MARKER).first()
    return marker is not None and marker.document == wanted


@transaction.atomic
def bring_in(documents: list[dict], wanted: dict) -> int:
    """Make these the sample catalogue; `wanted` says which they are, for `is_loaded`."""
    with connection.cursor() as cursor:  # two loads at once would each add what the other adds
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sample catalogue'))")
    if is_loaded(wanted):
        return 0
    incoming = {document["id"]: normalized(document) for document in documents}
    before = known_documents()
    changed = up_to_date(incoming, before)
    write_listings(changed)
    remember(incoming, wanted)
    publish([pk for pk in incoming if pk not in before], by=PUBLISHED_BY)  # in the list’s order
    if gone := before.keys() - incoming.keys():
        withdraw(gone)
    forget()
    return len(changed)


def known_documents() -> dict[str, dict]:
    """What was loaded before, by service: the base of every comparison."""
    records = SourceRecord.objects.filter(source=SOURCE).exclude(source_id=MARKER)
    return dict(records.values_list("source_id", "document"))


def up_to_date(incoming: dict[str, dict], before: dict[str, dict]) -> list[dict]:
    """The documents to write: new ones, and known ones that differ, without undoing people."""
    current = {d["id"]: normalized(d) for d in read_listings(incoming.keys() & before.keys())}
    merged = {
        pk: merge(before[pk], current[pk], incoming[pk]).document
        for pk in incoming
        if pk in current
    }
    # Listings of one organization must say the same of it: what the catalogue says, by now.
    shared = {
        item["id"]: item
        for document in merged.values()
        for item in (document["organization"], *locations(document))
    }
    added = []
    for pk, document in incoming.items():
        if pk not in merged:
            organization = shared.get(document["organization"]["id"], document["organization"])
            document = document | {"organization": organization}
            if places := document.get("service_at_locations"):
                document["service_at_locations"] = [
                    {**place, "location": shared.get(place["location"]["id"], place["location"])}
                    for place in places
                ]
            added.append(document)
    changed = [document for pk, document in merged.items() if document != current[pk]]
    return [*added, *changed]


def locations(document: dict) -> list[dict]:
    return [place["location"] for place in document.get("service_at_locations", [])]


def remember(incoming: dict[str, dict], wanted: dict) -> None:
    """What this load said, and which version for which day."""
    there = {str(pk) for pk in Service.objects.filter(pk__in=incoming).values_list("pk", flat=True)}
    records = [
        SourceRecord(source=SOURCE, source_id=pk, service_id=pk, document=document)
        for pk, document in incoming.items()
        if pk in there
    ]
    first = next(iter(incoming))
    records.append(SourceRecord(source=SOURCE, source_id=MARKER, service_id=first, document=wanted))
    SourceRecord.objects.bulk_create(
        records,
        update_conflicts=True,
        unique_fields=["source", "source_id"],
        update_fields=["service", "document", "imported_at"],
    )


def identified(document: dict, node: Node = SERVICE) -> dict:
    """The document with an `id` on every part, as writing it would give it.

    With identifiers of their own, two versions of a list can be compared item by item.
    """
    result = dict(document)
    owner = uuid.UUID(document["id"])
    for key, child in node.parts.items():
        if items := document.get(key):
            result[key] = [
                identified({"id": str(uuid.uuid5(owner, f"{key}[{position}]")), **item}, child)
                for position, item in enumerate(items)
            ]
    for key, child in node.links.items():
        if key in document:
            result[key] = identified(document[key], child)
    return result
