"""The words a search can choose from, with their labels, kept in memory for a minute."""

from dataclasses import dataclass, field

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.models import TaxonomyTerm
from directory.models.enums import Delivery

SECONDS = 60
LED = [("peer", _("Peer-led")), ("indigenous", _("Indigenous-led"))]
DELIVERY = Delivery.choices
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("oj", _("Ojibwe")),
    ("cr", _("Cree")),
    ("iu", _("Inuktitut")),
    ("mic", _("Mi’kmaw")),
    ("den", _("Dene")),
    ("crg", _("Michif")),
    ("ase", _("American Sign Language")),
    ("fcs", _("Quebec Sign Language")),
    ("ar", _("Arabic")),
    ("zh", _("Chinese")),
    ("pa", _("Punjabi")),
    ("es", _("Spanish")),
    ("tl", _("Tagalog")),
    ("uk", _("Ukrainian")),
    ("ur", _("Urdu")),
    ("so", _("Somali")),
    ("vi", _("Vietnamese")),
    ("fa", _("Persian")),
]


@dataclass
class TermChoice:
    """A term as a filter shows it; `label` is in the active language."""

    code: str
    name: str
    name_fr: str
    children: list["TermChoice"] = field(default_factory=list)

    @property
    def label(self) -> str:
        if get_language() == "fr":
            return self.name_fr or self.name
        return self.name or self.name_fr


def terms(taxonomy: str) -> list[TermChoice]:
    """The top terms of one taxonomy in display order, children inside."""
    return cache.get_or_set("directory.vocabulary", load, SECONDS)[taxonomy]


def load() -> dict[str, list[TermChoice]]:
    found: dict[str, list[TermChoice]] = {"category": [], "serves": [], "access": []}
    by_id: dict = {}
    rows = TaxonomyTerm.objects.order_by("position", "code").values_list(
        "id", "parent_id", "taxonomy__code", "code", "name", "name_fr"
    )
    for pk, parent, taxonomy, *values in rows:
        by_id[pk] = choice = TermChoice(*values)
        siblings = by_id[parent].children if parent in by_id else found.setdefault(taxonomy, [])
        siblings.append(choice)
    return found


def choices(taxonomy: str) -> list[tuple[str, str]]:
    """Every code of a taxonomy with its label, children after their parent."""
    return [(term.code, term.label) for top in terms(taxonomy) for term in (top, *top.children)]
