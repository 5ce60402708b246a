"""What a section of the editor is put together from. Each part reads some of a document, shows it
as fields, and gives the document back with what was changed.

A part has `template`, `is_valid()`, `written(object) -> object`, `forms()` (all forms within) and
`errors`. Rows are added and removed by ordinary submit buttons; a row's identifier counts only
where the document has it, so that nobody reaches another listing's rows through a form.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.functional import Promise

from coalition.accounts.models import User
from directory.models import Organization

from .documents import DocumentForm

MOST_ROWS = 100


@dataclass
class Posted:
    """What came in with a form; `data` is None where the page is only being shown.

    `add` names the rows that get an empty one more, `remove` the row (`phones-0`) that goes.
    `seed` is what identifiers of new rows are made from; `known`, `shared` and `borrowed` are as in
    `sharing.Elsewhere`, `organization` whose document it is, `by` who writes it, `files` what was
    uploaded with the form.
    """

    data: dict | None = None
    add: str = ""
    remove: str = ""
    seed: uuid.UUID = field(default_factory=uuid.uuid4)
    known: dict[str, dict] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)
    borrowed: set[str] = field(default_factory=set)
    organization: Organization | None = None
    by: User | None = None
    files: dict | None = None

    def number(self, name: str) -> int:
        text = (self.data or {}).get(name, "")
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            return 0
        return min(int(text), MOST_ROWS)


class Values:
    """Some values of the object itself."""

    template = "components/editor_values.html"

    def __init__(self, form: type[DocumentForm], posted: Posted, obj: dict, prefix: str):
        self.form = form(posted.data, of=obj, prefix=prefix)

    def is_valid(self) -> bool:
        return self.form.is_valid()

    def written(self, obj: dict) -> dict:
        keys = {*self.form.fields, *self.form.also}
        return {**without(obj, keys), **only(self.form.written(), keys)}

    def forms(self) -> Iterator[DocumentForm]:
        yield self.form


def without(obj: dict, keys) -> dict:
    return {key: value for key, value in obj.items() if key not in keys}


def only(obj: dict, keys) -> dict:
    return {key: value for key, value in obj.items() if key in keys}


@dataclass
class Row:
    """One object of a list, with the parts it is changed by. `id` is empty for a new one."""

    prefix: str
    id: str
    item: dict
    parts: list

    @property
    def form(self) -> DocumentForm:
        return self.parts[0].form


class Rows:
    """A list of objects of one kind: a row of fields each."""

    template = "components/editor_rows.html"

    def __init__(
        self,
        key: str,
        make_parts: Callable[[Posted, dict, str], list],
        posted: Posted,
        obj: dict,
        *,
        prefix: str = "",
        title: Promise | str = "",
        add: Promise | str = "",
        note: Promise | str = "",
        shown_empty: bool = True,
        kept: Callable[[dict], bool] = bool,
    ):
        self.key = key
        self.prefix = f"{prefix}{key}"
        self.title, self.add, self.note = title, add, note
        self.posted = posted
        self.make_parts = make_parts
        self.items = [item for item in obj.get(key, []) if kept(item)]
        self.others = [item for item in obj.get(key, []) if not kept(item)]
        if posted.data is None:
            self.rows = [self.row(n, item) for n, item in enumerate(self.items)]
            if posted.add == self.prefix or (shown_empty and not self.rows):
                self.rows.append(self.row(len(self.rows), {}))
        else:
            self.rows = list(self.rows_posted())

    def rows_posted(self) -> Iterator[Row]:
        known = {item["id"]: item for item in self.items if item.get("id")}
        for n in range(self.posted.number(f"{self.prefix}-count")):
            pk = self.posted.data.get(f"{self.prefix}-{n}-id", "")
            item = known.pop(pk, {})
            if self.posted.remove != f"{self.prefix}-{n}":
                yield self.row(n, item)

    def row(self, n: int, item: dict) -> Row:
        prefix = f"{self.prefix}-{n}"
        return Row(
            prefix, item.get("id", ""), item, self.make_parts(self.posted, item, f"{prefix}-")
        )

    @property
    def count(self) -> int:
        """How many rows the page numbers: some may have gone from between."""
        return max((int(row.prefix.rpartition("-")[2]) + 1 for row in self.rows), default=0)

    def blank(self) -> Row:
        """An empty row after the others, for a page that comes back with errors."""
        shown = self.posted
        self.posted = Posted(None, seed=shown.seed)
        row = self.row(self.count, {})
        self.posted = shown
        return row

    def is_valid(self) -> bool:
        return all(part.is_valid() for row in self.rows for part in row.parts)

    def written(self, obj: dict) -> dict:
        taken = {row.id for row in self.rows if row.id} | {one.get("id") for one in self.others}
        result = []
        for row in self.rows:
            item = row.item
            for part in row.parts:
                item = part.written(item)
            if self.is_blank(row, item):
                continue
            if not item.get("id"):
                item = {"id": self.new_id(row.prefix, taken), **item}
            result.append(item)
        others = {item.get("id"): item for item in self.others}
        result += [item for pk, item in others.items() if pk not in {i["id"] for i in result}]
        result = in_order_of(obj.get(self.key, []), result) if self.others else result
        return {**obj, self.key: result} if result else without(obj, [self.key])

    def new_id(self, prefix: str, taken: set[str]) -> str:
        return fresh_id(self.posted.seed, prefix, taken)

    def is_blank(self, row: Row, item: dict) -> bool:
        return row.form.is_blank_item(item)

    def forms(self) -> Iterator[DocumentForm]:
        for row in self.rows:
            for part in row.parts:
                yield from part.forms()


class Inside:
    """Parts of an object that stands in this one under a key."""

    template = "components/editor_parts.html"

    def __init__(self, key: str, parts: list):
        self.key = key
        self.parts = parts

    def is_valid(self) -> bool:
        return all(part.is_valid() for part in self.parts)

    def written(self, obj: dict) -> dict:
        inner = obj.get(self.key, {})
        for part in self.parts:
            inner = part.written(inner)
        return {**obj, self.key: inner} if inner else obj

    def forms(self) -> Iterator[DocumentForm]:
        for part in self.parts:
            yield from part.forms()


class Note:
    """What has to be known beside some fields."""

    template = "components/editor_note.html"

    def __init__(self, text: str):
        self.text = text

    def is_valid(self) -> bool:
        return True

    def written(self, obj: dict) -> dict:
        return obj

    def forms(self) -> Iterator[DocumentForm]:
        return iter(())


class First(Values):
    """The first object of a list; the others stay as they are."""

    def __init__(self, key: str, form: type[DocumentForm], posted: Posted, obj: dict, prefix: str):
        self.key = key
        self.posted = posted
        self.prefix = prefix
        super().__init__(form, posted, next(iter(obj.get(key, [])), {}), prefix)

    def written(self, obj: dict) -> dict:
        items = obj.get(self.key, [])
        first = super().written(items[0] if items else {})
        if not first.get("id"):
            if self.form.is_blank_item(first):
                return obj
            taken = {item.get("id") for item in items}
            first = {"id": fresh_id(self.posted.seed, self.prefix, taken), **first}
        return {**obj, self.key: [first, *items[1:]]}


def fresh_id(seed: uuid.UUID, name: str, taken: set[str]) -> str:
    """The same for the same form sent twice, and none that is taken."""
    n = 0
    while True:
        found = str(uuid.uuid5(seed, f"{name}#{n}"))
        if found not in taken:
            taken.add(found)
            return found
        n += 1


def in_order_of(original: list[dict], items: list[dict]) -> list[dict]:
    order = {item.get("id"): n for n, item in enumerate(original)}
    return sorted(items, key=lambda item: order.get(item.get("id"), len(order)))
