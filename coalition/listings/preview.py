"""A draft as residents would see it."""

from django.utils import timezone

from directory.interchange.proposals import current, kept_form
from directory.interchange.publication import redacted
from directory.models import Organization, Subject, TaxonomyTerm, Unit
from directory.public import listing


def preview(document: dict, organization: Organization) -> dict | None:
    """The context of the service's page; None where so little is written that there is none."""
    document = shown(document, organization)
    terms = [attribute["taxonomy_term"] for attribute in document.get("attributes", [])]
    sensitive = name_terms(terms)
    name_units([capacity["unit"] for capacity in document.get("capacities", [])])
    try:
        return listing.page(redacted(document), sensitive=sensitive, now=timezone.now())
    except (ValueError, KeyError):
        return None


def shown(document: dict, organization: Organization) -> dict:
    """The document with what only writing it would add; addresses without a town are left out."""
    document = kept_form(
        {**document, "organization": current(organization.pk, Subject.ORGANIZATION)}
    )
    document["organization"].setdefault("slug", organization.slug)
    for place in document.get("service_at_locations", []):
        location = place["location"]
        whole = [a for a in location.get("addresses", []) if {"city", "state_province"} <= a.keys()]
        location["addresses"] = whole
    document["capacities"] = [
        capacity
        for capacity in document.get("capacities", [])
        if {"unit", "available", "updated"} <= capacity.keys()
    ]
    return document


def name_terms(terms: list[dict]) -> bool:
    """Give each term its names; whether any is to stay out of a page's title."""
    codes = [term["code"] for term in terms]
    known = {
        (term.taxonomy.code, term.code): term
        for term in TaxonomyTerm.objects.filter(code__in=codes).select_related("taxonomy")
    }
    found = [(term, known[term["taxonomy"], term["code"]]) for term in terms]
    for term, record in found:
        term |= {"name": record.name, "name_fr": record.name_fr}
    return any(record.sensitive for _term, record in found)


def name_units(units: list[dict]) -> None:
    known = {unit.identifier: unit for unit in Unit.objects.all()} if units else {}
    for unit in units:
        record = known[unit["identifier"]]
        unit |= {"name": record.name, "name_fr": record.name_fr}
