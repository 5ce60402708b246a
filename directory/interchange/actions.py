"""The only ways a listing changes: written, published, withdrawn. Search follows at once."""

import json
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import Service
from directory.models.enums import SHOWN, Visibility
from directory.search import index, successor

from . import rebuild
from .publication import public_listings, redacted
from .read import batches, read_listings
from .write import InvalidListing, write_documents

BATCH = 500
WRITING = "directory.search"  # held shared by who changes listings, alone by who rebuilds search


# Called with the identifiers of places that have changed, in the same transaction.
FOLLOWERS: list[Callable[[list[str]], None]] = []


class Unreachable(ValidationError):
    """Nobody could get in touch with this service."""


@transaction.atomic
def write_listings(documents: Iterable[dict]) -> list[uuid.UUID]:
    """Write whole listing documents and bring search up to date, in one transaction.

    Other listings follow where what they share (an organization, a place) has changed. Returns
    the services' identifiers in order. Raises `write.InvalidListing`, also for a published
    listing that could then not be reached, or would give a private address away.
    """
    hold(alone=False)
    ids: list[uuid.UUID] = []
    for chunk in batches(documents, BATCH):
        written = write_documents(chunk)
        published = {str(pk) for pk in published_among(written.ids)}
        for position, document in enumerate(read_listings(written.ids)):
            if document["id"] in published:
                try:
                    refuse_harm(document)
                except ValidationError as error:
                    raise InvalidListing({"": error.messages}, len(ids) + position) from error
        refresh_search([*written.ids, *written.siblings])
        for follower in FOLLOWERS if written.places else ():
            follower(written.places)
        ids += written.ids
    return ids


@transaction.atomic
def publish(ids: Iterable[uuid.UUID | str], *, by: str) -> None:
    """Let everyone see these services; `by` is who decided, in words.

    Raises Unreachable for a service without any phone, link, e-mail, street address or dated or
    weekly stop, and ValidationError for an Indigenous-led one whose steward has not consented,
    and for one whose own words tell the address that is to stay private.
    """
    hold(alone=False)
    for chunk in batches(ids, BATCH):
        publish_batch(chunk, by)


def publish_batch(ids: list, by: str) -> None:
    list(Service.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    documents = []
    for document in read_listings(ids):
        refuse_harm(document)
        if document.get("indigenous_led") and not document.get("steward_consented_on"):
            raise ValidationError(_("The steward has not consented to publishing this."))
        documents.append(redacted(document))
    Service.objects.filter(pk__in=ids, published_at__isnull=True).update(
        published_at=timezone.now(), published_by=by
    )
    index.replace(ids, [document for document in documents if document["status"] in SHOWN])


@transaction.atomic
def withdraw(ids: Iterable[uuid.UUID | str]) -> None:
    """Take these services out of sight. Nothing is deleted."""
    hold(alone=False)
    ids = list(ids)
    list(Service.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    Service.objects.filter(pk__in=ids).update(published_at=None, published_by="")
    refresh_search(ids)


def refresh_search(ids: Iterable[uuid.UUID | str]) -> None:
    ids = list(ids)
    index.replace(ids, public_listings(ids))


def rebuild_search(progress: Callable[[int], None] = lambda done: None) -> int:
    """Write the whole search table anew; returns how many services it holds.

    The old one answers until the new one is whole; listings wait to be changed until then. A large
    catalogue is written beside it, by processes of their own, unless a transaction is running
    whose changes they would not see.
    """
    if connection.in_atomic_block or rebuild.is_small():
        with transaction.atomic():
            hold(alone=True)
            return rebuild.in_place(progress)
    table = successor.new_name()
    try:
        with transaction.atomic():
            hold(alone=True)
            return rebuild.beside(table, progress)
    except BaseException:
        with suppress(Error):  # where the database is gone, the next run removes it
            successor.remove(table)
        raise


def hold(*, alone: bool) -> None:
    """Keep changes of listings and a rebuild of search apart, until this transaction ends."""
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtext(%s))", [WRITING])


def published_among(ids: list) -> list:
    return list(
        Service.objects.filter(pk__in=ids, published_at__isnull=False).values_list("pk", flat=True)
    )


def refuse_harm(document: dict) -> None:
    """Raises Unreachable or ValidationError for a listing that must not be shown so."""
    public = redacted(document)
    name = document.get("name") or document.get("name_fr")
    if not is_reachable(public):
        raise Unreachable(
            _("“%s” has no phone, link, address or stop: nobody could reach it.") % name
        )
    said = json.dumps(public, ensure_ascii=False).casefold()
    for street in hidden_streets(document):
        if street.casefold() in said:
            raise ValidationError(
                _("The words of “%s” tell the address that is to stay private.") % name
            )


def hidden_streets(document: dict) -> list[str]:
    """Street addresses of this listing that nobody is to see."""
    places = [place["location"] for place in document.get("service_at_locations", [])]
    return [
        address["address_1"]
        for location in places
        if location["visibility"] != Visibility.PUBLIC
        for address in location.get("addresses", [])
        if address.get("address_1")
    ]


def is_reachable(document: dict) -> bool:
    """Whether a reader of this public document could get in touch: phone, link, mail, a door.

    A stop without a street counts where it says when; a place nobody is shown does not.
    """
    if any(document.get(key) for key in ("phones", "url", "email", "additional_urls")):
        return True
    organization = document.get("organization", {})
    if any(organization.get(key) for key in ("phones", "website", "email")):
        return True
    for place in document.get("service_at_locations", []):
        location = place["location"]
        if place.get("phones") or location.get("phones"):
            return True
        if place.get("schedules") and location["visibility"] == Visibility.PUBLIC:
            return True
        if any(address.get("address_1") for address in location.get("addresses", [])):
            return True
    return False
