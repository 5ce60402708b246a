"""The one-tap ways into the catalogue on the home page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Need:
    """A tile: its words, its icon in static/img/icons.svg, and the taxonomy codes it opens."""

    title: Promise
    detail: Promise
    icon: str
    categories: tuple[str, ...]

    @property
    def query(self) -> str:
        return urlencode([("category", code) for code in self.categories])


NEEDS = (
    Need(
        _("Naloxone and safer use"), _("Kits, supplies, drug checking"), "kit", ("harm-reduction",)
    ),
    Need(
        _("Someone to talk to"),
        _("Peer groups and lines"),
        "talk",
        ("peer", "support-line", "overdose-prevention-line"),
    ),
    Need(
        _("Withdrawal and treatment"),
        _("Detox, medication, programs"),
        "path",
        ("treatment",),
    ),
    Need(_("Indigenous-led healing"), _("Elders, land, ceremony"), "land", ("indigenous-led",)),
    Need(
        _("A bed or a meal tonight"),
        _("Shelter, food, drop-in"),
        "bed",
        ("shelter", "food", "drop-in", "warming-cooling"),
    ),
    Need(
        _("For family and friends"),
        _("Groups and advice"),
        "people",
        ("family-groups", "family-counselling", "grief-groups"),
    ),
    Need(
        _("Mental health and crisis"), _("Crisis teams, counselling"), "heart", ("mental-health",)
    ),
    Need(_("Legal help and rights"), _("Clinics, court, tenants"), "scale", ("legal-rights",)),
)
