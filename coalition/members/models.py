"""Organizations in the coalition, and the people who speak for them."""

import datetime
import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from coalition.review.models import Submission
from directory.models import Organization
from directory.models.enums import Language, Province

from .enums import Role, Standing

INVITATION_DAYS = 14


def in_two_weeks() -> datetime.datetime:
    return now() + datetime.timedelta(days=INVITATION_DAYS)


class Principles(models.Model):
    """What members agree to. A version that somebody agreed to never changes."""

    version = models.PositiveSmallIntegerField(_("version"), primary_key=True)
    text = models.TextField(_("text"))
    text_fr = models.TextField(_("text in French"))
    since = models.DateField(_("since"), default=datetime.date.today)

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = "principles"

    def __str__(self):
        return str(self.version)


class Member(models.Model):
    """An organization of the catalogue that has joined the coalition.

    A `trusted` member's edits to its own listings go live at once.
    """

    organization = models.OneToOneField(
        Organization, models.PROTECT, primary_key=True, related_name="member"
    )
    standing = models.CharField(
        _("standing"), max_length=9, choices=Standing, default=Standing.ACTIVE
    )
    trusted = models.BooleanField(_("trusted"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=now, editable=False)
    principles = models.ForeignKey(Principles, models.PROTECT, null=True, related_name="members")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(standing__in=Standing.values),
                name="member_standing_is_known",
                violation_error_message=_("Choose a standing."),
            ),
        ]

    def __str__(self):
        return str(self.organization)


class MembershipQuerySet(models.QuerySet):
    def active(self):
        """Of people who can act now, in organizations that can."""
        return self.filter(user__is_active=True, organization__member__standing=Standing.ACTIVE)

    def owners(self):
        return self.filter(role=Role.OWNER)

    def owners_of(self, organization):
        """Those who are written to about it."""
        return self.active().owners().filter(organization=organization)


class Membership(models.Model):
    """A person in an organization."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=6, choices=Role, default=Role.EDITOR)
    since = models.DateTimeField(_("since"), default=now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"],
                name="membership_is_unique",
                violation_error_message=_("This person is in this organization already."),
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="membership_role_is_known",
                violation_error_message=_("Choose a role."),
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.role} {self.organization_id}"


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Neither accepted nor withdrawn nor expired."""
        return self.filter(
            accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now()
        )


class Invitation(models.Model):
    """A word to somebody that they may come in; the link in its mail opens it once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=6, choices=Role, default=Role.EDITOR)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.ENGLISH
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("invited"), default=now, editable=False)
    expires_at = models.DateTimeField(_("until"), default=in_two_weeks, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "organization",
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_is_open_once",
                violation_error_message=_("This person has been invited already."),
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="invitation_role_is_known",
                violation_error_message=_("Choose a role."),
            ),
        ]

    def __str__(self):
        return f"{self.email} {self.organization_id}"


class Application(models.Model):
    """An organization asks to join, in small steps; `submission` once it is sent in.

    `claims` is an organization already in the catalogue that the applicant speaks for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.OneToOneField(
        Submission, models.PROTECT, null=True, blank=True, related_name="application"
    )
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
    )
    email = models.EmailField(_("your e-mail"))
    contact_name = models.CharField(_("your name"), max_length=150, blank=True)
    contact_role = models.CharField(_("your role there"), max_length=150, blank=True)
    contact_phone = models.CharField(_("a phone we can reach you at"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.ENGLISH
    )
    claims = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name of the organization"), max_length=300, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=300, blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address_1 = models.CharField(_("street address"), max_length=300, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    state_province = models.CharField(_("province"), max_length=2, choices=Province, blank=True)
    postal_code = models.CharField(
        _("postal code"),
        max_length=7,
        blank=True,
        validators=[
            RegexValidator(
                r"^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d$",
                _("A Canadian postal code looks like P7B 5E1."),
            )
        ],
    )
    does = models.TextField(_("what you do"), blank=True)
    serves = models.TextField(_("who you are there for"), blank=True)
    peer_led = models.BooleanField(_("peer-led"), default=False)
    indigenous_led = models.BooleanField(_("Indigenous-led"), default=False)
    principles = models.ForeignKey(
        Principles, models.PROTECT, null=True, blank=True, related_name="applications"
    )
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), default=now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(principles__isnull=True, agreed_at__isnull=True)
                | models.Q(principles__isnull=False, agreed_at__isnull=False),
                name="application_agreed_to_a_version",
                violation_error_message=_("Say to which principles you agree, and when."),
            ),
        ]

    def __str__(self):
        return self.name or self.name_fr or self.email
