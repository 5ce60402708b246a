"""Forms over what an event only points to: a place, listings, hosts, a picture."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.events.schema import EVENT, HOST, SERVICE_LINK
from coalition.files.fields import UploadField
from coalition.files.models import StoredFile
from coalition.listings.forms.documents import DocumentForm, form_for
from coalition.listings.forms.parts import Posted
from coalition.members.enums import Standing
from directory.models import Location, Organization, Service

MOST = 300


class PointerForm(DocumentForm):
    """Choosing a record that the document names by its identifier."""

    key = ""
    label: str = ""
    empty: str = "—"

    def __init__(self, data, *, of: dict, prefix: str, posted: Posted):
        super().__init__(data, of=of, prefix=prefix)
        now = of.get(self.key, {}).get("id", "")
        self.initial[self.key] = now
        choices = [("", self.empty), *self.choices(posted)]
        if now not in dict(choices):  # nothing is dropped without a word
            choices.append((now, self.called(now)))
        self.fields[self.key] = forms.ChoiceField(label=self.label, choices=choices, required=False)

    def choices(self, posted: Posted) -> list[tuple[str, str]]:
        raise NotImplementedError

    def called(self, now: str) -> str:
        """What stands there and is none of the choices."""
        return _("As it is now")

    def written(self) -> dict:
        result = super().written()
        if chosen := self.cleaned_data.get(self.key):
            return result | {self.key: {"id": chosen}}
        return {key: value for key, value in result.items() if key != self.key}


def place_words(location: Location) -> str:
    address = next(iter(location.addresses.all()), None)
    parts = [
        location.name or location.name_fr,
        address and address.address_1,
        address and address.city,
    ]
    return " · ".join(filter(None, parts)) or str(location.pk)


class PlaceForm(PointerForm):
    node = EVENT
    key = "location"
    label = gettext_lazy("One of your places")
    empty = gettext_lazy("Somewhere else, or online only")

    def choices(self, posted: Posted) -> list[tuple[str, str]]:
        places = Location.objects.filter(
            service_at_locations__service__organization=posted.organization
        )
        places = places.distinct().prefetch_related("addresses").order_by("name", "pk")[:MOST]
        return [(str(one.pk), place_words(one)) for one in places]


class ServiceForm(PointerForm):
    node = SERVICE_LINK
    key = "service"
    label = gettext_lazy("Listing")

    def choices(self, posted: Posted) -> list[tuple[str, str]]:
        found = Service.objects.filter(organization=posted.organization)
        return [(str(one.pk), str(one)) for one in found.order_by("name", "name_fr")[:MOST]]


class HostForm(PointerForm):
    node = HOST
    key = "organization"
    label = gettext_lazy("Member of the coalition")

    def choices(self, posted: Posted) -> list[tuple[str, str]]:
        found = Organization.objects.filter(member__standing=Standing.ACTIVE)
        if posted.organization is not None:
            found = found.exclude(pk=posted.organization.pk)
        return [(str(one.pk), str(one)) for one in found.order_by("name", "name_fr")[:MOST]]


class PictureBase(DocumentForm):
    """A picture, and what it shows for who cannot see it."""

    def __init__(self, data, *, of: dict, prefix: str, posted: Posted):
        super().__init__(data, of=of, prefix=prefix)
        self.files = posted.files or {}
        now = of.get("picture", {}).get("id")
        self.initial["picture"] = now and StoredFile.objects.filter(pk=now).first()
        field = UploadField(label=_("Picture"), pictures_only=True, required=False)
        if posted.by is not None:
            field.keep_for(posted.organization, by=posted.by)
        self.fields = {"picture": field, **self.fields}

    def clean(self):
        cleaned = super().clean()
        said = cleaned.get("picture_description") or cleaned.get("picture_description_fr")
        if cleaned.get("picture") and not said:
            self.add_error(
                "picture_description", _("Say what the picture shows, for who cannot see it.")
            )
        return cleaned

    def written(self) -> dict:
        result = {key: value for key, value in super().written().items() if key != "picture"}
        if file := self.cleaned_data.get("picture"):
            result["picture"] = {"id": str(file.pk)}
        return result


PictureForm = form_for(EVENT, "picture_description*", base=PictureBase)
