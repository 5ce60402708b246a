"""What every record of the catalogue shares."""

import uuid
from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named:
    """What has a name in one language or in both; in words, it is called by the reader's."""

    def __str__(self):
        own, other = self.name, self.name_fr
        return (other or own) if get_language() == "fr" else (own or other)

    @property
    def filed_name(self) -> str:
        """The name that is kept elsewhere (in the record, as who checked), whoever wrote it."""
        return self.name or self.name_fr


class Record(models.Model):
    """A row with an HSDS identifier.

    Text that people read comes as a pair: `name` in English, `name_fr` in French; either may be
    empty, and a page shows the other, marked with its language.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Part(Record):
    """A row that belongs to another and keeps its place in that one's list.

    `position` is the index in the document's list: the first phone is the one to call.
    """

    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "id"]


def named(model: str) -> models.CheckConstraint:
    """A name in at least one language."""
    return models.CheckConstraint(
        condition=~models.Q(name="") | ~models.Q(name_fr=""),
        name=f"{model}_has_a_name",
        violation_error_message=_("Give a name in English or in French."),
    )


def one_parent(model: str, *parents: str) -> models.CheckConstraint:
    """Exactly one of the foreign keys is set."""
    condition = models.Q()
    for chosen in parents:
        condition |= models.Q(**{f"{parent}__isnull": parent != chosen for parent in parents})
    return models.CheckConstraint(
        condition=condition,
        name=f"{model}_has_one_parent",
        violation_error_message=_("This must belong to exactly one record."),
    )


@cache
def known_timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def validate_timezone(value: str) -> None:
    """An IANA time zone name such as America/Winnipeg."""
    if value not in known_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone."), params={"value": value})
