"""The shape of an event's document. Keys follow RFC 5545 and schema.org where they have names."""

from django.utils.translation import gettext_lazy as _

from coalition.files.models import StoredFile
from directory.interchange.schema import Node, Reference, names
from directory.models import Location, Organization, Service, TaxonomyTerm

from .models.events import Event, EventHost, EventService, EventTerm
from .models.times import EventChange

SUBJECT = "event"

CHANGE = Node(
    EventChange,
    names("recurrence_id cancelled starts_on starts_at ends_at place* note*"),
    title=_("Another day"),
)
HOST = Node(EventHost, (), pointers={"organization": Organization}, title=_("Hosts with you"))
TERM = Node(
    EventTerm,
    (),
    references={
        "taxonomy_term": Reference(
            TaxonomyTerm,
            {"taxonomy": "taxonomy__code", "code": "code"},
            ("name", "name_fr"),
        )
    },
    title=_("Terms"),
)
SERVICE_LINK = Node(EventService, (), pointers={"service": Service}, title=_("Listing"))
EVENT = Node(
    Event,
    names(
        "slug name* description* kind audience* amount cost_description* languages attendance "
        "visibility place_name* address_1 city state_province postal_code directions* "
        "online_url online_note* registration places contact_phone contact_email contact_url "
        "access access_note* substance_free starts_on starts_at ends_on ends_at timezone rrule "
        "exdates picture_description* status status_note* publish_from"
    ),
    parts={
        "attributes": TERM,
        "changes": CHANGE,
        "hosts": HOST,
        "services": SERVICE_LINK,
    },
    pointers={"organization": Organization, "location": Location, "picture": StoredFile},
    unwritten=(
        "published_at",
        "published_by",
        "shown_from",
        "held_back",
        "created_at",
        "last_modified",
        "sequence",
        "last_on",
        "ical",
        "ical_fr",
    ),
    title=_("The event"),
)
