"""A partner's work on listings, and what keeps them true."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from coalition.review.enums import State
from coalition.review.models import Submission
from directory.models import Organization, Proposal, Service, Subject
from directory.models.enums import Language

from .enums import FOUND, ProblemKind, Wrong

# What is written and has no name yet is called; other rooms add theirs.
NAMELESS = {Subject.SERVICE.value: _("A new listing")}


class Draft(models.Model):
    """A listing, or another kind of document, that somebody is writing. Kept until it is sent in
    or thrown away.

    `record_id` is its identifier, under which it is there only once it has been approved; `base`
    is the document the draft began from (empty for a new one), `document` what it has become,
    whole or not. `revision` rises with every save.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="drafts")
    subject = models.CharField(max_length=12, default=Subject.SERVICE)
    record_id = models.UUIDField(default=uuid.uuid4, db_index=True)
    base = models.JSONField(null=True, blank=True)
    document = models.JSONField(default=dict)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="listing_drafts"
    )
    submission = models.OneToOneField(
        Submission, models.SET_NULL, null=True, blank=True, related_name="draft"
    )
    created_at = models.DateTimeField(_("begun"), default=now, editable=False)
    updated_at = models.DateTimeField(_("saved"), default=now)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "record_id"],
                name="draft_one_for_each_author",
                violation_error_message=_("You are writing this already."),
            ),
        ]

    def __str__(self):
        own, other = self.document.get("name"), self.document.get("name_fr")
        if get_language() == "fr":
            own, other = other, own
        return own or other or str(NAMELESS.get(self.subject, "—"))


class Change(models.Model):
    """Who proposed what, and what decides it: a proposal's person and submission."""

    proposal = models.OneToOneField(
        Proposal, models.CASCADE, primary_key=True, related_name="change"
    )
    submission = models.OneToOneField(
        Submission, models.SET_NULL, null=True, blank=True, related_name="change"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self):
        return str(self.proposal_id)


class CareQuerySet(models.QuerySet):
    def passed_on(self):
        """Listings that nobody checked in time, which coordinators now have to see to."""
        return self.filter(passed_on_at__isnull=False, hidden_at__isnull=True).order_by(
            "passed_on_at", "pk"
        )

    def hidden(self):
        """Listings that are out of sight because nobody has checked them."""
        return self.filter(hidden_at__isnull=False).order_by("hidden_at", "pk")


class Care(models.Model):
    """What was done to have a listing checked; begins anew with every check."""

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="care")
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    passed_on_at = models.DateTimeField(_("given to coordinators"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)

    objects = CareQuerySet.as_manager()

    def __str__(self):
        return str(self.service_id)


class CheckRequestQuerySet(models.QuerySet):
    def open(self):
        """Neither answered nor too old."""
        return self.filter(used_at__isnull=True, expires_at__gt=now())

    def untold(self):
        """Of which the mail that holds the link is still to be written."""
        return self.open().filter(told_at__isnull=True, user__isnull=False)


class CheckRequest(models.Model):
    """Somebody is asked "still correct?": the link opens one listing, once, until it expires.

    The mail that holds it, perhaps with others of the same morning, is written after (`told_at`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="check_requests")
    email = models.EmailField(_("e-mail"))
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("asked"), default=now, editable=False)
    told_at = models.DateTimeField(_("written to"), null=True, blank=True)
    expires_at = models.DateTimeField(_("until"))
    used_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = CheckRequestQuerySet.as_manager()

    def __str__(self):
        return str(self.service_id)


class CorrectionQuerySet(models.QuerySet):
    def waiting(self):
        """Not settled yet, what is urgent first, then the oldest."""
        return self.filter(submission__state=State.WAITING).order_by(
            "-submission__urgent", "submission__submitted_at", "pk"
        )

    def of(self, organization: Organization):
        """About the listings of this organization."""
        return self.filter(service__organization=organization)


class Correction(models.Model):
    """What somebody who reads the directory says is wrong.

    `times` is how many have said so. `contact` is how they may be reached, if they wish; it is
    forgotten once this is settled.

    For an address, `places` are the locations it is about, `hidden` those that were hidden at once
    with the visibility each had before, `withdrawn` the listings that had to go out of sight with
    them, and `proposal` the change to this listing.
    """

    submission = models.OneToOneField(
        Submission, models.CASCADE, primary_key=True, related_name="correction"
    )
    service = models.ForeignKey(Service, models.CASCADE, related_name="corrections")
    wrong = models.CharField(_("what is wrong"), max_length=7, choices=Wrong)
    text = models.TextField(_("what is wrong, in your words"), blank=True)
    contact = models.CharField(_("how to reach you"), max_length=200, blank=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    proposal = models.ForeignKey(Proposal, models.SET_NULL, null=True, blank=True, related_name="+")
    hid = models.BooleanField(_("hidden at once"), default=False)
    times = models.PositiveIntegerField(_("said so often"), default=1)
    places = ArrayField(models.UUIDField(), default=list, blank=True)
    hidden = models.JSONField(default=dict, blank=True)
    withdrawn = ArrayField(models.UUIDField(), default=list, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrong__in=Wrong.values),
                name="correction_says_what_is_wrong",
                violation_error_message=_("Say what is wrong."),
            ),
        ]

    def __str__(self):
        return f"{self.wrong} {self.service_id}"


class ProblemQuerySet(models.QuerySet):
    def of(self, *organizations):
        """With what these organizations show."""
        return self.filter(
            models.Q(service__organization__in=organizations)
            | models.Q(organization__in=organizations)
        )

    def shown(self):
        """With listings that people see, and with all else that was looked at."""
        return self.filter(
            models.Q(service__in=Service.objects.published()) | models.Q(service__isnull=True)
        )


class Problem(models.Model):
    """Something the weekly look found; gone once it is gone there.

    It is with a listing, or else with a record of another `subject` that is shown by
    `organization`.
    """

    service = models.ForeignKey(
        Service, models.CASCADE, null=True, blank=True, related_name="problems"
    )
    subject = models.CharField(max_length=12, default=Subject.SERVICE)
    record_id = models.UUIDField(null=True, blank=True)
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=5, choices=ProblemKind)
    value = models.CharField(_("what"), max_length=500)
    said = models.CharField(_("what was found"), max_length=200, blank=True)
    found_at = models.DateTimeField(_("since"), default=now, editable=False)
    seen_at = models.DateTimeField(_("seen last"), default=now)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        ordering = ["found_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "kind", "value"],
                name="problem_is_unique",
                violation_error_message=_("This is known already."),
            ),
            models.UniqueConstraint(
                fields=["record_id", "kind", "value"],
                name="problem_of_another_is_unique",
                violation_error_message=_("This is known already."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    service__isnull=False, record_id__isnull=True, organization__isnull=True
                )
                | models.Q(
                    service__isnull=True, record_id__isnull=False, organization__isnull=False
                ),
                name="problem_is_with_one_thing",
                violation_error_message=_("A problem is with one thing."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.value}"

    @property
    def about_id(self) -> uuid.UUID:
        """What it is with."""
        return self.service_id or self.record_id

    @property
    def explained(self) -> str:
        """What was found, in words."""
        if self.said in FOUND:
            return str(FOUND[self.said])
        return gettext("The page answers “%s”.") % self.said
