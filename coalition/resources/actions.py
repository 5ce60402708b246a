"""How resources come in sight and go out of it. What they say goes through proposals, as listings
do."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.listings.looking import forget
from coalition.listings.models import Draft
from coalition.listings.sight import Sight
from directory.models import Proposal

from . import index
from .documents import read_resources
from .models import Resource, ResourceVersion
from .schema import SUBJECT


def came(resource: Resource) -> None:
    """It is in sight."""
    index.refresh(read_resources([resource.pk]))


def went(resource: Resource) -> None:
    """It is out of sight."""
    forget(resource.pk)


SIGHT = Sight(Resource, SUBJECT, came, went)
publish, withdraw, show_again = SIGHT.publish, SIGHT.withdraw, SIGHT.show_again


@transaction.atomic
def remove_file(version: ResourceVersion, *, by: User, note: str) -> None:
    """A file that should never have been shared, gone for good: from the page, from every document
    before and after, from the database. Links to it lead nowhere. Raises ValidationError without
    a `note` that says why."""
    if not note.strip():
        raise ValidationError({"note": _("Say why: it is kept in the record.")})
    resource = Resource.objects.select_for_update().get(pk=version.resource_id)
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
