# Django looks for an app's models here; everything else imports from the module that holds them.
from directory.search.models import FacetSet, MissedSearch, OrganizationStart, SearchRow, Word

from .lines import CrisisLine
from .locations import Accessibility, Address, Location
from .organizations import Organization, OrganizationSlug, Program
from .proposals import ImportRun, Origin, Proposal, Subject
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
    "CrisisLine",
    "FacetSet",
    "ImportRun",
    "Language",
    "Location",
    "MissedSearch",
    "Organization",
    "OrganizationSlug",
    "OrganizationStart",
    "Origin",
    "Phone",
    "Program",
    "Proposal",
    "RequiredDocument",
    "Schedule",
    "SearchRow",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "ServiceSlug",
    "SourceRecord",
    "Subject",
    "Synonym",
    "Taxonomy",
    "TaxonomyTerm",
    "Unit",
    "Url",
    "Word",
]
