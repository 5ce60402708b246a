"""The only ways a file is kept, read, held and forgotten."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.models import User
from directory.models import Organization

from .inspecting import Found, inspect
from .models import PIECE, FilePiece, StoredFile

BATCH = 500
SENT_TWICE = timedelta(hours=1)

# Each says which of the given files something names: a document, live or in a draft, a proposal
# that waits, or the history.
HOLDERS: list[Callable[[Iterable[UUID]], set[UUID]]] = []


def register_holder(holder: Callable[[Iterable[UUID]], set[UUID]]) -> None:
    """Called once by each room that names files, when the site starts."""
    if holder not in HOLDERS:
        HOLDERS.append(holder)


def keep(
    upload: File, *, organization: Organization | None, by: User | None, pictures_only: bool = False
) -> StoredFile:
    """Keep an upload as what its content says it is. Raises ValidationError (see `inspecting`).

    The same file sent again within the hour, by a second press or a form that saves itself, is the
    one that is there. A file that no document names is forgotten after a week: see `hold`.
    """
    found = inspect(upload, pictures_only=pictures_only)
    sha256 = hashlib.file_digest(found.content, "sha256").hexdigest()
    about = {"name": found.name, "sha256": sha256, "organization": organization, "uploaded_by": by}
    there = StoredFile.objects.whole().filter(**about, created_at__gt=timezone.now() - SENT_TWICE)
    return there.first() or store(found, about)


@transaction.atomic
def store(found: Found, about: dict, original: StoredFile | None = None) -> StoredFile:
    file = StoredFile.objects.create(
        **about,
        format=found.format,
        size=found.size,
        width=found.width,
        height=found.height,
        original=original,
    )
    found.content.seek(0)
    number = 0
    while data := found.content.read(PIECE):
        FilePiece.objects.create(file=file, number=number, data=data)
        number += 1
    if found.small:
        sha256 = hashlib.file_digest(found.small.content, "sha256").hexdigest()
        store(found.small, about | {"sha256": sha256}, file)
    return file


def read(file: StoredFile) -> Iterator[bytes]:
    """The content, a piece at a time: no more than that is ever in memory."""
    for number in range(-(-file.size // PIECE)):
        yield bytes(FilePiece.objects.values_list("data", flat=True).get(file=file, number=number))


def hold(ids: Iterable[UUID], *, organization: Organization | None) -> list[StoredFile]:
    """Make sure of files that a document is about to name, in the transaction that writes it.

    Give those alone that it did not name before. Raises ValidationError where one is not there any
    more, or is not this organization's: who can name a file can show it to everyone.
    """
    wanted = set(ids)
    files = StoredFile.objects.kept_by(organization).whole().filter(pk__in=wanted).order_by("pk")
    held = list(files.select_for_update(no_key=True))
    if len(held) != len(wanted):
        raise ValidationError(
            _("A file is not there any more. Choose it again, then save."), code="gone"
        )
    return held


def forget_unheld() -> int:
    """Forget the files that nothing has named for a week. Returns how many.

    Where no room has said what it holds, nothing is known to be free: none is forgotten.
    """
    if not HOLDERS:
        return 0
    old = list(StoredFile.objects.old().order_by("pk").values_list("pk", flat=True))
    return sum(forget_unheld_of(old[at : at + BATCH]) for at in range(0, len(old), BATCH))


@transaction.atomic
def forget_unheld_of(ids: list[UUID]) -> int:
    """A file that is just being named is locked, and passed over this time."""
    files = StoredFile.objects.filter(pk__in=ids).select_for_update(skip_locked=True)
    free = set(files.values_list("pk", flat=True))
    for holder in (pointed_at, *HOLDERS):
        if free:
            free -= set(holder(free))
    StoredFile.objects.filter(pk__in=free).delete()
    return len(free)


def pointed_at(ids: Iterable[UUID]) -> set[UUID]:
    """Of these files, those at which a row of another table points, unless it goes with them."""
    found = set()
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if relation.auto_created and getattr(relation, "on_delete", None) not in {
            None,
            models.CASCADE,
        }:
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": ids})
            found |= set(rows.values_list(name, flat=True))
    return found
