"""Listings out of the database, each as one document. The other half is `write`."""

import datetime
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal

from directory.models import Service

from .schema import SERVICE, Node

BATCH = 500


def read_listings(ids: Iterable[uuid.UUID | str]) -> Iterator[dict]:
    """Whole listing documents of these services, in this order; unknown identifiers are left out.

    Nothing is held back: confidential addresses are in them. What anyone may see is
    `directory.interchange.publication.public_listings`. A fixed number of queries for every
    `BATCH` services.
    """
    for chunk in batches(ids, BATCH):
        found = load(SERVICE, Service.objects.filter(pk__in=chunk))
        for pk in chunk:
            if (document := found.get(str(pk))) is not None:
                yield document


def read_listing(pk: uuid.UUID | str) -> dict:
    """One listing document. Raises Service.DoesNotExist."""
    for document in read_listings([pk]):
        return document
    raise Service.DoesNotExist(pk)


def batches(items: Iterable, size: int) -> Iterator[list]:
    items = iter(items)
    while chunk := [item for item, _ in zip(items, range(size), strict=False)]:
        yield chunk


def load(node: Node, queryset, owners: tuple[str, dict[str, str]] | None = None) -> dict[str, dict]:
    """Objects of one kind by identifier, in the queryset's order, with everything below them.

    `owners`, where given, is the column that names each object's owner, and a dict to note it in.
    """
    columns = ["id", *node.fields, *node.read_only]
    links = [f"{key}_id" for key in node.links]
    lookups = [
        f"{key}__{path}"
        for key, reference in node.references.items()
        for path in (*reference.keys.values(), *reference.reads)
    ]
    objects: dict[str, dict] = {}
    linked: dict[str, dict[str, str]] = {key: {} for key in node.links}
    owner, owned = owners or (None, {})
    for row in queryset.values(*columns, *links, *lookups, *([owner] if owner else [])):
        pk = str(row["id"])
        if owner:
            owned[pk] = str(row[owner])
        objects[pk] = document = {
            name: as_json(row[name]) for name in columns if row[name] not in (None, "", [])
        }
        for key, reference in node.references.items():
            paths = {**reference.keys, **{name: name for name in reference.reads}}
            document[key] = {name: row[f"{key}__{path}"] for name, path in paths.items()}
        for key in node.links:
            if row[f"{key}_id"]:
                linked[key][pk] = str(row[f"{key}_id"])
    if not objects:
        return objects
    for key, child in node.links.items():
        targets = load(child, child.model._default_manager.filter(pk__in=set(linked[key].values())))
        for pk, target in linked[key].items():
            objects[pk][key] = targets[target]
    for key, child in node.parts.items():
        parent = node.foreign_key(key).attname
        rows = child.model._default_manager.filter(**{f"{parent}__in": list(objects)})
        found: dict[str, str] = {}
        children = load(child, rows.order_by("position", "id"), (parent, found))
        for pk, document in children.items():
            objects[found[pk]].setdefault(key, []).append(document)
    return objects


def as_json(value):
    """A column's value as the document writes it."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime.time):
        return value.isoformat("minutes")
    if isinstance(value, datetime.date):  # and its subclass datetime
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value
