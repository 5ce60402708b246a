"""Resources as cards, on their own list and on the pages of others."""

import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language

from coalition.accounts.models import User
from directory.interchange.reading_out import spoken
from directory.models import Organization, Service
from directory.public.cards import text

from . import words
from .enums import ResourceKind, SeenBy
from .models import Resource, ResourceVersion

TOPICS = 3
SUMMARY = 160  # letters


def of_organization(organization: Organization, user: User) -> list[dict]:
    """Cards of what an organization shares, as far as this person may see it, the newest first."""
    found = Resource.objects.visible_to(user).of(organization).with_since()
    return cards(found.order_by("-since", "pk"), named=False)


def related_to(service: Service, user: User) -> list[dict]:
    """Cards of what belongs to a service: of what its own organization shares, nobody else's."""
    own = Resource.objects.visible_to(user).filter(organization=service.organization_id)
    found = own.with_since()
    return cards(found.filter(services__service=service).order_by("-since", "pk"), named=False)


def for_cards(rows: QuerySet) -> QuerySet:
    """With all that a card says, in a fixed number of queries."""
    versions = ResourceVersion.objects.select_related("file").filter(position=0)
    has_page = Exists(Service.objects.published().filter(organization=OuterRef("organization")))
    return (
        rows.with_since()
        .defer("words")
        .annotate(has_page=has_page)
        .select_related("organization")
        .prefetch_related(
            Prefetch("versions", versions, to_attr="newest"), "attributes__taxonomy_term"
        )
    )


def cards(
    rows: QuerySet, *, named: bool = True, now: datetime.datetime | None = None
) -> list[dict]:
    """Cards (keys in components/resource_cards.html); `named` where each says who shares it."""
    now = now or timezone.now()
    french = get_language() == "fr"
    return [card(row, named, now, french) for row in for_cards(rows)]


def card(row: Resource, named: bool, now: datetime.datetime, french: bool) -> dict:
    data = {
        f"{name}{suffix}": getattr(row, f"{name}{suffix}")
        for name in ("name", "description")
        for suffix in ("", "_fr")
    }
    name, name_lang = text(data, "name", french)
    summary, summary_lang = text(data, "description", french)
    organization = reverse("directory:organization_detail", args=[row.organization.slug])
    funding = row.kind == ResourceKind.FUNDING
    file = next((version.file for version in row.newest), None)
    return {
        "uuid": row.pk,
        "url": reverse("coalition:resource_detail", args=[row.slug]),
        "name": name,
        "name_lang": name_lang,
        "summary": Truncator(summary).chars(SUMMARY),
        "summary_lang": summary_lang,
        "kind": row.get_kind_display(),
        "organization_name": str(row.organization) if named else "",
        "organization_url": organization if row.has_page else "",
        "fresh": words.freshness(row.since, row.last_modified, now),
        "deadline_text": words.deadline_text(row.deadline, row.timezone) if row.deadline else "",
        "deadline_state": words.deadline_state(row.deadline, now) if row.deadline else "",
        "amount_text": words.amount_text(row.amount_minimum, row.amount_maximum) if funding else "",
        "file_text": words.file_text(file) if file else "",
        "topics": topics_of(row)[:TOPICS],
        "languages_text": words.languages_text(row.languages),
        "seen_text": row.get_seen_by_display() if row.seen_by != SeenBy.EVERYONE else "",
    }


def topics_of(row: Resource) -> list[str]:
    """What it is about, by name, in the order it says them."""
    terms = (one.taxonomy_term for one in row.attributes.all())
    return [spoken(term, get_language() == "fr") for term in terms]
