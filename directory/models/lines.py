"""The lines that answer: whom to call, to text, at once."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import named
from .enums import Province

DIGITS = RegexValidator(r"^[0-9]{3,15}$", _("Digits only, as they are dialled."))


class CrisisLineQuerySet(models.QuerySet):
    def shown(self):
        return self.filter(published=True)


class CrisisLine(models.Model):
    """One line as every page about help shows it, in this order.

    `call` is the number as it is read, `tel` its digits; `text` is the number for messages and
    `text_body` the word to send, where one is needed. An empty `province` means all of Canada,
    empty `hours` and `languages` mean not known. `audience` is "everyone" or a term of *serves*.
    While `unconfirmed`, a person has to call it before anybody is sent there.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=120, blank=True)
    what = models.TextField(_("for whom, and what happens"), blank=True)
    what_fr = models.TextField(_("for whom, and what happens, in French"), blank=True)
    call = models.CharField(_("number, as it is read"), max_length=30)
    tel = models.CharField(_("number, digits only"), max_length=15, validators=[DIGITS])
    text = models.CharField(
        _("number for text messages"), max_length=15, blank=True, validators=[DIGITS]
    )
    text_body = models.CharField(_("word to send"), max_length=30, blank=True)
    text_body_fr = models.CharField(_("word to send, in French"), max_length=30, blank=True)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    hours_fr = models.CharField(_("hours, in French"), max_length=120, blank=True)
    languages = ArrayField(
        models.CharField(max_length=3), verbose_name=_("languages"), default=list, blank=True
    )
    province = models.CharField(_("province"), max_length=2, choices=Province, blank=True)
    audience = models.SlugField(_("for whom"), max_length=60, default="everyone")
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    published = models.BooleanField(_("shown"), default=False)
    unconfirmed = models.BooleanField(
        _("a person has to call it before it is shown"), default=False
    )
    last_confirmed = models.DateField(_("checked on"), null=True, blank=True)
    note = models.TextField(_("note for coordinators"), blank=True)
    sources = ArrayField(
        models.URLField(max_length=500), verbose_name=_("sources"), default=list, blank=True
    )

    objects = CrisisLineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            named("crisisline"),
            models.CheckConstraint(
                condition=models.Q(published=False) | models.Q(unconfirmed=False),
                name="crisisline_shown_once_confirmed",
                violation_error_message=_("Call it first: a person may rely on it alone."),
            ),
            models.CheckConstraint(
                condition=models.Q(province="") | models.Q(province__in=Province.values),
                name="crisisline_province_is_known",
                violation_error_message=_("Choose a province or territory."),
            ),
        ]

    def __str__(self):
        return self.name or self.name_fr
