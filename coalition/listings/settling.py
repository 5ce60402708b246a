"""Two changes of one listing that meet in the same values: a person chooses. Pure."""

import re
from typing import Any

from directory.interchange.merging import ABSENT, Difference, merge

STEP = re.compile(r"([^.\[\]]+)|\[([^\]]+)\]")


def meeting(base: dict | None, now: dict, mine: dict) -> list[Difference]:
    """Values that both sides have changed: `before` is what stands now, `after` is mine."""
    return merge(base or {}, now, mine).kept


def settled(base: dict | None, now: dict, mine: dict, chosen: set[str]) -> dict:
    """Both changes in one document; where they meet, mine for the paths that were `chosen`."""
    merged = merge(base or {}, now, mine)
    document = merged.document
    for difference in merged.kept:
        if difference.path in chosen:
            document = put(document, steps(difference.path), difference.after)
    return document


def steps(path: str) -> list[tuple[str, bool]]:
    """`phones[<id>].number` as keys and identifiers: `("phones", False), ("<id>", True), …`."""
    return [(key or pk, bool(pk)) for key, pk in STEP.findall(path)]


def put(value: Any, path: list[tuple[str, bool]], new: Any) -> Any:
    """The same with another value at a path; nothing is changed in place."""
    if not path:
        return new
    (step, is_item), rest = path[0], path[1:]
    if is_item:
        items = list(value) if isinstance(value, list) else []
        position = next((n for n, item in enumerate(items) if item.get("id") == step), None)
        old = items[position] if position is not None else ABSENT
        made = put(old, rest, new)
        if made is ABSENT:
            return [item for item in items if item.get("id") != step] or ABSENT
        if position is None:
            return [*items, made]
        return [*items[:position], made, *items[position + 1 :]]
    fields = dict(value) if isinstance(value, dict) else {}
    made = put(fields.get(step, ABSENT), rest, new)
    if made is ABSENT:
        fields.pop(step, None)
    else:
        fields[step] = made
    return fields
