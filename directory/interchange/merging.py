"""Three versions of a listing document become one. Pure: no database, nothing changed in place.

`base` is what both sides began from (for an import: the values last imported), `current` what is
in the catalogue now, `incoming` what someone wants to write. A value that differs from the base
in the catalogue was set by a person in the meantime and stays; everything else follows what
comes in.

    base      {"name": "Kits", "email": "a@example.org"}
    current   {"name": "Naloxone kits", "email": "a@example.org"}      a person renamed it
    incoming  {"name": "Kits", "email": "b@example.org"}               the source has a new address
    merged    {"name": "Naloxone kits", "email": "b@example.org"}

How values are compared:

- objects (dict) key by key, all the way down. Two that both carry an `id` and differ in it are
  different things: then one or the other is taken whole, never a mixture of two.
- lists of objects that all carry an `id`, item by item, matched by it: what a person added stays,
  what a person removed stays away. Items keep the catalogue's order; new ones come after.
- an object that comes in as `{"id": …}` alone says nothing about itself: what is there stays.
- everything else (text, numbers, lists of plain values) as one value.

A key that is absent is a value like any other: a person may have emptied it.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.db.models import NOT_PROVIDED

from .schema import SERVICE, Node

# One step of a path: a key, or an item's identifier.
STEP = re.compile(r"([^.\[\]]+)|\[([^\]]+)\]")


class Absent:
    """No value: the key, or the item of a list, is not there."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


@dataclass(frozen=True)
class Difference:
    """One value that is not the same in two versions; `ABSENT` where one of them has none.

    `path` names it as in `organization.name` or `phones[<id>].number`.
    """

    path: str
    before: Any
    after: Any


@dataclass
class Merge:
    """`document` is the result; `kept` are the values that came in and gave way.

    In each of these `before` is the value that stays and `after` the one that was not taken.
    """

    document: dict
    kept: list[Difference] = field(default_factory=list)


def merge(base: dict, current: dict, incoming: dict) -> Merge:
    """What should be written, when `incoming` meets what people have made of `base` since.

    merge(b, c, b) is c: nothing new came in. merge(b, b, i) is i: nobody changed anything.
    Give documents in their `normalized` form, so that defaults do not look like edits.
    """
    kept: list[Difference] = []
    document = merged(base, current, incoming, "", kept)
    return Merge(document, kept)


def merged(base, current, incoming, path: str, kept: list[Difference]):
    if current == base:
        return incoming
    if incoming in (base, current) or is_reference(incoming, to=current):
        return current
    if is_same_object(base, current, incoming):
        return merged_objects(base or {}, current, incoming, path, kept)
    if all(is_identified_list(value) for value in (base, current, incoming)):
        return merged_lists(base or [], current or [], incoming or [], path, kept)
    kept.append(Difference(path, current, incoming))
    return current


def merged_objects(base: dict, current: dict, incoming: dict, path: str, kept) -> dict:
    result = {}
    for key in [*current, *(key for key in incoming if key not in current)]:
        value = merged(
            base.get(key, ABSENT),
            current.get(key, ABSENT),
            incoming.get(key, ABSENT),
            joined(path, key),
            kept,
        )
        if value is not ABSENT:
            result[key] = value
    return result


def merged_lists(base: list, current: list, incoming: list, path: str, kept) -> list | Absent:
    olds, nows, news = ({item["id"]: item for item in items} for items in (base, current, incoming))
    result = []
    for pk in [*nows, *(pk for pk in news if pk not in nows)]:
        value = merged(
            olds.get(pk, ABSENT),
            nows.get(pk, ABSENT),
            news.get(pk, ABSENT),
            f"{path}[{pk}]",
            kept,
        )
        if value is not ABSENT:
            result.append(value)
    return result or ABSENT


def differences(before: dict, after: dict) -> list[Difference]:
    """What must change for `before` to become `after`, value by value, in reading order."""
    found: list[Difference] = []
    compare(before, after, "", found)
    return found


def compare(before, after, path: str, found: list[Difference]) -> None:
    if before == after:
        return
    if is_same_object(before, after):
        for key in [*before, *(key for key in after if key not in before)]:
            compare(before.get(key, ABSENT), after.get(key, ABSENT), joined(path, key), found)
    elif is_identified_list(before) and is_identified_list(after):
        olds, news = ({item["id"]: item for item in items or []} for items in (before, after))
        for pk in [*olds, *(pk for pk in news if pk not in olds)]:
            compare(olds.get(pk, ABSENT), news.get(pk, ABSENT), f"{path}[{pk}]", found)
        if set(olds) == set(news) and list(olds) != list(news):
            found.append(Difference(path, list(olds), list(news)))
    else:
        found.append(Difference(path, before, after))


def taking(document: dict, wanted: Iterable[Difference]) -> dict:
    """The document with the `after` value of each of these differences; nothing else moves."""
    result = deepcopy(document)
    for difference in wanted:
        take(result, STEP.findall(difference.path), deepcopy(difference.after))
    return result


def take(target, steps: list[tuple[str, str]], value) -> None:
    """Set the value at the end of these steps into `target`; a step that is not there is made."""
    (key, pk), *rest = steps
    if isinstance(target, list):
        position = next((n for n, item in enumerate(target) if item.get("id") == pk), None)
        if rest and position is not None:
            take(target[position], rest, value)
        elif value is ABSENT:
            target[:] = [item for item in target if item.get("id") != pk]
        elif position is None:
            target.append({"id": pk} | value if not rest else {"id": pk})
            if rest:
                take(target[-1], rest, value)
        else:
            target[position] = value
    elif rest:
        take(target.setdefault(key, [] if rest[0][1] else {}), rest, value)
        if not target[key]:
            del target[key]
    elif value is ABSENT:
        target.pop(key, None)
    else:
        target[key] = value


def joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def is_same_object(*values) -> bool:
    """Versions of one object: the last two are dicts, and no two `id`s differ."""
    if not all(isinstance(value, dict) for value in values[-2:]):
        return False
    if not all(value is ABSENT or isinstance(value, dict) for value in values):
        return False
    return len({value["id"] for value in values if value and "id" in value}) < 2


def is_reference(value, to) -> bool:
    """`{"id": …}` alone, naming `to`."""
    return isinstance(value, dict) and isinstance(to, dict) and value == {"id": to.get("id")}


def is_identified_list(value) -> bool:
    return value is ABSENT or (
        isinstance(value, list) and all(isinstance(item, dict) and item.get("id") for item in value)
    )


def normalized(document: dict, node: Node = SERVICE) -> dict:
    """The document as it would be read after being written, without what only readers add.

    Empty values go, defaults come in, times of editing and the names of terms go. Two documents
    that mean the same are then equal. Links given by `id` alone stay as they are.
    """
    if set(document) == {"id"}:
        return dict(document)
    result: dict = {}
    for key, value in document.items():
        if key in node.parts:
            items = [normalized(item, node.parts[key]) for item in value or []]
            if items:
                result[key] = items
        elif key in node.links:
            if value:
                result[key] = normalized(value, node.links[key])
        elif key in node.pointers:
            if value:
                result[key] = {"id": value.get("id")} if isinstance(value, dict) else value
        elif key in node.references:
            reference = node.references[key]
            result[key] = {name: value[name] for name in reference.keys if name in value}
        elif key not in node.read_only and value not in (None, "", []):
            result[key] = value
    for name, model_field in node.model_fields.items():
        if name in result or model_field.default is NOT_PROVIDED:
            continue
        default = model_field.get_default()
        if default not in (None, "", []):
            result[name] = getattr(default, "value", default)
    return result
