"""What coordinators have found out about the catalogue as a whole."""

from django.conf import settings
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from directory.models import Service

from .enums import Settled, Why


class PairQuerySet(models.QuerySet):
    def open(self):
        """Still to be looked at: the likeliest first."""
        return self.filter(settled_at__isnull=True).order_by("-likeness", "pk")


class Pair(models.Model):
    """Two listings that may be one. `likeness` is that of their names, from 0 to 1.

    Once settled it is remembered: what is not a duplicate is not shown again.
    """

    first = models.ForeignKey(Service, models.CASCADE, related_name="+")
    second = models.ForeignKey(Service, models.CASCADE, related_name="+")
    why = models.CharField(_("why"), max_length=7, choices=Why)
    likeness = models.FloatField(_("how alike their names are"), default=0)
    found_at = models.DateTimeField(_("found"), default=now, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    settled_as = models.CharField(_("settled as"), max_length=6, choices=Settled, blank=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-likeness", "id"],
                condition=models.Q(settled_at__isnull=True),
                name="pair_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="pair_is_unique",
                violation_error_message=_("These two are known already."),
            ),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="pair_is_in_order",
                violation_error_message=_("A pair has two listings, in order."),
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True, settled_as="")
                | (models.Q(settled_at__isnull=False) & ~models.Q(settled_as="")),
                name="pair_settled_as_something",
                violation_error_message=_("Say what these two turned out to be."),
            ),
        ]

    def __str__(self):
        return f"{self.first_id} {self.second_id}"


class Lack(models.Model):
    """That a listing, or what else its concern is about, lacked something when all of it was last
    gone through.

    `since` orders a list of them: what is to be seen to first has the earliest.
    """

    record_id = models.UUIDField()
    concern = models.CharField(max_length=20)
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["concern", "since", "record_id"], name="lack_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["record_id", "concern"],
                name="lack_is_unique",
                violation_error_message=_("This is known already."),
            ),
        ]

    def __str__(self):
        return f"{self.concern} {self.record_id}"
