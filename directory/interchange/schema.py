"""The shape of a listing document: HSDS 3.1 names, as nested objects.

A *listing document* is one service with all that belongs to it: its organization and program,
its places, schedules, phones, costs, terms, in both languages. Keys are HSDS's; what HSDS has no
name for stands beside them under a plain name (`name_fr`, `visibility`, `peer_led`, …). Values
are JSON: dates `YYYY-MM-DD`, times `HH:MM`, identifiers as text. Empty values are left out.

    {"id": "…", "name": "Naloxone kits", "name_fr": "Trousses de naloxone", "status": "active",
     "organization": {"id": "…", "name": "…", "phones": [{"number": "807-555-0142"}]},
     "service_at_locations": [{"location": {"latitude": 48.38, "longitude": -89.25,
        "addresses": [{"address_1": "…", "city": "Thunder Bay", "state_province": "ON"}]},
        "schedules": [{"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", …}]}],
     "attributes": [{"taxonomy_term": {"taxonomy": "category", "code": "naloxone"}}], …}
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Field, ForeignKey, Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory import models


@dataclass(frozen=True)
class Reference:
    """A record that lives outside the document; `keys` name it there, `reads` are for readers.

    A key may look through a foreign key of the referenced record: `taxonomy__code` is written
    in the document as `taxonomy`.
    """

    model: type[Model]
    keys: dict[str, str]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Node:
    """One kind of object in the document.

    `fields` are values; `parts` lists of objects that belong to this one alone (the key is the
    related name of their foreign key); `links` objects with a life of their own, shared between
    documents (organization, program, location); `references` vocabulary; `pointers` records that
    the document only names, as `{"id": …}`. `unwritten` are columns that no document says.
    """

    model: type[Model]
    fields: tuple[str, ...]
    parts: dict[str, "Node"] = field(default_factory=dict)
    links: dict[str, "Node"] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    pointers: dict[str, type[Model]] = field(default_factory=dict)
    read_only: tuple[str, ...] = ()
    unwritten: tuple[str, ...] = ()
    title: Promise | str = ""

    @cached_property
    def model_fields(self) -> dict[str, Field]:
        return {name: self.model._meta.get_field(name) for name in self.fields}

    def foreign_key(self, key: str) -> ForeignKey:
        """The field on a part that points back here."""
        return self.model._meta.get_field(key).remote_field

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(
            {
                "id",
                *self.fields,
                *self.parts,
                *self.links,
                *self.references,
                *self.pointers,
                *self.read_only,
            }
        )


def names(text: str) -> tuple[str, ...]:
    """Field names from words; `name*` stands for `name` and `name_fr`."""
    found: list[str] = []
    for word in text.split():
        found += [word[:-1], f"{word[:-1]}_fr"] if word.endswith("*") else [word]
    return tuple(found)


PHONE = Node(models.Phone, names("number extension type description*"))
LANGUAGE = Node(models.Language, names("name* code note*"))
URL = Node(models.Url, names("label* url"))
CONTACT = Node(models.Contact, names("name title* department* email"), parts={"phones": PHONE})
SCHEDULE = Node(
    models.Schedule,
    names(
        "state freq interval byday bymonthday dtstart until opens_at closes_at season_from "
        "season_to holidays valid_from valid_to description*"
    ),
)
ADDRESS = Node(
    models.Address,
    names(
        "attention address_1 address_2 city region state_province postal_code country address_type"
    ),
)
ACCESSIBILITY = Node(models.Accessibility, names("description* details* url"))
LOCATION = Node(
    models.Location,
    names(
        "visibility location_type name* alternate_name* description* transportation* url "
        "latitude longitude timezone external_identifier external_identifier_type"
    ),
    parts={
        "addresses": ADDRESS,
        "accessibility": ACCESSIBILITY,
        "phones": PHONE,
        "languages": LANGUAGE,
        "contacts": CONTACT,
        "schedules": SCHEDULE,
    },
)
SERVICE_AT_LOCATION = Node(
    models.ServiceAtLocation,
    names("description*"),
    parts={"phones": PHONE, "contacts": CONTACT, "schedules": SCHEDULE},
    links={"location": LOCATION},
)
ORGANIZATION = Node(
    models.Organization,
    names("slug name* alternate_name* description* email website legal_status year_incorporated"),
    parts={"phones": PHONE, "contacts": CONTACT, "additional_websites": URL},
    unwritten=("parent_organization",),
    title=_("Organization"),
)
PROGRAM = Node(models.Program, names("name* alternate_name* description*"))
ATTRIBUTE = Node(
    models.Attribute,
    names("label value"),
    references={
        "taxonomy_term": Reference(
            models.TaxonomyTerm,
            {"taxonomy": "taxonomy__code", "code": "code"},
            ("name", "name_fr"),
        )
    },
)
CAPACITY = Node(
    models.ServiceCapacity,
    names("available maximum description* updated"),
    references={"unit": Reference(models.Unit, {"identifier": "identifier"}, ("name", "name_fr"))},
)
SERVICE = Node(
    models.Service,
    names(
        "slug name* alternate_name* description* url email status alert* interpretation_services* "
        "application_process* fees_description* accreditations* eligibility_description* "
        "minimum_age maximum_age delivery timezone state_province peer_led indigenous_led "
        "indigenous_community* steward steward_consented_on assured_date assured_by assurer_email "
        "check_every"
    ),
    parts={
        "phones": PHONE,
        "contacts": CONTACT,
        "languages": LANGUAGE,
        "additional_urls": URL,
        "schedules": SCHEDULE,
        "service_areas": Node(
            models.ServiceArea, names("name* description* extent extent_type uri")
        ),
        "cost_options": Node(
            models.CostOption,
            names("valid_from valid_to option* currency amount amount_description*"),
        ),
        "required_documents": Node(models.RequiredDocument, names("document* uri")),
        "capacities": CAPACITY,
        "attributes": ATTRIBUTE,
        "service_at_locations": SERVICE_AT_LOCATION,
    },
    links={"organization": ORGANIZATION, "program": PROGRAM},
    read_only=("last_modified",),
    unwritten=("published_at", "published_by"),
    title=_("The service"),
)
