"""The page of a resource, made from its document: what is out, or as it would be."""

import datetime
from collections.abc import Callable, Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coalition.events.models.events import Event
from coalition.files.models import StoredFile
from directory.interchange.reading_out import spoken
from directory.models import Organization, Service, TaxonomyTerm
from directory.public.cards import text

from . import words
from .enums import LICENCE_URLS, Licence, ResourceKind, SeenBy

# The address of a version's file, from the version of the document.
FileUrl = Callable[[dict], str]


def page(
    document: dict,
    *,
    organization: Organization,
    file_url: FileUrl,
    now: datetime.datetime,
    written: bool = True,
) -> dict:
    """The context of coalition/resources/detail.html; keys that a document may lack are empty.

    Of one that is not `written`, nobody has seen whether its files are the organization's own.
    """
    kind = ResourceKind(document.get("kind", ResourceKind.DOCUMENT))
    seen_by = SeenBy(document.get("seen_by", SeenBy.EVERYONE))
    licence = Licence(document.get("licence", Licence.UNSTATED))
    files = StoredFile.objects.with_small()
    versions = list(
        versions_of(document, files if written else files.kept_by(organization), file_url)
    )
    deadline = document.get("deadline")
    if deadline:
        deadline = datetime.datetime.fromisoformat(deadline)
    zone = document.get("timezone", "America/Toronto")
    return {
        "document": document,
        "kind": kind.label,
        "organization": organization,
        "has_page": Service.objects.published().filter(organization=organization).exists(),
        "topics": topics_of(document),
        "seen": "" if seen_by == SeenBy.EVERYONE else seen_by.label,
        "deadline": deadline,
        "deadline_text": words.deadline_text(deadline, zone) if deadline else "",
        "deadline_state": words.deadline_state(deadline, now) if deadline else "",
        "facts": facts(document, get_language() == "fr"),
        "licence": licence.label if licence != Licence.UNSTATED else "",
        "licence_url": LICENCE_URLS.get(licence, ""),
        "current": versions[0] if versions else None,
        "earlier": versions[1:],
        "services": services_of(document),
        "events": events_of(document),
    }


def versions_of(document: dict, files: QuerySet, file_url: FileUrl) -> Iterator[dict]:
    """Each version with its file; those whose file is not there are left out."""
    named = document.get("versions", [])
    ids = [one["file"]["id"] for one in named]
    there = {str(file.pk): file for file in files.filter(pk__in=ids)}
    for one in named:
        file = there.get(one["file"]["id"])
        if file is not None:
            yield {
                "version": one,
                "file": file,
                "text": words.file_text(file),
                "since": since(one),
                "url": file_url(one),
            }


def since(version: dict) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(version.get("since") or "")
    except ValueError:
        return None


def topics_of(document: dict) -> list[dict]:
    """What it is about: names, and the list narrowed to each."""
    terms = [one["taxonomy_term"] for one in document.get("attributes", [])]
    known = {
        (term.taxonomy.code, term.code): term
        for term in TaxonomyTerm.objects.filter(
            code__in=[term["code"] for term in terms]
        ).select_related("taxonomy")
    }
    french = get_language() == "fr"
    found = []
    for term in terms:
        if row := known.get((term["taxonomy"], term["code"])):
            url = f"{reverse('coalition:resource_list')}?topic={row.code}"
            found.append({"name": spoken(row, french), "url": url})
    return found


def facts(document: dict, french: bool) -> list[tuple[str, list[dict]]]:
    """Label and values, in the order people ask."""

    def said(name: str) -> list[dict]:
        value, language = text(document, name, french)
        return [{"text": value, "lang": language}] if value else []

    def plain(value: str) -> list[dict]:
        return [{"text": value, "lang": ""}] if value else []

    amount = words.amount_text(document.get("amount_minimum"), document.get("amount_maximum"))
    rows = [
        (_("Who may apply"), said("who_may_apply")),
        (_("Amount"), plain(amount) + said("amount_description")),
        (_("How to get it"), said("how_to_get")),
        (_("For whom"), said("audience")),
        (_("Language"), plain(words.languages_text(document.get("languages", [])))),
        (_("Version"), plain(document.get("version", ""))),
    ]
    return [(label, values) for label, values in rows if values]


def services_of(document: dict) -> list[Service]:
    """Those it belongs to that everyone may see."""
    ids = [one["service"]["id"] for one in document.get("services", [])]
    return in_order(Service.objects.published().filter(pk__in=ids), ids)


def events_of(document: dict) -> list[Event]:
    ids = [one["event"]["id"] for one in document.get("events", [])]
    return in_order(Event.objects.published().filter(pk__in=ids), ids)


def in_order(rows, ids: list[str]) -> list:
    return sorted(rows, key=lambda one: ids.index(str(one.pk))) if ids else []
