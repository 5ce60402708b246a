"""A listing document in words that people read, line by line ("Street address: 14 Harbour Lane",
"Hours · Monday: 9 am – 5 pm"). Pure but for `vocabulary`, which fetches the names that documents
only point to.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from directory.hours.clock import date_text, weekday_text
from directory.hours.rules import FOREVER, ONLY, UNKNOWN, WEEKLY, Rule
from directory.hours.timetable import plain_text, weekdays_text
from directory.hours.words import hours_text
from directory.models import Location, TaxonomyTerm, Unit
from directory.models.enums import OnHolidays

from .read import load
from .schema import LOCATION, SERVICE, SERVICE_AT_LOCATION, Node

PARTS = {
    "phones": gettext_lazy("Phone"),
    "contacts": gettext_lazy("Contact"),
    "languages": gettext_lazy("Language"),
    "additional_urls": gettext_lazy("Link"),
    "additional_websites": gettext_lazy("Website"),
    "service_areas": gettext_lazy("Area served"),
    "cost_options": gettext_lazy("Cost"),
    "required_documents": gettext_lazy("To bring"),
    "capacities": gettext_lazy("Free places"),
    "addresses": gettext_lazy("Address"),
    "accessibility": gettext_lazy("Getting in"),
    "service_at_locations": gettext_lazy("Place"),
    "attributes": gettext_lazy("Terms"),
    "schedules": gettext_lazy("Hours"),
}
LINKS = {
    "organization": gettext_lazy("Organization"),
    "program": gettext_lazy("Program"),
    "location": gettext_lazy("The building"),
}
MONDAY = date(2024, 1, 1)
Key = tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Names for what documents point to: terms by taxonomy and code, units, places by `id`."""

    terms: dict[tuple[str, str], str] = field(default_factory=dict)
    taxonomies: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    linked: dict[str, dict] = field(default_factory=dict)
    pointed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A value of a document in words. A `part` (a phone, a cost) comes and goes as a whole."""

    key: Key
    section: Key
    label: str
    text: str
    part: Key = ()
    part_label: str = ""
    usual: bool = False  # what is so unless somebody says otherwise
    bare: bool = False  # a number, which alone does not say what it counts


@dataclass
class Reading:
    lines: dict[Key, Line] = field(default_factory=dict)
    titles: dict[Key, str] = field(default_factory=dict)
    order: dict[Key, list[str]] = field(default_factory=dict)


def read_out(document: dict | None, node: Node, words: Vocabulary) -> Reading:
    reading = Reading()
    if document is not None:
        reading.titles[()] = str(node.title)
        Reader(reading, words).object(node, document, (), ())
    return reading


@dataclass
class Reader:
    """Goes through a document and writes down its lines."""

    reading: Reading
    words: Vocabulary

    def object(
        self,
        node: Node,
        data: dict,
        key: Key,
        section: Key,
        trail: tuple[str, ...] = (),
        part: Key = (),
        part_label: str = "",
    ) -> None:
        def line(name: str, label: str, text: str, **kind: bool) -> None:
            own = (*key, name)
            words = capfirst(" · ".join([*trail, label]))
            self.reading.lines[own] = Line(own, section, words, text, part, part_label, **kind)

        for name, model_field in node.model_fields.items():
            if name in data and data[name] not in (None, "", []):
                value = data[name]
                usual = model_field.has_default() and value == model_field.get_default()
                label = _("address of its page") if name == "slug" else model_field.verbose_name
                bare = isinstance(value, int | float) and not isinstance(value, bool)
                line(name, str(label), value_text(model_field, value), usual=usual, bare=bare)
        for name, reference in node.references.items():
            if name in data and name != "taxonomy_term":
                identifier = next(iter(data[name].values()), "")
                label = str(reference.model._meta.verbose_name)
                line(name, _("unit") if name == "unit" else label, self.unit(identifier))
        for name in node.pointers:
            if data.get(name):
                label = str(node.model._meta.get_field(name).verbose_name)
                line(name, label, self.words.pointed.get(data[name]["id"], "—"))
        if node is SERVICE_AT_LOCATION:
            trail = ()
        for name, child in node.parts.items():
            if name == "schedules":
                self.hours(data.get(name) or [], key, section, trail, part, part_label)
            elif name == "attributes":
                self.terms(data.get(name) or [], key, section)
            else:
                inside = key[-1:] == ("location",) and name not in ("addresses", "accessibility")
                more = (*trail, str(LINKS["location"])) if inside else trail
                self.parts(name, child, data.get(name) or [], key, section, more)
        for name, child in node.links.items():
            if data.get(name):
                self.link(name, child, data[name], key, section)

    def unit(self, identifier: str) -> str:
        return self.words.units.get(identifier, identifier)

    def parts(
        self, name: str, node: Node, items: list, key: Key, section: Key, trail: tuple[str, ...]
    ) -> None:
        unnamed = 0
        several = len(items) > 1
        for number, item in enumerate(items, 1):
            if not item.get("id"):
                unnamed += 1
            own = (*key, name, str(item.get("id") or f"#{unnamed}"))
            label = str(PARTS.get(name) or node.title)
            label = f"{label} {number}" if several else label
            if name == "service_at_locations":
                label = f"{PARTS[name]} {number}"
                place = item.get("location", {})
                self.reading.titles[own] = " · ".join(filter(None, [label, place_name(place)]))
                self.object(node, item, own, own, (_("Here"),))
                self.reading.order.setdefault((*key, name), []).append(place_name(place) or label)
                continue
            here = trail if name == "addresses" and not several else (*trail, label)
            part_label = capfirst(" · ".join([*trail, label]))
            self.object(node, item, own, section, here, own, part_label)
            told = compact(self.reading, own)
            self.reading.order.setdefault((*key, name), []).append(told)

    def link(self, name: str, node: Node, item: dict, key: Key, section: Key) -> None:
        own = (*key, name)
        if name == "location":
            self.object(node, item, own, section)
        elif not is_bare(item):
            self.reading.titles[own] = str(LINKS[name])
            self.object(node, item, own, own)

    def terms(self, items: list, key: Key, section: Key) -> None:
        """The terms of each taxonomy, in one line."""
        found: dict[str, list[str]] = {}
        for item in items:
            term = item.get("taxonomy_term") or {}
            taxonomy, code = term.get("taxonomy", ""), term.get("code", "")
            name = self.words.terms.get((taxonomy, code), code)
            more = ": ".join(filter(None, [item.get("label"), item.get("value")]))
            found.setdefault(taxonomy, []).append(f"{name} ({more})" if more else name)
        for taxonomy, names in sorted(found.items()):
            own = (*key, "attributes", taxonomy)
            label = self.words.taxonomies.get(taxonomy) or str(PARTS["attributes"])
            self.reading.lines[own] = Line(own, section, capfirst(label), ", ".join(sorted(names)))

    def hours(
        self,
        items: list,
        key: Key,
        section: Key,
        trail: tuple[str, ...],
        part: Key,
        part_label: str,
    ) -> None:
        if key and key[-1] == "location":
            trail = (*trail, str(LINKS["location"]))
        for name, label, text in hours_lines(items):
            own = (*key, "schedules", name)
            words = capfirst(" · ".join([*trail, str(PARTS["schedules"]), label]))
            self.reading.lines[own] = Line(own, section, words, text, part, part_label)


def hours_lines(items: list[dict]) -> Iterator[tuple[str, str, str]]:
    """A timetable as lines: name, label, words. Ordinary weeks day by day, the rest as it is."""
    try:
        rules = [Rule.from_document(item) for item in items]
    except ValueError:
        rules = []
        for number, item in enumerate(items, 1):
            said = ", ".join(str(value) for name, value in item.items() if name != "id")
            yield str(item.get("id") or number), _("as written"), said
    days: dict[int, list[Rule]] = {}
    others = []
    for rule in rules:
        if is_every_week(rule):
            for weekday in rule.every:
                days.setdefault(weekday, []).append(rule)
        else:
            others.append(rule)
    for weekday in sorted(days):
        day = weekday_text(MONDAY.replace(day=1 + weekday))
        lines = sorted(days[weekday], key=lambda rule: (rule.begins, rule.state))
        yield f"{weekday}", day, ", ".join(with_note(hours_text(rule), rule) for rule in lines)
    for number, rule in enumerate(others, 1):
        bare = dataclasses.replace(rule, description="", description_fr="", holidays=quiet(rule))
        text = " · ".join([*plain_text([bare])[:1], *truth_of(rule)])
        yield rule.id or f"#{number}", _("certain days"), with_note(text, rule)
    yield from holidays_line([rule for rule in rules if rule.freq and rule.holidays != ONLY])


def is_every_week(rule: Rule) -> bool:
    always = (rule.first, rule.last) == (0, FOREVER)
    return rule.freq == WEEKLY and rule.simple and rule.holidays != ONLY and always


def truth_of(rule: Rule) -> Iterator[str]:
    """From when until when a line that has dates of its own is true."""
    if rule.dtstart and rule.valid_from:
        yield _("true from %s") % date_text(rule.valid_from)
    if (rule.until or rule.dtstart) and rule.valid_to:
        yield _("true until %s") % date_text(rule.valid_to)


def quiet(rule: Rule) -> str:
    """What a line says of public holidays is told in a line of its own."""
    return ONLY if rule.holidays == ONLY else UNKNOWN


def with_note(text: str, rule: Rule) -> str:
    notes = " / ".join(filter(None, [rule.description, rule.description_fr]))
    return f"{text} ({notes})" if notes else text


def holidays_line(rules: list[Rule]) -> Iterator[tuple[str, str, str]]:
    said = {rule.holidays for rule in rules}
    if len(said) == 1:
        yield "holidays", _("public holidays"), str(OnHolidays(said.pop()).label)
    elif said:
        parts = [
            f"{weekdays_text(sorted(rule.every))} {hours_text(rule)}: "
            f"{OnHolidays(rule.holidays).label}"
            for rule in rules
        ]
        yield "holidays", _("public holidays"), "; ".join(parts)


def value_text(model_field: models.Field, value) -> str:
    """A value as a person says it: choices by their labels, yes and no, dates in full."""
    if isinstance(model_field, ArrayField):
        return ", ".join(value_text(model_field.base_field, item) for item in value)
    if isinstance(model_field, models.BooleanField):
        return _("Yes") if value else _("No")
    if model_field.flatchoices:
        return str(dict(model_field.flatchoices).get(value, value))
    try:
        if isinstance(model_field, models.DateTimeField):
            return date_format(localtime(datetime.fromisoformat(str(value))), "DATETIME_FORMAT")
        if isinstance(model_field, models.DateField):
            return date_format(date.fromisoformat(str(value)))
    except ValueError:
        pass
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e5 else str(value)


def place_name(location: dict) -> str:
    french = get_language() == "fr"
    name = location.get("name_fr" if french else "name") or location.get("name")
    address = next(iter(location.get("addresses") or []), {})
    return name or address.get("address_1") or address.get("city") or ""


def label_of(path: str, of: Node = SERVICE) -> str:
    """A path of `merging.differences` in words: Place · Address · Town."""
    node: Node | None = of
    words = []
    for name in re.sub(r"\[[^\]]*\]", "", path).split("."):
        if node is None:
            break
        if name in node.fields:
            words.append(str(node.model_fields[name].verbose_name))
            node = None
        elif name in node.pointers:
            words.append(str(node.model._meta.get_field(name).verbose_name))
            node = None
        elif name in node.parts or name in node.links:
            below = node.parts.get(name) or node.links[name]
            words.append(str(PARTS.get(name) or LINKS.get(name) or below.title))
            node = below
        else:
            node = None
    return capfirst(" · ".join(words)) or path


def vocabulary(documents: Iterable[dict | None], node: Node = SERVICE) -> Vocabulary:
    """The names these documents need, in the active language: three queries at most, and one for
    each kind of record that is pointed to."""
    documents = [document for document in documents if document]
    french = get_language() == "fr"
    attributes = [item for document in documents for item in document.get("attributes") or []]
    codes = {(item.get("taxonomy_term") or {}).get("code", "") for item in attributes}
    words = Vocabulary()
    if codes:
        found = TaxonomyTerm.objects.filter(code__in=codes).select_related("taxonomy")
        for term in found:
            taxonomy = term.taxonomy
            words.terms[taxonomy.code, term.code] = spoken(term, french)
            words.taxonomies[taxonomy.code] = spoken(taxonomy, french)
    if any(document.get("capacities") for document in documents):
        for unit in Unit.objects.all():
            words.units[unit.identifier] = spoken(unit, french)
    told = {pk for document in documents for pk in linked_in(document)}
    asked = {item["id"] for document in documents for item in links_of(document) if is_bare(item)}
    if missing := asked - told:
        words.linked.update(load(LOCATION, Location.objects.filter(pk__in=missing)))
    pointed: dict[type[models.Model], set[str]] = {}
    for document in documents:
        for model, pk in pointers_of(document, node):
            pointed.setdefault(model, set()).add(pk)
    for model, ids in pointed.items():
        words.pointed.update((str(pk), str(one)) for pk, one in model.objects.in_bulk(ids).items())
    return words


def pointers_of(document: dict, node: Node) -> Iterator[tuple[type[models.Model], str]]:
    """Records a document only names, with their identifiers."""
    for key, model in node.pointers.items():
        if document.get(key):
            yield model, document[key]["id"]
    for key, child in node.parts.items():
        for item in document.get(key) or []:
            yield from pointers_of(item, child)


def spoken(record, french: bool) -> str:
    return (record.name_fr if french else record.name) or record.name or record.name_fr


def compact(reading: Reading, part: Key) -> str:
    """A phone, a cost, an address in one line of text, without what goes without saying."""
    lines = [line for line in reading.lines.values() if line.part == part]
    lines = [line for line in lines if not line.usual] or lines
    return " · ".join(
        f"{line.label.rpartition(' · ')[2]} {line.text}" if line.bare else line.text
        for line in lines
    )


def is_bare(value) -> bool:
    """`{"id": …}` alone: it points to something and says nothing of it."""
    return isinstance(value, dict) and set(value) == {"id"}


def linked_in(document: dict | None) -> dict[str, dict]:
    """Organization, program and places a document tells in full, by `id`."""
    return {item["id"]: item for item in links_of(document) if item.get("id") and not is_bare(item)}


def links_of(document: dict | None) -> Iterator[dict]:
    document = document or {}
    yield from (document[name] for name in ("organization", "program") if document.get(name))
    for place in document.get("service_at_locations") or []:
        if place.get("location"):
            yield place["location"]
