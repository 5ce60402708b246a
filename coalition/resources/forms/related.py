"""What a resource belongs to: services and events, one's own by name, others by their page."""

from functools import partial
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coalition.events.forms.parts import MOST, PointerForm
from coalition.events.models.events import Event
from coalition.listings.forms.parts import Posted, Rows, Values
from directory.models import Service
from directory.models.enums import ServiceStatus

from ..schema import EVENT_LINK, SERVICE_LINK


class LinkForm(PointerForm):
    """One of the organization's own, or by the address of its page; `path` begins that."""

    path = ""
    empty = _("— choose —")

    def __init__(self, data, *, of: dict, prefix: str, posted: Posted):
        super().__init__(data, of=of, prefix=prefix, posted=posted)
        self.fields["page"] = forms.CharField(
            label=_("Or the address of its page here"),
            required=False,
            max_length=300,
            help_text=_("For what another organization offers."),
        )

    @property
    def model(self):
        return self.node.pointers[self.key]

    def called(self, now: str) -> str:
        return str(self.model.objects.filter(pk=now).first() or "—")

    def clean_page(self) -> str:
        """The identifier of what has this page, where everyone may see it."""
        typed = self.cleaned_data["page"]
        if not typed:
            return ""
        try:
            steps = urlsplit(typed).path.strip("/").removeprefix("fr/").split("/")
        except ValueError:
            steps = [""]
        slug = steps[1] if steps[0] == self.path and len(steps) > 1 else steps[0]
        found = self.model.objects.published().filter(slug=slug).first() if slug else None
        if found is None:
            raise ValidationError(_("There is no such page here."))
        return str(found.pk)

    def written(self) -> dict:
        rest = {key: value for key, value in self.of.items() if key != self.key}
        chosen = self.cleaned_data.get("page") or self.cleaned_data.get(self.key)
        return {**rest, self.key: {"id": chosen}} if chosen else rest


class ServiceLinkForm(LinkForm):
    node = SERVICE_LINK
    key, path = "service", "services"
    label = _("One of your listings")

    def choices(self, posted: Posted) -> list[tuple[str, str]]:
        found = Service.objects.filter(organization=posted.organization)
        rows = found.exclude(status=ServiceStatus.DEFUNCT).order_by("name", "name_fr", "pk")
        return [(str(one.pk), str(one)) for one in rows[:MOST]]


class EventLinkForm(LinkForm):
    node = EVENT_LINK
    key, path = "event", "events"
    label = _("One of your events")

    def choices(self, posted: Posted) -> list[tuple[str, str]]:
        """By their first day, the newest first."""
        rows = Event.objects.filter(organization=posted.organization).order_by("-starts_on", "pk")
        return [(str(one.pk), f"{one} ({date_format(one.starts_on)})") for one in rows[:MOST]]


class Links(Rows):
    """Rows of what it belongs to; each once."""

    def __init__(
        self, key: str, form: type[LinkForm], posted: Posted, obj: dict, **words: Promise | str
    ):
        self.pointer = form.key
        make = partial(form, posted=posted)

        def parts(posted: Posted, item: dict, prefix: str) -> list:
            return [Values(make, posted, item, f"{prefix}it")]

        super().__init__(key, parts, posted, obj, shown_empty=False, **words)

    def written(self, obj: dict) -> dict:
        written = super().written(obj)
        once = {one[self.pointer]["id"]: one for one in reversed(written.get(self.key, []))}
        return {**written, self.key: list(reversed(once.values()))} if once else written
