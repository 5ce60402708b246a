"""How resources come in sight and go out of it. What they say goes through proposals, as listings
do."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.listings.actions import signed
from coalition.listings.looking import forget
from coalition.listings.models import Draft
from coalition.members.permissions import can_review
from directory.models import Organization, Proposal

from . import index
from .documents import read_resources
from .models import Resource, ResourceVersion


@transaction.atomic
def publish(ids: Iterable, *, by: str) -> None:
    """Let those see these for whom they are, from the moment each is to be shown."""
    ids = [row.pk for row in locked(ids)]
    Resource.objects.filter(pk__in=ids).update(held_back=False)
    Resource.objects.filter(pk__in=ids, published_at__isnull=True).update(
        published_at=timezone.now(), published_by=by[:200]
    )
    index.refresh(read_resources(ids))


def locked(ids: Iterable) -> list[Resource]:
    return list(Resource.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk"))


@transaction.atomic
def withdraw(resource: Resource, *, by: User) -> bool:
    """Out of sight; nothing is deleted. What a coordinator has taken out of sight, only one brings
    back. False where it was out of sight already."""
    (resource,) = locked([resource.pk])
    if resource.published_at is None:
        return False
    resource.published_at, resource.published_by = None, ""
    resource.held_back = can_review(by)
    resource.save(update_fields=["published_at", "published_by", "held_back"])
    forget(resource.pk)
    record("resource.hide", by=by, about=resource)
    return True


def withdraw_all(organization: Organization, *, by: User) -> None:
    """All that an organization shares, when it is suspended or has left."""
    shown = Resource.objects.of(organization).filter(published_at__isnull=False).defer("words")
    for resource in shown:
        withdraw(resource, by=by)


@transaction.atomic
def show_again(resource: Resource, *, by: User) -> bool:
    """Back in sight. Raises ValidationError where a coordinator has taken it out of sight and `by`
    is none; False where it is in sight."""
    (resource,) = locked([resource.pk])
    if resource.published_at is not None:
        return False
    if resource.held_back and not can_review(by):
        raise ValidationError(_("A coordinator has hidden this. Change it, and send it in."))
    publish([resource.pk], by=signed(by) if can_review(by) else resource.organization.filed_name)
    record("resource.show", by=by, about=resource)
    return True


@transaction.atomic
def remove_file(version: ResourceVersion, *, by: User, note: str) -> None:
    """A file that should never have been shared, gone for good: from the page, from every document
    before and after, from the database. Links to it lead nowhere. Raises ValidationError without
    a `note` that says why."""
    if not note.strip():
        raise ValidationError({"note": _("Say why: it is kept in the record.")})
    (resource,) = locked([version.resource_id])
    file = version.file
    ResourceVersion.objects.filter(pk=version.pk).delete()
    for proposal in Proposal.objects.filter(record_id=resource.pk).select_for_update():
        proposal.before = without_file(proposal.before, file.pk)
        proposal.after = without_file(proposal.after, file.pk)
        proposal.save(update_fields=["before", "after"])
    for draft in Draft.objects.filter(record_id=resource.pk).select_for_update():
        draft.base = without_file(draft.base, file.pk)
        draft.document = without_file(draft.document, file.pk)
        draft.save(update_fields=["base", "document"])
    if not file.resource_versions.exists():
        file.delete()
    index.refresh(read_resources([resource.pk]))
    record("resource.remove-file", by=by, about=resource, note=f"{file.name}: {note.strip()}")


def without_file(document: dict | None, file_id) -> dict | None:
    """The same without versions of this file."""
    if not document or "versions" not in document:
        return document
    versions = [one for one in document["versions"] if one["file"]["id"] != str(file_id)]
    rest = {key: value for key, value in document.items() if key != "versions"}
    return {**rest, "versions": versions} if versions else rest


def thank(resource: Resource) -> None:
    """One more thanks: a count, and nothing about whose."""
    Resource.objects.filter(pk=resource.pk).update(thanks=F("thanks") + 1)
