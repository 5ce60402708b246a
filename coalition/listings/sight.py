"""What organizations show beside listings, in sight and out of it. Nothing is deleted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.members.permissions import can_review
from directory.models import Organization

from .actions import signed

STATE = ("published_at", "published_by", "held_back")


@dataclass(frozen=True)
class Sight:
    """How one kind of thing comes in sight and goes out of it.

    A row of `model` is in sight while it has a `published_at`. Where it is `held_back`, a
    coordinator has taken it out of sight, and only one brings it back. `subject` is its word in
    the record. `came` sees to what follows once one is in sight, and raises ValidationError for
    what may not be shown; `went`, once one is out of it.
    """

    model: type[models.Model]
    subject: str
    came: Callable[[models.Model], None]
    went: Callable[[models.Model], None]

    def shown(self, ids: Iterable) -> set[UUID]:
        """Which of these are in sight, or will be from a time that is set."""
        rows = self.model.objects.filter(pk__in=ids, published_at__isnull=False)
        return set(rows.values_list("pk", flat=True))

    @transaction.atomic
    def publish(self, ids: Iterable, *, by: str) -> None:
        """Let those see these for whom they are, from the moment each is to be shown."""
        rows = self.model.objects.select_for_update().filter(pk__in=list(ids))
        for one in rows.order_by("pk"):
            if one.published_at is None:
                one.published_at, one.published_by = timezone.now(), by[:200]
            one.held_back = False
            one.save(update_fields=STATE)
            self.came(one)

    def hide(self, one: models.Model, *, held_back: bool) -> None:
        """Take one that is locked out of sight."""
        one.published_at, one.published_by, one.held_back = None, "", held_back
        one.save(update_fields=STATE)
        self.went(one)

    @transaction.atomic
    def withdraw(self, one: models.Model, *, by: User) -> bool:
        """Out of sight. False where it was already."""
        one = self.model.objects.select_for_update().get(pk=one.pk)
        if one.published_at is None:
            return False
        self.hide(one, held_back=can_review(by))
        record(f"{self.subject}.hide", by=by, about=one)
        return True

    def withdraw_all(self, organization: Organization, *, by: User) -> None:
        """All that an organization shows, when it is suspended or has left."""
        shown = self.model.objects.of(organization).filter(published_at__isnull=False)
        for one in shown.only("pk").order_by("pk"):
            self.withdraw(one, by=by)

    @transaction.atomic
    def show_again(self, one: models.Model, *, by: User) -> bool:
        """Back in sight; False where it is. Raises ValidationError where it may not be shown, or
        where a coordinator has taken it out of sight and `by` is none."""
        one = self.model.objects.select_for_update().get(pk=one.pk)
        if one.published_at is not None:
            return False
        if one.held_back and not can_review(by):
            raise ValidationError(_("A coordinator has hidden this. Change it, and send it in."))
        self.publish([one.pk], by=signed(by) if can_review(by) else one.organization.filed_name)
        record(f"{self.subject}.show", by=by, about=one)
        return True
