"""Every change to a listing, made or waiting. What was applied is its history."""

import uuid

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    """Who or what proposed a change."""

    PARTNER = "partner", _("Its organization")
    COORDINATOR = "coordinator", _("A coordinator")
    PUBLIC = "public", _("Somebody who reads the directory")
    IMPORT = "import", _("An import")
    SYSTEM = "system", _("The site itself")


class Subject(models.TextChoices):
    """What kind of document of the catalogue a proposal changes; others have more."""

    SERVICE = "service", _("Listing")
    ORGANIZATION = "organization", _("Organization")


class ImportRun(models.Model):
    """One import that wrote: its proposals can be undone together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.SlugField(_("source"), max_length=60)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("when"), default=now, editable=False)
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    held = models.PositiveIntegerField(_("waiting for a decision"), default=0)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=200, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_by="")
                | (models.Q(undone_at__isnull=False) & ~models.Q(undone_by="")),
                name="importrun_undone_by_someone",
                violation_error_message=_("Say who undid this, and when."),
            ),
        ]

    def __str__(self):
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"


class ProposalQuerySet(models.QuerySet):
    def applied(self):
        return self.filter(applied_at__isnull=False)

    def history(self, record_id):
        """What has happened to one record, newest first."""
        return self.applied().filter(record_id=record_id).order_by("-number")


class Proposal(models.Model):
    """A whole document before and after: waiting (`applied_at` empty) or part of the history.

    `record_id` is the identifier of the service or organization, which may not exist yet:
    `before` is empty for a new one. `by` is who, in words that may be shown to partners.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.BigIntegerField(null=True, editable=False)
    subject = models.CharField(max_length=12, default=Subject.SERVICE)
    record_id = models.UUIDField(db_index=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField()
    origin = models.CharField(_("from"), max_length=11, choices=Origin)
    by = models.CharField(_("who"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    run = models.ForeignKey(
        ImportRun, models.CASCADE, null=True, blank=True, related_name="proposals"
    )
    made_at = models.DateTimeField(_("made"), default=now, editable=False)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True, db_index=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        indexes = [
            # The record: changes that people made, newest first, without an import's thousands.
            models.Index(
                fields=["-applied_at", "-number"],
                condition=models.Q(run__isnull=True),
                name="proposal_record",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(origin__in=Origin.values),
                name="proposal_origin_is_known",
                violation_error_message=_("Choose where this is from."),
            ),
            models.CheckConstraint(
                condition=models.Q(applied_at__isnull=True, number__isnull=True)
                | models.Q(applied_at__isnull=False, number__isnull=False),
                name="proposal_applied_has_a_number",
                violation_error_message=_("What was applied has its place in the history."),
            ),
        ]

    def __str__(self):
        return f"{self.subject} {self.record_id}"
