"""Whatever is submitted, waits, and is decided by a coordinator."""

import hashlib
import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from directory.models import Organization
from directory.models.enums import Province

from .enums import Outcome, State


class SubmissionQuerySet(models.QuerySet):
    def waiting(self):
        """What a coordinator has to decide: what is urgent first, then the oldest."""
        return self.filter(state=State.WAITING).order_by("-urgent", "submitted_at", "pk")

    def of(self, kind: str):
        return self.filter(kind=kind)


class Submission(models.Model):
    """One thing of one `kind` that was sent in: what it is hangs on it from the room that owns it.

    `round` counts how often it was sent in; a decision names the round it was made on, so that
    nobody decides on words they have not read. `area` is a province, empty for all of Canada.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.SlugField(_("kind"), max_length=40)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING, editable=False
    )
    title = models.CharField(_("title"), max_length=300)
    area = models.CharField(_("area"), max_length=2, choices=Province, blank=True)
    organization = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="submissions"
    )
    urgent = models.BooleanField(_("urgent"), default=False)
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="submissions"
    )
    submitted_at = models.DateTimeField(_("sent in"), default=now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-urgent", "submitted_at", "id"],
                condition=models.Q(state="waiting"),
                name="submission_queue",
            ),
            models.Index(fields=["organization", "state"], name="submission_organization"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=State.values),
                name="submission_state_is_known",
                violation_error_message=_("Choose a state."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "withdrawn"], decided_at__isnull=True)
                | (
                    models.Q(decided_at__isnull=False)
                    & ~models.Q(state__in=["waiting", "withdrawn"])
                ),
                name="submission_decided_at_a_time",
                violation_error_message=_("A decision has a time."),
            ),
        ]

    def __str__(self):
        return self.title


class Decision(models.Model):
    """One step in the life of a submission. Never changed, never removed."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="decisions")
    outcome = models.CharField(_("what"), max_length=10, choices=Outcome)
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("when"), default=now, editable=False, db_index=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "round"],
                condition=~models.Q(outcome="submitted"),
                name="decision_once_a_round",
                violation_error_message=_("Somebody has decided this already."),
            ),
        ]

    def __str__(self):
        return f"{self.outcome} {self.submission_id}"


class CannedReasonQuerySet(models.QuerySet):
    def fitting(self, kind: str):
        """Those for this kind of submission, and those for all."""
        return self.filter(kind__in=["", kind])


class CannedReason(models.Model):
    """A reason coordinators give often, to start from. With an empty `kind` it is for all."""

    kind = models.SlugField(_("kind"), max_length=40, blank=True)
    outcome = models.CharField(_("for"), max_length=10, choices=Outcome)
    text = models.TextField(_("text"))
    text_fr = models.TextField(_("text in French"), blank=True)

    objects = CannedReasonQuerySet.as_manager()

    class Meta:
        ordering = ["outcome", "kind", "pk"]

    def __str__(self):
        return self.text[:60]

    @property
    def mark(self) -> str:
        """Tells this reason, as it stands, from what it becomes."""
        whole = "\0".join([self.kind, self.outcome, self.text, self.text_fr])
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    def said(self, language: str) -> str:
        """The text for a reader of `language`; the English one where there is no other."""
        return (self.text_fr if language == "fr" else "") or self.text


class Desk(models.Model):
    """What coordinators have set for the whole site. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    hide_after_days = models.PositiveSmallIntegerField(
        _("hide a listing this many days after its check was due"),
        default=120,
        validators=[MinValueValidator(14)],
    )
    hidden_addresses_per_hour = models.PositiveSmallIntegerField(
        _("addresses a report may hide at once, in one hour"), default=10
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1),
                name="desk_is_one",
                violation_error_message=_("There is one desk."),
            ),
        ]

    def __str__(self):
        return str(_("Desk"))

    @property
    def mark(self) -> str:
        """Tells these settings from others."""
        return f"{self.hide_after_days}-{self.hidden_addresses_per_hour}"

    @classmethod
    def settings(cls) -> "Desk":
        return cls.objects.filter(pk=1).first() or cls()
