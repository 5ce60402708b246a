# Django looks for an app's models here; everything else imports from the module that holds them.
from directory.search.models import SearchRow

from .locations import Accessibility, Address, Location
from .organizations import Organization, OrganizationSlug, Program
from .reach import Contact, Language, Phone, Url
from .schedules import Schedule
from .services import (
    Attribute,
    CostOption,
    RequiredDocument,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceSlug,
)
from .sources import SourceRecord
from .taxonomy import Synonym, Taxonomy, TaxonomyTerm, Unit

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "Contact",
    "CostOption",
    "Language",
    "Location",
    "Organization",
    "OrganizationSlug",
    "Phone",
    "Program",
    "RequiredDocument",
    "Schedule",
    "SearchRow",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "ServiceSlug",
    "SourceRecord",
    "Synonym",
    "Taxonomy",
    "TaxonomyTerm",
    "Unit",
    "Url",
]
