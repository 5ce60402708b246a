"""Listings out of the database, each as one document. The other half is `write`."""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from operator import methodcaller
from typing import NamedTuple

from django.db import connection, models
from django.db.models.functions import Cast

from directory.models import Service

from .schema import SERVICE, Node

BATCH = 2000
# How the document writes what comes out of the database as neither text, number nor truth.
WRITTEN: dict[type[models.Field], Callable] = {
    models.DateField: datetime.date.isoformat,
    models.DateTimeField: datetime.datetime.isoformat,
    models.TimeField: methodcaller("isoformat", "minutes"),
    models.DecimalField: float,
}


def read_listings(ids: Iterable[uuid.UUID | str]) -> Iterator[dict]:
    """Whole listing documents of these services, in this order; unknown identifiers are left out.

    Nothing is held back: confidential addresses are in them. What anyone may see is
    `directory.interchange.publication.public_listings`. A fixed number of queries for every
    `BATCH` services.
    """
    for chunk in batches(map(str, ids), BATCH):
        found = load_by(SERVICE, "id", chunk)
        for pk in chunk:
            if (document := found.get(pk)) is not None:
                yield document


def read_listing(pk: uuid.UUID | str) -> dict:
    """One listing document. Raises Service.DoesNotExist."""
    for document in read_listings([pk]):
        return document
    raise Service.DoesNotExist(pk)


def batches(items: Iterable, size: int) -> Iterator[list]:
    items = iter(items)
    while chunk := list(islice(items, size)):
        yield chunk


def load(node: Node, queryset: models.QuerySet) -> dict[str, dict]:
    """Objects of one kind by identifier, with everything below them."""
    return load_by(node, "id", [str(pk) for pk in queryset.values_list("pk", flat=True)])


def load_by(
    node: Node, column: str, keys: list[str], owners: dict[str, str] | None = None
) -> dict[str, dict]:
    """Objects of one kind whose `column` is among these identifiers, with everything below them.

    Parts are in their order. `owners` is where to note each object's value of the column.
    """
    read = reading(node, column)
    with connection.cursor() as cursor:
        cursor.execute(read.sql, ["{" + ",".join(keys) + "}"])
        rows = cursor.fetchall()
    objects: dict[str, dict] = {}
    for row in rows:
        # 0 and False are values, what is empty otherwise is left out.
        objects[row[0]] = document = {
            name: value for name, value in zip(read.names, row, strict=False) if value or value == 0
        }
        for name, write in read.written:
            if name in document:
                document[name] = write(document[name])
        for key, names, part in read.references:
            document[key] = dict(zip(names, row[part], strict=True))
        for position, key in enumerate(node.pointers, read.first_pointer):
            if row[position]:
                document[key] = {"id": row[position]}
    if not objects:
        return objects
    if owners is not None:
        owners.update((row[0], row[-1]) for row in rows)
    for position, (key, child) in enumerate(node.links.items(), read.first_link):
        linked = {row[0]: row[position] for row in rows if row[position]}
        if linked:
            targets = load_by(child, "id", list(set(linked.values())))
            for pk, target in linked.items():
                objects[pk][key] = targets[target]
    for key, child in node.parts.items():
        found: dict[str, str] = {}
        children = load_by(child, node.foreign_key(key).attname, list(objects), found)
        for pk, document in children.items():
            objects[found[pk]].setdefault(key, []).append(document)
    return objects


class Reading(NamedTuple):
    """How the objects of a node are read: `sql` takes a list of identifiers.

    Its columns are those of `names`, `id` first; of the references, each a slice of the row with
    its names; of the links, from `first_link` on; of the pointers, from `first_pointer` on; and
    the one that was asked for, last.
    """

    sql: str
    names: tuple[str, ...]
    written: list[tuple[str, Callable]]
    references: list[tuple[str, tuple[str, ...], slice]]
    first_link: int
    first_pointer: int


@cache
def reading(node: Node, column: str) -> Reading:
    names = ("id", *node.fields, *node.read_only)
    columns: list = [in_words(node.model._meta.get_field(name)) for name in names]
    references = []
    for key, reference in node.references.items():
        paths = {**reference.keys, **{name: name for name in reference.reads}}
        part = slice(len(columns), len(columns) + len(paths))
        references.append((key, tuple(paths), part))
        columns += [f"{key}__{path}" for path in paths.values()]
    first_link = len(columns)
    columns += [in_words(node.model._meta.get_field(key)) for key in node.links]
    first_pointer = len(columns)
    columns += [in_words(node.model._meta.get_field(key)) for key in node.pointers]
    columns.append(in_words(node.model._meta.get_field(column)))
    table = connection.ops.quote_name(node.model._meta.db_table)
    sql, _none = node.model._base_manager.order_by().values_list(*columns).query.sql_with_params()
    sql += f" WHERE {table}.{connection.ops.quote_name(column)} = ANY(%s::uuid[])"
    if column != "id":
        sql += f" ORDER BY {table}.position, {table}.id"
    written = [
        (name, WRITTEN[kind])
        for name in names
        if (kind := type(node.model._meta.get_field(name))) in WRITTEN
    ]
    return Reading(sql, names, written, references, first_link, first_pointer)


def in_words(field: models.Field) -> models.Expression | str:
    """A column to read: identifiers as text."""
    if isinstance(field, models.UUIDField | models.ForeignKey):
        return Cast(field.attname, models.TextField())
    return field.name
