"""What organizations share with each other and with everyone."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Greatest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from coalition.accounts.models import User
from coalition.events.models.events import Event
from coalition.files.models import StoredFile
from coalition.members.models import Membership
from coalition.members.permissions import can_review
from directory.models import Organization, Service, TaxonomyTerm
from directory.models.base import Named, Part, Record, named, validate_timezone

from .enums import ELSEWHERE, Licence, ResourceKind, SeenBy, Spoken


class ResourceQuerySet(models.QuerySet):
    def published(self, at: datetime.datetime | None = None):
        """Those that are out, for whom they are; what is to be shown later is not."""
        return self.filter(published_at__isnull=False).filter(
            models.Q(publish_from__isnull=True) | models.Q(publish_from__lte=at or now())
        )

    def visible_to(self, user: User, at: datetime.datetime | None = None):
        """Those that are out and this person may see: a coordinator all, who acts for a member
        what is for members, and what their own organizations keep to themselves."""
        out = self.published(at)
        if can_review(user):
            return out
        seen = models.Q(seen_by=SeenBy.EVERYONE)
        if user.is_authenticated:
            mine = Membership.objects.active().filter(user=user)
            seen |= models.Q(organization__in=mine.values("organization"))
            if mine.exists():
                seen |= models.Q(seen_by=SeenBy.MEMBERS)
        return out.filter(seen)

    def with_since(self):
        """Each with `since`: when it was first to be seen."""
        return self.annotate(since=Greatest("published_at", "publish_from"))

    def of(self, organization: Organization):
        return self.filter(organization=organization)


class Resource(Named, Record):
    """A document, link, video, template, training material, report, funding opportunity, space or
    piece of equipment that an organization shares.

    `deadline` is that of a funding opportunity; `timezone` says on whose clock it and
    `publish_from` are written. Before `publish_from` nobody sees it, whoever has approved it.
    One that is `held_back` was taken out of sight by a coordinator, and only one brings it back.
    `words` and `facets` are what it is found by, made from the rest when it is written.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="resources", verbose_name=_("shared by")
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    name = models.CharField(_("title"), max_length=300, blank=True)
    name_fr = models.CharField(_("title in French"), max_length=300, blank=True)
    description = models.TextField(_("what it is"), blank=True)
    description_fr = models.TextField(_("what it is, in French"), blank=True)
    kind = models.CharField(
        _("kind"), max_length=8, choices=ResourceKind, default=ResourceKind.DOCUMENT
    )
    seen_by = models.CharField(
        _("who may see it"), max_length=12, choices=SeenBy, default=SeenBy.EVERYONE
    )
    languages = ArrayField(
        models.CharField(max_length=5, choices=Spoken),
        verbose_name=_("in which language"),
        default=list,
        blank=True,
    )
    licence = models.CharField(
        _("what others may do with it"), max_length=8, choices=Licence, default=Licence.UNSTATED
    )
    audience = models.TextField(_("for whom"), blank=True)
    audience_fr = models.TextField(_("for whom, in French"), blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    version = models.CharField(
        _("version"), max_length=100, blank=True, help_text=_("Such as: 2nd edition, May 2026.")
    )
    how_to_get = models.TextField(_("how to get or borrow it"), blank=True)
    how_to_get_fr = models.TextField(_("how to get or borrow it, in French"), blank=True)
    deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    timezone = models.CharField(
        _("time zone"), max_length=50, default="America/Toronto", validators=[validate_timezone]
    )
    amount_minimum = models.DecimalField(
        _("least amount in dollars"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    amount_maximum = models.DecimalField(
        _("most in dollars"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    amount_description = models.TextField(_("about the amount"), blank=True)
    amount_description_fr = models.TextField(_("about the amount, in French"), blank=True)
    who_may_apply = models.TextField(_("who may apply"), blank=True)
    who_may_apply_fr = models.TextField(_("who may apply, in French"), blank=True)
    publish_from = models.DateTimeField(_("show it from"), null=True, blank=True)

    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.CharField(max_length=200, blank=True, editable=False)
    held_back = models.BooleanField(default=False, editable=False)
    last_modified = models.DateTimeField(default=now, editable=False)
    thanks = models.PositiveIntegerField(_("thanks"), default=0, editable=False)
    facets = ArrayField(models.CharField(max_length=80), default=list, editable=False)
    words = SearchVectorField(null=True, editable=False)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="resource_words", fastupdate=False),
            models.Index(
                fields=["deadline"],
                condition=models.Q(deadline__isnull=False, published_at__isnull=False),
                name="resource_deadline",
            ),
        ]
        constraints = [
            named("resource"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ResourceKind.values),
                name="resource_kind_is_known",
                violation_error_message=_("Choose a kind."),
            ),
            models.CheckConstraint(
                condition=models.Q(seen_by__in=SeenBy.values),
                name="resource_seen_by_somebody",
                violation_error_message=_("Choose who may see it."),
            ),
            models.CheckConstraint(
                condition=models.Q(languages__contained_by=Spoken.values),
                name="resource_languages_are_known",
                violation_error_message=_("Choose a language."),
            ),
            models.CheckConstraint(
                condition=models.Q(licence__in=Licence.values),
                name="resource_licence_is_known",
                violation_error_message=_("Choose what others may do with it."),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=ELSEWHERE) | ~models.Q(url=""),
                name="resource_elsewhere_has_a_link",
                violation_error_message=_("A link or a video needs its address on the web."),
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minimum__isnull=True)
                | models.Q(amount_maximum__isnull=True)
                | models.Q(amount_minimum__lte=models.F("amount_maximum")),
                name="resource_amounts_are_in_order",
                violation_error_message=_("The least amount is above the most."),
            ),
            models.CheckConstraint(
                condition=models.Q(held_back=False) | models.Q(published_at__isnull=True),
                name="resource_held_back_is_hidden",
                violation_error_message=_("What is held back is not shown."),
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, published_by="")
                | (models.Q(published_at__isnull=False) & ~models.Q(published_by="")),
                name="resource_published_by_someone",
                violation_error_message=_("Say who published this, and when."),
            ),
        ]


class ResourceSlug(models.Model):
    """An address a resource's page once had; it redirects for good."""

    slug = models.SlugField(max_length=80, primary_key=True)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="former_slugs")

    def __str__(self):
        return self.slug


class ResourceTerm(Part):
    """A term of the directory's vocabulary that says what it is about."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="attributes")
    taxonomy_term = models.ForeignKey(TaxonomyTerm, models.PROTECT, related_name="+")

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "taxonomy_term"],
                name="resourceterm_is_unique",
                violation_error_message=_("This term is already there."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.resource_id}: {self.taxonomy_term_id}"


class ResourceService(Part):
    """A service that it belongs to: it is told of on that one's page."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="services")
    service = models.ForeignKey(
        Service, models.CASCADE, related_name="resource_links", verbose_name=_("belongs to")
    )

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "service"],
                name="resourceservice_is_unique",
                violation_error_message=_("This listing is there already."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.resource_id}: {self.service_id}"


class ResourceEvent(Part):
    """An event that it belongs to."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="events")
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="resource_links", verbose_name=_("event")
    )

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "event"],
                name="resourceevent_is_unique",
                violation_error_message=_("This event is there already."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.resource_id}: {self.event_id}"


class ResourceVersion(Part):
    """A file of it, the newest first. Those before it stay, and so do links to them."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="versions")
    file = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="resource_versions", verbose_name=_("file")
    )
    label = models.CharField(_("name of this version"), max_length=100, blank=True)
    note = models.TextField(_("what is new in it"), blank=True)
    note_fr = models.TextField(_("what is new in it, in French"), blank=True)
    since = models.DateField(_("added on"), null=True, blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "file"],
                name="resourceversion_is_unique",
                violation_error_message=_("This file is there already."),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return self.label or str(self.file)
