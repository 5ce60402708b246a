"""What a listing still lacks, and where in the editor a problem is put right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from directory.interchange.actions import is_reachable
from directory.interchange.publication import redacted
from directory.interchange.reading_out import label_of
from directory.models.enums import Delivery

from . import language
from .editor import (
    SECTIONS,
    Sections,
    all_forms,
    section_holding,
    section_of,
    timetables,
    untranslated,
)
from .models import Draft, Problem
from .writing import Written

is_url = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True)
class Advice:
    """One thing to look at, and the section in which it is changed."""

    section: str
    text: str


@dataclass(frozen=True)
class Said:
    """A term somebody may be hurt by: in which field, with what is better."""

    section: str
    label: str
    hints: list = field(default_factory=list)


def essentials(document: dict) -> Iterator[Advice]:
    """What people need to know and are not told. Advice only: a listing may be sent in without."""
    if not (document.get("name") or document.get("name_fr")):
        yield Advice("what", _("It has no name."))
    if not (document.get("description") or document.get("description_fr")):
        yield Advice("what", _("Nothing says what people get there."))
    if not any(
        a["taxonomy_term"]["taxonomy"] == "category" for a in document.get("attributes", [])
    ):
        yield Advice("what", _("It has no category: people who filter by kind do not find it."))
    if not document.get("delivery"):
        yield Advice("what", _("Nothing says how it reaches people: at a place, by phone, online."))
    places = document.get("service_at_locations", [])
    if Delivery.IN_PERSON in document.get("delivery", []) and not places:
        yield Advice("where", _("People are to come, but no place is given."))
    if any(not place.get("location", {}).get("addresses") for place in places):
        yield Advice("where", _("A place has no town: people near it do not find it."))
    if not any(one.get("schedules") for one in timetables(document).values()):
        yield Advice("when", _("No hours: people do not know when to come or call."))
    if not any(phone_of(document, place) for place in [{}, *places]):
        yield Advice("contact", _("No phone."))
    if not document.get("languages"):
        yield Advice("who", _("Nothing says which languages are spoken."))
    yield from in_one_language(document, SECTIONS)


def in_one_language(document: dict, sections: Sections) -> Iterator[Advice]:
    lacking = untranslated(document, sections)
    for code, text in (("fr", _("Not in French yet: %s.")), ("en", _("Not in English yet: %s."))):
        for section in sections:
            labels = [one.label for one in lacking if (one.section, one.missing) == (section, code)]
            if labels:
                yield Advice(section, text % ", ".join(dict.fromkeys(labels)))


def phone_of(document: dict, place: dict) -> bool:
    return bool(
        document.get("phones") or place.get("phones") or place.get("location", {}).get("phones")
    )


def bad_links(document: dict, sections: Sections = SECTIONS) -> list[Advice]:
    """Links that no browser could open, wherever they stand."""
    return [
        Advice(section_of(path, sections), _("This is not a link that opens: %s") % link)
        for path, link in links(document, "")
        if not opens(link)
    ]


def problems(draft: Draft) -> list[Advice]:
    """What the weekly look has found at the listing, as far as the draft still says it."""
    return known_problems(draft.document, Problem.objects.filter(service=draft.record_id))


def known_problems(
    document: dict, problems: Iterable[Problem], sections: Sections = SECTIONS
) -> list[Advice]:
    found = [(problem, section_holding(document, problem.value, sections)) for problem in problems]
    return [
        Advice(section, f"{one.get_kind_display()}: {one.value}. {one.explained}")
        for one, section in found
        if section
    ]


def opens(link: str) -> bool:
    try:
        is_url(link)
        return bool(urlsplit(link).netloc)
    except (ValidationError, ValueError):
        return False


def links(value, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("url", "uri", "website") and isinstance(item, str):
                yield f"{path}{key}", item
            else:
                yield from links(item, f"{path}{key}.")
    elif isinstance(value, list):
        for item in value:
            yield from links(item, path)


def hurtful(document: dict, exempt: list[str], sections: Sections = SECTIONS) -> list[Said]:
    """Words that have a better one, field by field."""
    return [
        Said(section.code, str(label), hints)
        for section, form in all_forms(document, sections)
        for _name, label, hints in hints_of(form, form.of, exempt)
    ]


def hints_of(form, values: dict, exempt: list[str]) -> Iterator[tuple[str, str, list]]:
    """Name, label and hints of each text of a form that has any."""
    for name, one in form.fields.items():
        text = values.get(name)
        if isinstance(text, str) and "lang" in one.widget.attrs:
            hints = language.find(text, one.widget.attrs["lang"], exempt=exempt)
            if hints:
                yield name, one.label, hints


def names_of(organization: dict) -> list[str]:
    """Names of its own that an organization may write as they are."""
    keys = ("name", "name_fr", "alternate_name", "alternate_name_fr")
    return [organization[key] for key in keys if organization.get(key)]


def located(errors: dict[str, list[str]], document: dict, written: Written) -> list[Advice]:
    """What was refused, in the words of the editor: section, field, message."""
    found = []
    for path, messages in errors.items():
        label = label_of(path, written.node) if path else ""
        for message in messages:
            section = section_of(path, written.sections) if path else ""
            section = section or written.at_fault(message, document)
            found.append(Advice(section, said(label, message)))
    return found


def said(label: str, message: str) -> str:
    return f"{label}: {message}" if label else message


def at_fault(message: str, document: dict) -> str:
    """Where a listing that was refused as a whole is put right."""
    if not is_reachable(redacted(document)):
        return "contact"
    if document.get("indigenous_led") and not document.get("steward_consented_on"):
        return "who"
    return "where"
