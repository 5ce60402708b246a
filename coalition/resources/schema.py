"""The shape of a resource's document."""

from django.utils.translation import gettext_lazy as _

from coalition.events.models.events import Event
from coalition.files.models import StoredFile
from directory.interchange.schema import Node, Reference, names
from directory.models import Organization, Service, TaxonomyTerm

from . import models

SUBJECT = "resource"

TERM = Node(
    models.ResourceTerm,
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
VERSION = Node(
    models.ResourceVersion,
    names("label note* since"),
    pointers={"file": StoredFile},
    title=_("File"),
)
SERVICE_LINK = Node(models.ResourceService, (), pointers={"service": Service}, title=_("Listing"))
EVENT_LINK = Node(models.ResourceEvent, (), pointers={"event": Event}, title=_("Event"))
RESOURCE = Node(
    models.Resource,
    names(
        "slug name* description* kind seen_by languages licence audience* url version "
        "how_to_get* deadline timezone amount_minimum amount_maximum amount_description* "
        "who_may_apply* publish_from"
    ),
    parts={
        "attributes": TERM,
        "versions": VERSION,
        "services": SERVICE_LINK,
        "events": EVENT_LINK,
    },
    pointers={"organization": Organization},
    unwritten=(
        "published_at",
        "published_by",
        "held_back",
        "last_modified",
        "thanks",
        "facets",
        "words",
    ),
    title=_("The resource"),
)
