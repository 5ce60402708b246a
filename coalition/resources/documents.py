"""A resource as one document: read, checked, written. Proposals go through here."""

import uuid
from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.files.actions import hold
from coalition.listings.models import Draft
from directory.interchange.read import load_by
from directory.interchange.write import InvalidListing, write_one
from directory.models import Organization, Service

from . import index
from .enums import ELSEWHERE
from .models import Event, Resource, ResourceSlug, ResourceVersion
from .schema import RESOURCE


def read_resources(ids: Iterable[uuid.UUID | str]) -> Iterator[dict]:
    """Whole documents of these resources, in this order."""
    ids = [str(pk) for pk in ids]
    found = load_by(RESOURCE, "id", ids)
    yield from (found[pk] for pk in ids if pk in found)


@transaction.atomic
def write_resource(document: dict) -> None:
    """Write one, and make what it is found by anew. Raises InvalidListing.

    A version that people could have stays, whether the document still names it or not: links to
    it go on working.
    """
    document = with_all_versions(document)
    refuse_nothing(document)
    hold_files(document)
    write_one(document, RESOURCE, ResourceSlug, "resource")
    Resource.objects.filter(pk=document["id"]).update(last_modified=timezone.now())
    index.refresh(read_resources([document["id"]]))


def with_all_versions(document: dict) -> dict:
    known = next(read_resources([document["id"]]), {}).get("versions", [])
    named = {one.get("id") for one in document.get("versions", [])}
    left_out = [one for one in known if one["id"] not in named]
    return {**document, "versions": [*document.get("versions", []), *left_out]}


def refuse_nothing(document: dict) -> None:
    """There must be something to get: a file, a link, or words that say how."""
    there = ("versions", "url", "how_to_get", "how_to_get_fr")
    if not any(document.get(key) for key in there) and document.get("kind") not in ELSEWHERE:
        raise InvalidListing({"": [nothing_to_get()]})


def nothing_to_get() -> str:
    return _("There is nothing to get yet: add a file or a link, or say how to get or borrow it.")


def hold_files(document: dict) -> None:
    """New files are this organization's own, and are there."""
    try:
        wanted = {uuid.UUID(str((one.get("file") or {}).get("id"))) for one in document["versions"]}
    except (ValueError, AttributeError):
        raise InvalidListing({"versions": [_("A version has no file.")]}) from None
    known = ResourceVersion.objects.filter(resource=document["id"])
    new = wanted - set(known.values_list("file", flat=True))
    organization = Organization.objects.filter(pk=document["organization"]["id"]).first()
    try:
        hold(new, organization=organization)
    except ValidationError as error:
        raise InvalidListing({"versions": error.messages}) from error


def prepare(draft: Draft, document: dict) -> dict:
    """The last word before one is sent in: what it belongs to is its organization's own, or there
    for everyone. Raises InvalidListing."""
    errors: dict[str, list[str]] = {}
    ours = draft.organization_id
    before = next(read_resources([draft.record_id]), {})
    for key, pointer, model in (("services", "service", Service), ("events", "event", Event)):
        known = {one[pointer]["id"] for one in before.get(key, [])}
        asked = {str((one.get(pointer) or {}).get("id")) for one in document.get(key, [])} - known
        ids = [pk for pk in asked if is_uuid(pk)]
        may = model.objects.filter(organization=ours) | model.objects.published()
        found = {str(pk) for pk in may.filter(pk__in=ids).values_list("pk", flat=True)}
        for n, one in enumerate(document.get(key, [])):
            pk = str((one.get(pointer) or {}).get("id"))
            if pk not in found | known:
                errors[f"{key}[{n}].{pointer}"] = [_("This is not there any more: choose another.")]
    if errors:
        raise InvalidListing(errors)
    return document


def is_uuid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False
