"""The sections of a listing's editor: which part of the document each shows and changes."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.interchange.schema import CONTACT, PHONE, SERVICE, URL

from .forms.capacity import CapacityForm, units
from .forms.documents import AgesForm, DocumentForm, form_for
from .forms.hours import Hours
from .forms.parts import Inside, Posted, Rows, Values
from .forms.places import Places, place_name
from .forms.spoken import SpokenForm
from .forms.terms import Terms
from .forms.zones import RegionForm

WhatForm = form_for(
    SERVICE,
    "name* alternate_name* description* delivery",
    helps={"description": _("In plain words: what people get, and what happens when they come.")},
)
WhoForm = form_for(
    SERVICE,
    "eligibility_description* minimum_age maximum_age application_process* "
    "interpretation_services* accreditations*",
    base=AgesForm,
)
LedForm = form_for(
    SERVICE,
    "peer_led indigenous_led indigenous_community* steward steward_consented_on",
    helps={
        "steward_consented_on": _(
            "An Indigenous-led service is shown only once its steward has consented."
        )
    },
)
AreaForm = form_for(SERVICE.parts["service_areas"], "name*")
ReachForm = form_for(SERVICE, "email url")
PhoneForm = form_for(PHONE, "number extension type description*")
LinkForm = form_for(URL, "url label*")
ContactForm = form_for(CONTACT, "name title* department* email")
FeesForm = form_for(SERVICE, "fees_description*")
CostForm = form_for(SERVICE.parts["cost_options"], "option* amount amount_description*")
BringForm = form_for(SERVICE.parts["required_documents"], "document* uri")
NoticeForm = form_for(
    SERVICE,
    "alert*",
    helps={"alert": _("What people must know now: “No hot meal this week”. Empty it when over.")},
)
CareForm = form_for(
    SERVICE,
    "check_every",
    helps={
        "check_every": _("Before it is due we write to you and ask whether all is still correct.")
    },
)


def row(form: type[DocumentForm]) -> Callable:
    """The parts of a row that is one form."""
    return lambda posted, item, prefix: [Values(form, posted, item, f"{prefix}it")]


FIRST = _("The first is the one people are told to call.")


def phones(
    posted: Posted,
    obj: dict,
    prefix: str = "",
    title: Promise | str = "",
    note: Promise | str = FIRST,
) -> Rows:
    return Rows(
        "phones",
        row(PhoneForm),
        posted,
        obj,
        prefix=prefix,
        title=title or _("Phones"),
        add=_("Add a phone"),
        note=note,
    )


def contact(posted: Posted, item: dict, prefix: str) -> list:
    return [
        Values(ContactForm, posted, item, f"{prefix}it"),
        phones(posted, item, prefix, _("Their phone")),
    ]


def what(posted: Posted, document: dict, at: str) -> list:
    return [Values(WhatForm, posted, document, "what"), Terms(posted, document)]


def who(posted: Posted, document: dict, at: str) -> list:
    return [
        Values(WhoForm, posted, document, "who"),
        Rows(
            "languages",
            row(SpokenForm),
            posted,
            document,
            title=_("Languages spoken"),
            add=_("Add a language"),
        ),
        Values(LedForm, posted, document, "led"),
    ]


def where(posted: Posted, document: dict, at: str) -> list:
    return [
        Places(posted, document),
        Values(RegionForm, posted, document, "region"),
        Rows(
            "service_areas",
            row(AreaForm),
            posted,
            document,
            title=_("Towns or areas it is for"),
            add=_("Add an area"),
            shown_empty=False,
        ),
    ]


def when(posted: Posted, document: dict, at: str) -> list:
    return [HoursAt(posted, document, at)]


class HoursAt(Hours):
    """The hours of the service, or of the place whose identifier is `at`."""

    def __init__(self, posted: Posted, document: dict, at: str):
        self.at = at if at in timetables(document) else ""
        super().__init__(posted, timetables(document)[self.at])

    def written(self, document: dict) -> dict:
        if not self.at:
            return super().written(document)
        places = [
            super(HoursAt, self).written(place) if place["id"] == self.at else place
            for place in document["service_at_locations"]
        ]
        return {**document, "service_at_locations": places}


def timetables(document: dict) -> dict[str, dict]:
    """What has hours of its own: the service under "", and each of its places."""
    places = {place["id"]: place for place in document.get("service_at_locations", [])}
    return {"": document, **places}


def reach(posted: Posted, document: dict, at: str) -> list:
    return [
        phones(posted, document),
        Values(ReachForm, posted, document, "reach"),
        Rows(
            "additional_urls",
            row(LinkForm),
            posted,
            document,
            title=_("More links"),
            add=_("Add a link"),
            shown_empty=False,
        ),
        PlacePhones(posted, document),
        Rows(
            "contacts",
            contact,
            posted,
            document,
            title=_("People to ask for"),
            add=_("Add a person"),
            shown_empty=False,
        ),
    ]


class PlacePhones:
    """The phones of each place, and those of the building where it has some of its own."""

    template = "components/editor_parts.html"

    def __init__(self, posted: Posted, document: dict):
        self.at: dict[str, list] = {}
        for n, place in enumerate(document.get("service_at_locations", [])):
            title = _("Phones at %s") % place_name(place)
            parts: list = [phones(posted, place, f"place-{n}-", title, note="")]
            location = place.get("location", {})
            if location.get("phones"):
                title = _("Phones of the whole building, %s") % place_name(place)
                of_it = phones(posted, location, f"building-{n}-", title, note="")
                parts.append(Inside("location", [of_it]))
            self.at[place["id"]] = parts

    @property
    def parts(self) -> list:
        return [part for parts in self.at.values() for part in parts]

    def is_valid(self) -> bool:
        return all(part.is_valid() for part in self.parts)

    def written(self, document: dict) -> dict:
        if not self.at:
            return document
        places = []
        for place in document["service_at_locations"]:
            for part in self.at[place["id"]]:
                place = part.written(place)
            places.append(place)
        return {**document, "service_at_locations": places}

    def forms(self) -> Iterator[DocumentForm]:
        for rows in self.parts:
            yield from rows.forms()


def cost(posted: Posted, document: dict, at: str) -> list:
    return [
        Values(FeesForm, posted, document, "fees"),
        Rows(
            "cost_options",
            row(CostForm),
            posted,
            document,
            title=_("Prices"),
            note=_("0 means free."),
            add=_("Add a price"),
            shown_empty=False,
        ),
        Rows(
            "required_documents",
            row(BringForm),
            posted,
            document,
            title=_("What to bring"),
            add=_("Add a thing to bring"),
            shown_empty=False,
        ),
    ]


def capacity(posted: Posted, document: dict, at: str) -> list:
    return [
        Rows(
            "capacities",
            row(partial(CapacityForm, units=units())),
            posted,
            document,
            title=_("What is free"),
            add=_("Add what is counted"),
        )
    ]


def notices(posted: Posted, document: dict, at: str) -> list:
    return [
        Values(NoticeForm, posted, document, "notice"),
        Values(CareForm, posted, document, "care"),
    ]


def once(document: dict) -> list[tuple[str, str]]:
    return [("", "")]


def whose_hours(document: dict) -> list[tuple[str, str]]:
    """The service's own, and each place's."""
    places = document.get("service_at_locations", [])
    return [("", gettext("Everywhere")), *((place["id"], place_name(place)) for place in places)]


@dataclass(frozen=True)
class Section:
    """One page of the editor. `keys` are those of the document that it may change. A page that
    is there several times, for `places` of the document, has an identifier and a name for each;
    one that `uploads` takes files."""

    code: str
    title: Promise
    keys: tuple[str, ...]
    parts: Callable[[Posted, dict, str], list]
    lead: Promise | str = ""
    places: Callable[[dict], list[tuple[str, str]]] = once
    uploads: bool = False


def keys_of(*forms: type[DocumentForm]) -> tuple[str, ...]:
    return tuple(name for form in forms for name in form.base_fields)


Sections = dict[str, Section]
SECTIONS: Sections = {
    section.code: section
    for section in (
        Section(
            "what",
            _("What it is"),
            (*keys_of(WhatForm), "attributes"),
            what,
            _("People read this first."),
        ),
        Section("who", _("Who it is for"), (*keys_of(WhoForm, LedForm), "languages"), who),
        Section(
            "where",
            _("Where"),
            (*keys_of(RegionForm), "service_at_locations", "service_areas"),
            where,
        ),
        Section(
            "when",
            _("When"),
            ("schedules", "service_at_locations"),
            when,
            places=whose_hours,
        ),
        Section(
            "contact",
            _("How to reach it"),
            (
                *keys_of(ReachForm),
                "phones",
                "additional_urls",
                "contacts",
                "service_at_locations",
            ),
            reach,
        ),
        Section(
            "cost",
            _("Cost and what to bring"),
            (*keys_of(FeesForm), "cost_options", "required_documents"),
            cost,
        ),
        Section("capacity", _("What is free"), ("capacities",), capacity),
        Section("notices", _("Notices and checks"), keys_of(NoticeForm, CareForm), notices),
    )
}
CODES = list(SECTIONS)


class Editor:
    """One section over a document: shown, or as it was posted.

    `at` is the place whose hours are shown, for the section "when".
    """

    def __init__(
        self, section: Section, document: dict, posted: Posted | None = None, at: str = ""
    ):
        self.section = section
        self.document = document
        self.at = at
        self.parts = section.parts(posted or Posted(), document, at)

    def is_valid(self) -> bool:
        return all(part.is_valid() for part in self.parts)

    def written(self) -> dict:
        """The whole document with what this section changed. Only where `is_valid`."""
        result = self.document
        for part in self.parts:
            result = part.written(result)
        return result

    def forms(self) -> Iterator[DocumentForm]:
        for part in self.parts:
            yield from part.forms()


def digest(section: Section, document: dict) -> str:
    """What the section's part of a document is, in short: whether somebody changed it since."""
    part = {key: document.get(key) for key in section.keys}
    text = json.dumps(part, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def after(sections: Sections, section: Section, document: dict, at: str) -> tuple[str, str]:
    """The section, and for hours the place, that comes next; "" at the end."""
    places = [pk for pk, _name in section.places(document)]
    position = places.index(at) + 1 if at in places else len(places)
    if position < len(places):
        return section.code, places[position]
    codes = list(sections)
    position = codes.index(section.code) + 1
    return (codes[position], "") if position < len(codes) else ("", "")


def section_of(path: str, sections: Sections = SECTIONS) -> str:
    """In which section the value at a path of the document is changed."""
    if sections is SECTIONS:
        if ".schedules" in path or path.startswith("schedules"):
            return "when"
        if ".phones" in path:
            return "contact"
    key = path.partition(".")[0].partition("[")[0]
    for section in sections.values():
        if key in section.keys:
            return section.code
    return next(iter(sections))


def section_holding(document: dict, text: str, sections: Sections = SECTIONS) -> str:
    """In which section something the document says, word for word, is changed; "" where nowhere."""
    own = {k: v for k, v in document.items() if k not in ("organization", "program")}
    return next((section_of(path, sections) for path in paths_of(own, text)), "")


def paths_of(value, text: str, path: str = "") -> Iterator[str]:
    """Where in a document a text stands, whole."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths_of(item, text, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from paths_of(item, text, path)
    elif value == text:
        yield path


class Untranslated(NamedTuple):
    """A text that is in one language only: where, and in which it is missing."""

    section: str
    label: str
    missing: str


def untranslated(document: dict, sections: Sections = SECTIONS) -> list[Untranslated]:
    """Texts that stand in one language only, in the order of the editor."""
    return [
        Untranslated(section.code, str(form.fields[name].label), missing)
        for section, form in all_forms(document, sections)
        for name, missing in one_sided(form)
    ]


def all_forms(document: dict, sections: Sections) -> Iterator[tuple[Section, DocumentForm]]:
    """Every form of the editor over a document, with the section it stands in."""
    for section in sections.values():
        for at, _name in section.places(document):
            for form in Editor(section, document, at=at).forms():
                yield section, form


def one_sided(form: DocumentForm) -> Iterator[tuple[str, str]]:
    for name in form.fields:
        pair = f"{name}_fr"
        if pair in form.fields:
            here, there = bool(form.of.get(name)), bool(form.of.get(pair))
            if here != there:
                yield name, "fr" if here else "en"
