"""What is different between two listing documents, in words that people read.

Each is first read out, line by line; then the lines of both are laid side by side.
"""

import difflib
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from .merging import differences
from .reading_out import (
    PARTS,
    Key,
    Line,
    Reading,
    Vocabulary,
    compact,
    is_bare,
    label_of,
    linked_in,
    read_out,
)
from .schema import SERVICE, Node

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Beyond this, two texts stand side by side without their words being compared.
MOST_WORDS = 3000


class Piece(NamedTuple):
    """A stretch of text; `mark` where the other side does not have it."""

    text: str
    mark: bool


@dataclass(frozen=True)
class Row:
    """One value, before and after; one of them is empty where something came or went."""

    label: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def kind(self) -> str:
        return "changed" if self.before and self.after else "added" if self.after else "removed"


@dataclass
class Section:
    """Rows of one subject: the service, one of its places, its organization.

    `kind` is "added" or "removed" where that is true of all of it.
    """

    title: str
    kind: str = "changed"
    rows: list[Row] = field(default_factory=list)


def difference(
    before: dict | None, after: dict | None, words: Vocabulary, node: Node = SERVICE
) -> list[Section]:
    """What becomes of `before` in `after`, section by section, in the active language.

    Where one of them is None, all of the other: a whole listing to read.
    """
    known = words.linked | linked_in(after) | linked_in(before)
    before, after = told_in_full(before, known), told_in_full(after, known)
    old, new = read_out(before, node, words), read_out(after, node, words)
    sections: dict[Key, Section] = {}
    for key in in_order(list(old.titles), list(new.titles)):
        title = new.titles.get(key) or old.titles[key]
        section = Section(title, "removed" if key not in new.titles else "changed")
        if key not in old.titles:
            section.kind = "added"
        sections[key] = section
    told: set[Key] = set()
    parts = [{line.part for line in reading.lines.values()} for reading in (old, new)]
    for key in in_order(list(old.lines), list(new.lines)):
        was, now = old.lines.get(key), new.lines.get(key)
        line = now or was
        if goes_without_saying(line, sections[line.section]):
            continue
        if line.part and (line.part in parts[0]) != (line.part in parts[1]):
            if line.part not in told:
                told.add(line.part)
                source = new if now else old
                text = compact(source, line.part)
                row = side_by_side(line.part_label, "" if now else text, text if now else "")
                sections[line.section].rows.append(row)
        elif (was.text if was else "") != (now.text if now else ""):
            row = side_by_side(line.label, was.text if was else "", now.text if now else "")
            sections[line.section].rows.append(row)
    moved(old, new, sections)
    found = [section for section in sections.values() if section.rows]
    return found or unsaid(before, after)


def goes_without_saying(line: Line, section: Section) -> bool:
    """Where all of a thing came or went, what is usual is left out; who sees an address never."""
    return section.kind != "changed" and line.usual and line.key[-1] != "visibility"


def in_order(olds: list[Key], news: list[Key]) -> list[Key]:
    """Both, each in its order; what is new stands behind what it follows."""
    result = list(olds)
    there = set(olds)
    position = 0
    for key in news:
        if key in there:
            position = result.index(key) + 1
        else:
            result.insert(position, key)
            position += 1
    return result


def moved(old: Reading, new: Reading, sections: dict[Key, Section]) -> None:
    """Parts that are the same, in another order."""
    top = next(iter(sections.values()), None)
    for key, names in new.order.items():
        former = old.order.get(key, [])
        if names != former and sorted(names) == sorted(former) and top is not None:
            label = _("Order: %s") % PARTS[key[-1]]
            top.rows.append(side_by_side(label, ", ".join(former), ", ".join(names)))


def unsaid(before: dict | None, after: dict | None) -> list[Section]:
    """A difference that reads the same in words: it is said as it is written."""
    if before is None or after is None:
        return []
    rows = [
        side_by_side(label_of(found.path), str(found.before or ""), str(found.after or ""))
        for found in differences(before, after)
        if not is_bare(found.before) and not is_bare(found.after)
    ]
    return [Section(_("Written differently"), rows=rows)] if rows else []


def side_by_side(label: str, before: str, after: str) -> Row:
    """A row; where both texts are long enough to have much in common, their words are compared."""
    olds, news = WORDS.findall(before), WORDS.findall(after)
    if min(len(olds), len(news)) < 6 or max(len(olds), len(news)) > MOST_WORDS:
        return Row(label, whole(before), whole(after))
    matcher = difflib.SequenceMatcher(None, olds, news)
    if matcher.quick_ratio() < 0.4:
        return Row(label, whole(before), whole(after))
    left, right = [], []
    for step, a, b, c, d in matcher.get_opcodes():
        if a < b:
            left.append(Piece("".join(olds[a:b]), step != "equal"))
        if c < d:
            right.append(Piece("".join(news[c:d]), step != "equal"))
    return Row(label, tuple(left), tuple(right))


def whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, True),) if text else ()


def told_in_full(document: dict | None, known: dict[str, dict]) -> dict | None:
    """The same with what it only points to, where that is known."""
    if document is None:
        return None
    full = dict(document)
    for name in ("organization", "program"):
        if is_bare(full.get(name)):
            full[name] = known.get(full[name]["id"], full[name])
    if places := document.get("service_at_locations"):
        full["service_at_locations"] = [
            {**place, "location": known.get(place["location"]["id"], place["location"])}
            if is_bare(place.get("location"))
            else place
            for place in places
        ]
    return full
