"""The only ways a listing changes: written, published, withdrawn. Search follows at once."""

import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.models import Service
from directory.models.enums import SHOWN, Visibility
from directory.search import index

from .publication import public_listings, redacted
from .read import batches, read_listings
from .write import write_documents

BATCH = 500


class Unreachable(ValidationError):
    """Nobody could get in touch with this service."""


@transaction.atomic
def write_listings(documents: Iterable[dict]) -> list[uuid.UUID]:
    """Write whole listing documents and bring search up to date, in one transaction.

    Returns the services' identifiers in order. Raises `write.InvalidListing`.
    """
    ids: list[uuid.UUID] = []
    for chunk in batches(documents, BATCH):
        written = write_documents(chunk)
        refresh_search(written)
        ids += written
    return ids


@transaction.atomic
def publish(ids: Iterable[uuid.UUID | str], *, by: str) -> None:
    """Let everyone see these services; `by` is who decided, in words.

    Raises Unreachable for a service without any phone, link, e-mail, street address or dated or
    weekly stop, and ValidationError for an Indigenous-led one whose steward has not consented.
    """
    for chunk in batches(ids, BATCH):
        publish_batch(chunk, by)


def publish_batch(ids: list, by: str) -> None:
    list(Service.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    documents = []
    for document in read_listings(ids):
        documents.append(redacted(document))
        if not is_reachable(documents[-1]):
            raise Unreachable(
                _("“%s” has no phone, link, address or stop: nobody could reach it.")
                % (document.get("name") or document.get("name_fr"))
            )
        if document.get("indigenous_led") and not document.get("steward_consented_on"):
            raise ValidationError(_("The steward has not consented to publishing this."))
    Service.objects.filter(pk__in=ids, published_at__isnull=True).update(
        published_at=timezone.now(), published_by=by
    )
    index.replace(ids, [document for document in documents if document["status"] in SHOWN])


@transaction.atomic
def withdraw(ids: Iterable[uuid.UUID | str]) -> None:
    """Take these services out of sight. Nothing is deleted."""
    ids = list(ids)
    list(Service.objects.select_for_update().filter(pk__in=ids).values_list("pk"))
    Service.objects.filter(pk__in=ids).update(published_at=None, published_by="")
    refresh_search(ids)


def refresh_search(ids: Iterable[uuid.UUID | str]) -> None:
    ids = list(ids)
    index.replace(ids, public_listings(ids))


def rebuild_search(progress=lambda done: None) -> int:
    """Write every row of the search table anew; returns how many services it holds.

    Old rows answer until the transaction ends.
    """
    done = 0
    with transaction.atomic():
        index.clear()
        for chunk in batches(Service.objects.published().values_list("pk", flat=True), BATCH):
            index.add(public_listings(chunk))
            done += len(chunk)
            progress(done)
    return done


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
