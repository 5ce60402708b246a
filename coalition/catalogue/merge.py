"""Two listings become one: side by side, value by value, then written as any other change."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.listings import actions as listings
from directory.interchange import proposals
from directory.interchange.actions import withdraw
from directory.interchange.differences import Section, difference
from directory.interchange.reading_out import LINKS, PARTS, Vocabulary
from directory.interchange.schema import SERVICE
from directory.models import Service, ServiceSlug
from directory.models.enums import ServiceStatus, Visibility

from .duplicates import settle, still_open
from .enums import Settled
from .models import Pair

LEFT, RIGHT, BOTH = "left", "right", "both"
# Values that only make sense together are chosen together.
TOGETHER = {
    "operator": (gettext_lazy("Organization"), ("organization", "program")),
    "checked": (gettext_lazy("checked"), ("assured_date", "assured_by", "assurer_email")),
    "ages": (gettext_lazy("Ages"), ("minimum_age", "maximum_age")),
    "indigenous": (
        gettext_lazy("Indigenous-led"),
        (
            "indigenous_led",
            "indigenous_community",
            "indigenous_community_fr",
            "steward",
            "steward_consented_on",
        ),
    ),
}
OWN = ("id", "slug", "last_modified")
PLACES = "service_at_locations"
OPENNESS = [Visibility.CONFIDENTIAL, Visibility.APPROXIMATE, Visibility.PUBLIC]


class ChangedSince(Exception):
    """One of the two is not any more what the page showed."""


@dataclass(frozen=True)
class Field:
    """What one choice decides: `keys` of the document. `lists` may take both sides."""

    name: str
    label: str
    keys: tuple[str, ...]

    @property
    def lists(self) -> bool:
        return self.keys[0] in SERVICE.parts

    @property
    def ways(self) -> tuple[str, ...]:
        return (LEFT, RIGHT, BOTH) if self.lists else (LEFT, RIGHT)


@dataclass(frozen=True)
class Row:
    """A field in which two listings differ, as a page shows it; `chosen` is what is ticked."""

    field: Field
    left: list[Section]
    right: list[Section]
    chosen: str


def fields() -> Iterator[Field]:
    """Every choice there can be, in reading order."""
    grouped = {key: name for name, (_label, keys) in TOGETHER.items() for key in keys}
    told = set()
    for key in (*SERVICE.fields, *SERVICE.links, *SERVICE.parts):
        if key in OWN:
            continue
        if name := grouped.get(key):
            if name not in told:
                told.add(name)
                label, keys = TOGETHER[name]
                yield Field(name, str(capfirst(label)), keys)
        else:
            yield Field(key, label_of(key), (key,))


def label_of(key: str) -> str:
    if key in SERVICE.model_fields:
        return capfirst(str(SERVICE.model_fields[key].verbose_name))
    return str(PARTS.get(key) or LINKS[key])


def differing(left: dict, right: dict) -> list[Field]:
    """The fields whose values are not the same, whatever their identifiers."""
    return [field for field in fields() if values(left, field.keys) != values(right, field.keys)]


def values(document: dict, keys: tuple[str, ...]) -> dict:
    found = {key: document[key] for key in keys if key in document}
    if "organization" in found:
        found["organization"] = found["organization"]["id"]
    return bare(found)


def bare(value):
    """Without identifiers, at any depth: what it says."""
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items() if key != "id"}
    if isinstance(value, list):
        return [bare(item) for item in value]
    return value


def usual(field: Field, left: dict, right: dict) -> str:
    """What is ticked to begin with: both of a list; the left value where there is one; the later
    check."""
    here, there = (any(doc.get(key) for key in field.keys) for doc in (left, right))
    if field.name == "checked":
        return RIGHT if right.get("assured_date", "") > left.get("assured_date", "") else LEFT
    if here and there and field.lists:
        return BOTH
    return LEFT if here or not there else RIGHT


def rows(left: dict, right: dict, chosen: Mapping[str, str], words: Vocabulary) -> list[Row]:
    """The page's rows; `chosen` is what somebody ticked already, by field."""
    found = []
    for field in differing(left, right):
        way = chosen.get(field.name, "")
        if way not in field.ways:
            way = usual(field, left, right)
        found.append(Row(field, said(left, field, words), said(right, field, words), way))
    return found


def said(document: dict, field: Field, words: Vocabulary) -> list[Section]:
    """One side of a field, in words."""
    part = {key: document[key] for key in field.keys if key in document}
    return difference(None, part, words) if part else []


def joined(kept: dict, other: dict, choices: Mapping[str, str]) -> dict:
    """One document out of two. `choices` says for each field whose values: `left` for those of
    the one that is kept, `right`, or `both`. Pure.

    What is taken from the other gets identifiers of its own, but for what listings share.
    """
    document = dict(kept)
    for field in differing(kept, other):
        way = choices.get(field.name, LEFT)
        if way == LEFT:
            continue
        for key in field.keys:
            theirs = taken(key, other.get(key))
            if way == BOTH and field.lists:
                theirs = both(key, kept.get(key, []), other.get(key, []))
            if theirs in (None, []):
                document.pop(key, None)
            else:
                document[key] = theirs
    return document


def taken(key: str, value):
    """A value of the other listing as this one may have it."""
    if key in SERVICE.links:
        return {"id": value["id"]} if value else None
    if key == PLACES:
        return [
            {**bare(place), "location": {"id": place["location"]["id"]}} for place in value or []
        ]
    return bare(value)


def both(key: str, mine: list, theirs: list) -> list:
    """All of mine, and what of theirs says something else.

    A place both have is there once, shown no more openly than the more careful of the two.
    """
    if key != PLACES:
        known = [identity(key, item) for item in mine]
        return [*mine, *(bare(item) for item in theirs if identity(key, item) not in known)]
    result = list(mine)
    known = {identity(key, place): n for n, place in enumerate(mine)}
    for place in theirs:
        position = known.get(identity(key, place))
        if position is None:
            result += taken(key, [place])
        elif openness(place) < openness(result[position]):
            result[position] = {
                **result[position],
                "location": {"id": place["location"]["id"]},
            }
    return result


def identity(key: str, item: dict):
    """What makes two parts the same one."""
    if key == "attributes":
        return item["taxonomy_term"]["taxonomy"], item["taxonomy_term"]["code"]
    if key == "phones":
        return "".join(filter(str.isdigit, item["number"])), item.get("extension")
    if key == "languages":
        return item["code"]
    if key == PLACES:
        address = next(iter(item["location"].get("addresses", [])), {})
        street = (address.get("address_1", "").casefold(), address.get("city", "").casefold())
        return street if street[0] else item["location"]["id"]
    return bare(item)


def openness(place: dict) -> int:
    visibility = place["location"].get("visibility")
    return OPENNESS.index(visibility) if visibility in OPENNESS else 0


def mark(left: dict, right: dict) -> str:
    """What tells this state of two documents from a later one."""
    text = json.dumps([left, right], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def documents(pair: Pair) -> tuple[dict, dict]:
    """Both listings as they stand; the first is the left one."""
    return proposals.current(pair.first_id), proposals.current(pair.second_id)


def is_a_choice(field: Field, choices: Mapping[str, str]) -> bool:
    return choices.get(field.name, LEFT) in field.ways


@transaction.atomic
def merge(pair: Pair, *, keep: str, choices: Mapping[str, str], seen: str, by: User) -> Service:
    """Make two listings one, as chosen. `keep` (`left` or `right`) is the one whose address and
    history go on; the other is no longer offered, and its addresses lead to the kept one.

    Raises AlreadySettled, ChangedSince, ValidationError for a choice there is not, and what
    `proposals.change` and `publish` raise.
    """
    if keep not in (LEFT, RIGHT) or not all(is_a_choice(field, choices) for field in fields()):
        raise ValidationError(_("Choose one of the two for each."))
    pair = still_open(pair)
    ids = [pair.first_id, pair.second_id]
    services = Service.objects.select_for_update().filter(pk__in=ids).in_bulk()
    left, right = documents(pair)
    if mark(left, right) != seen:
        raise ChangedSince
    if keep == RIGHT:
        turned = {LEFT: RIGHT, RIGHT: LEFT}
        choices = {name: turned.get(way, way) for name, way in choices.items()}
        left, right = right, left
    # What is not chosen is as the kept one has it.
    document = joined(left, right, choices)
    kept, other = (services[uuid.UUID(found["id"])] for found in (left, right))
    show = other.published_at is not None and kept.published_at is None
    retire(other, right, kept, by)
    listings.edit_as_coordinator(
        document, by=by, note=_("Made one with “%s”.") % listings.title(right), publish_now=show
    )
    lead(other, kept)
    settle(pair, Settled.MERGED, by)
    Pair.objects.open().filter(first=other).delete()
    Pair.objects.open().filter(second=other).delete()
    record("listing.merge", by=by, about=kept, note=f"{listings.title(right)} ({other.slug})")
    return kept


def retire(other: Service, document: dict, kept: Service, by: User) -> None:
    """It is out of sight and no longer offered; nothing of it is deleted."""
    withdraw([other.pk])
    listings.edit_as_coordinator(
        {**document, "status": ServiceStatus.DEFUNCT.value},
        by=by,
        note=_("Made one with “%s”.") % kept,
    )


def lead(other: Service, kept: Service) -> None:
    """Every address the other ever had leads to the kept one."""
    ServiceSlug.objects.filter(service=other).update(service=kept)
    ServiceSlug.objects.update_or_create(slug=other.slug, defaults={"service": kept})
