"""Listing documents into the database. The other half is `read`.

A document is whole: what it leaves out becomes empty, a part it no longer names is deleted.
Linked objects (organization, program, location) may be given as `{"id": …}` alone: then they
stay as they are.
"""

import datetime
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, Model, Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from directory.models import (
    Location,
    Organization,
    OrganizationSlug,
    Program,
    Service,
    ServiceSlug,
)

from .read import load
from .schema import LOCATION, ORGANIZATION, PROGRAM, SERVICE, Node

Errors = dict[str, list[str]]
SLUG_LENGTH = 70
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


class InvalidListing(ValueError):
    """A document that cannot be written.

    `errors` maps the path of each value at fault (`phones[0].number`; empty for the whole) to
    messages in the active language; `index` is the document's place in what was given.
    """

    def __init__(self, errors: Errors, index: int = 0):
        self.errors = errors
        self.index = index
        super().__init__("; ".join(f"{path}: {' '.join(m)}" for path, m in errors.items()))


class Batch:
    """The rows that a number of documents become, by model and identifier."""

    def __init__(self):
        self.rows: dict[type[Model], dict[uuid.UUID, Model]] = defaultdict(dict)
        self.paths: dict[Model, tuple[int, str]] = {}
        self.owners: dict[tuple[Node, str], set[uuid.UUID]] = defaultdict(set)
        self.nodes: dict[type[Model], Node] = {}
        self.untouched: dict[type[Model], set[uuid.UUID]] = defaultdict(set)
        self.wanted_slugs: dict[Model, str] = {}
        self.described: dict[tuple[type[Model], uuid.UUID], dict] = {}


@dataclass
class Written:
    """Services written, in order, published ones that share what has changed with them, and the
    places that have changed."""

    ids: list[uuid.UUID]
    siblings: list[uuid.UUID]
    places: list[str]


@transaction.atomic
def write_documents(documents: Iterable[dict]) -> Written:
    """Write whole listing documents.

    An object without `id` gets one that follows from its place in the document, so that writing
    the same document twice changes nothing. Raises InvalidListing, having written nothing.
    """
    documents = list(documents)
    batch = Batch()
    vocabulary = Vocabulary(documents)
    ids = []
    for index, document in enumerate(documents):
        reader = DocumentReader(batch, vocabulary, index)
        ids.append(reader.read(SERVICE, document, "", None).pk)
        if reader.errors:
            raise InvalidListing(reader.errors, index)
    known = lock(batch)
    refuse_unknown_links(batch)
    refuse_foreign_parts(batch)
    assign_slugs(batch, Service, ServiceSlug, "service")
    assign_slugs(batch, Organization, OrganizationSlug, "organization")
    before = linked(batch)
    now = timezone.now()
    for service in batch.rows[Service].values():
        service.last_modified = now
    try:
        with transaction.atomic():
            if known:
                delete_stale_parts(batch)
            for model in write_order(SERVICE):
                upsert(batch, model)
            connection.check_constraints()  # those the database would leave until the end
    except IntegrityError as error:
        raise located(batch, error) from error
    changed = changed_links(batch, before)
    return Written(ids, siblings(batch, changed), changed.get(Location, []))


def write_organization(document: dict) -> list[uuid.UUID]:
    """Write one organization by itself; returns the published services that show it.

    Raises InvalidListing, having written nothing.
    """
    batch, before = write_one(document, ORGANIZATION, OrganizationSlug, "organization")
    return siblings(batch, changed_links(batch, before))


@transaction.atomic
def write_one(
    document: dict, node: Node, former: type[Model], owner: str
) -> tuple[Batch, dict[type[Model], dict[str, dict]]]:
    """Write one document of another kind than a listing, whole: what it leaves out becomes empty.

    `former` is the model that keeps the slugs it had, with `owner` the name of its foreign key.
    Returns what was written, and what listings share with it as it stood before. Raises
    InvalidListing, having written nothing.
    """
    batch = Batch()
    reader = DocumentReader(batch, Vocabulary([document]), 0)
    reader.read(node, document, "", None)
    if reader.errors:
        raise InvalidListing(reader.errors, 0)
    known = lock(batch, node.model)
    refuse_unknown_links(batch)
    refuse_foreign_parts(batch)
    assign_slugs(batch, node.model, former, owner)
    before = linked(batch)
    try:
        with transaction.atomic():
            if known:
                delete_stale_parts(batch)
            for model in write_order(node):
                upsert(batch, model)
            connection.check_constraints()
    except IntegrityError as error:
        raise located(batch, error) from error
    return batch, before


def lock(batch: Batch, *others: type[Model]) -> set[uuid.UUID]:
    """What is there already and about to change, in one order for all writers; returns which."""
    known: set[uuid.UUID] = set()
    for model in dict.fromkeys((Organization, Program, Location, Service, *others)):
        rows = model._default_manager.select_for_update().filter(pk__in=batch.rows[model].keys())
        known.update(rows.order_by("pk").values_list("pk", flat=True))
    return known


def linked(batch: Batch) -> dict[type[Model], dict[str, dict]]:
    """What other listings may share with these, as it stands now."""
    return {
        node.model: load(node, node.model._default_manager.filter(pk__in=batch.rows[node.model]))
        for node in (ORGANIZATION, PROGRAM, LOCATION)
        if batch.rows[node.model]
    }


def changed_links(
    batch: Batch, before: dict[type[Model], dict[str, dict]]
) -> dict[type[Model], list[str]]:
    """Of what was there before and may be shared, what is not as it was."""
    if not any(before.values()):
        return {}
    after = linked(batch)
    return {
        model: [pk for pk, document in objects.items() if after[model].get(pk) != document]
        for model, objects in before.items()
    }


def siblings(batch: Batch, changed: dict[type[Model], list[str]]) -> list[uuid.UUID]:
    """Published services, not in this batch, whose organization, program or place changed."""
    if not any(changed.values()):
        return []
    return list(
        Service.objects.published()
        .filter(
            Q(organization__in=changed.get(Organization, []))
            | Q(program__in=changed.get(Program, []))
            | Q(service_at_locations__location__in=changed.get(Location, []))
        )
        .exclude(pk__in=batch.rows[Service].keys())
        .distinct()
        .values_list("pk", flat=True)
    )


class Vocabulary:
    """The referenced terms and units that the documents name, found in one query a kind."""

    def __init__(self, documents: list[dict]):
        self.known: dict[type[Model], dict[tuple, uuid.UUID]] = {}

    def find(self, reference, value: dict) -> uuid.UUID | None:
        if reference.model not in self.known:
            rows = reference.model._default_manager.values_list("id", *reference.keys.values())
            self.known[reference.model] = {tuple(key): pk for pk, *key in rows}
        return self.known[reference.model].get(tuple(value.get(key) for key in reference.keys))


class DocumentReader:
    """Turns one document into rows of the batch, collecting what is wrong with it."""

    def __init__(self, batch: Batch, vocabulary: Vocabulary, index: int):
        self.batch = batch
        self.vocabulary = vocabulary
        self.index = index
        self.errors: Errors = defaultdict(list)
        self.seen: set[uuid.UUID] = set()

    def read(self, node: Node, value, path: str, derived: uuid.UUID | None) -> Model | None:
        """One object of the document as a row of the batch, with everything below it."""
        prefix = f"{path}." if path else ""
        if not isinstance(value, dict):
            self.errors[path].append(_("Expected an object."))
            return node.model()
        for key in value.keys() - node.keys:
            self.errors[f"{prefix}{key}"].append(_("This is not a field of a listing."))
        instance = node.model(id=self.identify(value.get("id"), f"{prefix}id", derived))
        for name, field in node.model_fields.items():
            if name == "slug":
                if value.get("slug"):
                    self.batch.wanted_slugs[instance] = value["slug"]
                continue
            setattr(instance, name, self.clean(field, value.get(name), f"{prefix}{name}"))
        for key, reference in node.references.items():
            target = value.get(key)
            found = self.vocabulary.find(reference, target) if isinstance(target, dict) else None
            if found is None:
                self.errors[f"{prefix}{key}"].append(_("This is not in the vocabulary."))
            setattr(instance, f"{key}_id", found)
        for key, child in node.links.items():
            self.link(child, instance, key, value.get(key), f"{prefix}{key}")
        for key, model in node.pointers.items():
            self.point(model, instance, key, value.get(key), f"{prefix}{key}")
        self.batch.rows[node.model][instance.pk] = instance
        self.batch.nodes[node.model] = node
        self.batch.paths[instance] = (self.index, path)
        for key, child in node.parts.items():
            self.batch.owners[(node, key)].add(instance.pk)
            foreign_key = node.foreign_key(key)
            items = value.get(key) or []
            if not isinstance(items, list):
                self.errors[f"{prefix}{key}"].append(_("Expected a list."))
                continue
            for position, item in enumerate(items):
                part = self.read(
                    child,
                    item,
                    f"{prefix}{key}[{position}]",
                    uuid.uuid5(instance.pk, f"{key}[{position}]"),
                )
                setattr(part, foreign_key.attname, instance.pk)
                part.position = position
        return instance

    def link(self, node: Node, instance: Model, key: str, value, path: str) -> None:
        if value in (None, {}):
            if not instance._meta.get_field(key).null:
                self.errors[path].append(_("This is missing."))
            return
        derived = uuid.uuid5(instance.pk, key)
        pk = derived
        if isinstance(value, dict) and value.get("id"):
            pk = self.as_uuid(value["id"], f"{path}.id")
        if isinstance(value, dict) and set(value) == {"id"}:
            self.batch.untouched[node.model].add(pk)
        elif (described := self.batch.described.setdefault((node.model, pk), value)) is not value:
            if described != value:
                self.errors[path].append(
                    _("Two listings written together say different things about this.")
                )
        else:
            row = self.read(node, value, path, derived)
            if node.model is Program:
                row.organization_id = instance.organization_id
        setattr(instance, f"{key}_id", pk)

    def point(self, model: type[Model], instance: Model, key: str, value, path: str) -> None:
        if value in (None, {}):
            if not instance._meta.get_field(key).null:
                self.errors[path].append(_("This is missing."))
            return
        if not isinstance(value, dict) or set(value) != {"id"}:
            self.errors[path].append(_("This has the wrong shape."))
            return
        pk = self.as_uuid(value["id"], f"{path}.id")
        self.batch.untouched[model].add(pk)
        setattr(instance, f"{key}_id", pk)

    def identify(self, value, path: str, derived: uuid.UUID | None) -> uuid.UUID:
        if value in (None, ""):
            pk = derived if derived and derived not in self.seen else uuid.uuid4()
        else:
            pk = self.as_uuid(value, path)
            if pk in self.seen:
                self.errors[path].append(_("Another part of this listing has this identifier."))
        self.seen.add(pk)
        return pk

    def as_uuid(self, value, path: str) -> uuid.UUID:
        try:
            return uuid.UUID(str(value))
        except ValueError:
            self.errors[path].append(_("This is not an identifier (UUID)."))
            return uuid.uuid4()

    def clean(self, field, value, path: str):
        if value is None or (value == "" and not field.empty_strings_allowed):
            if field.null:
                return None
            value = field.get_default()
        expected_list = field.get_internal_type() == "ArrayField"
        if isinstance(value, dict) or isinstance(value, list) != expected_list:
            self.errors[path].append(_("This has the wrong shape."))
            return field.get_default()
        if isinstance(value, str):
            if UNWRITABLE.search(value):
                self.errors[path].append(_("This has characters that cannot be stored."))
                return field.get_default()
            value = value.strip()
        try:
            cleaned = field.clean(value, None)
        except ValidationError as error:
            self.errors[path] += error.messages
            return field.get_default()
        except (TypeError, ValueError, OverflowError, AttributeError):
            self.errors[path].append(_("This has the wrong shape."))
            return field.get_default()
        if isinstance(cleaned, datetime.time) and (cleaned.second or cleaned.microsecond):
            self.errors[path].append(_("Write hours and minutes only."))
        return cleaned


def write_order(node: Node) -> list[type[Model]]:
    """Every model of the document, what others point to first."""
    order: list[type[Model]] = []

    def visit(node: Node) -> None:
        for child in node.links.values():
            visit(child)
        if node.model not in order:
            order.append(node.model)
        for child in node.parts.values():
            visit(child)

    visit(node)
    return order


def refuse_unknown_links(batch: Batch) -> None:
    """An organization, program or location given by identifier alone must exist."""
    for model, ids in batch.untouched.items():
        wanted = ids - batch.rows[model].keys()
        missing = wanted - set(
            model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True)
        )
        if missing:
            raise InvalidListing(
                {model._meta.model_name: [_("No such record: %s.") % min(map(str, missing))]}
            )


def part_models(batch: Batch) -> dict[type[Model], dict[str, set[uuid.UUID]]]:
    """For each kind of part, its foreign keys and the owners that this batch writes."""
    found: dict[type[Model], dict[str, set[uuid.UUID]]] = defaultdict(lambda: defaultdict(set))
    for (node, key), owners in batch.owners.items():
        found[node.parts[key].model][node.foreign_key(key).attname] |= owners
    return found


def refuse_foreign_parts(batch: Batch) -> None:
    """A part may not be taken from a listing that is not being written."""
    for model, parents in part_models(batch).items():
        ids = batch.rows[model].keys()
        if not ids:
            continue
        rows = model._default_manager.filter(pk__in=ids).values("id", *parents)
        for row in rows:
            if not any(row[parent] in owners for parent, owners in parents.items()):
                instance = batch.rows[model][row["id"]]
                index, path = batch.paths[instance]
                raise InvalidListing({f"{path}.id": [_("This belongs to another record.")]}, index)


def delete_stale_parts(batch: Batch) -> None:
    """Parts that the documents no longer name."""
    for model, parents in part_models(batch).items():
        owned = Q()
        for parent, owners in parents.items():
            owned |= Q(**{f"{parent}__in": owners})
        model._default_manager.filter(owned).exclude(pk__in=batch.rows[model].keys()).delete()


def upsert(batch: Batch, model: type[Model]) -> None:
    rows = list(batch.rows[model].values())
    if not rows:
        return
    rows.sort(key=attrgetter("pk"))  # one order for all writers
    kept = {"id", *batch.nodes[model].unwritten}
    columns = [f.name for f in model._meta.concrete_fields if f.name not in kept]
    model._default_manager.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )


def located(batch: Batch, error: IntegrityError) -> InvalidListing:
    """Which value broke a constraint, in words; the error itself where none can be named."""
    diag = getattr(error.__cause__, "diag", None)
    name = diag.constraint_name if diag else None
    for model, rows in batch.rows.items():
        for constraint in model._meta.constraints:
            if constraint.name != name:
                continue
            for row in rows.values():
                index, path = batch.paths[row]
                if isinstance(constraint, CheckConstraint):
                    try:
                        constraint.validate(model, row)
                    except ValidationError as found:
                        return InvalidListing({path: found.messages}, index)
            return InvalidListing({"": [str(constraint.violation_error_message)]})
    raise error


def assign_slugs(batch: Batch, model: type[Model], former: type[Model], owner: str) -> None:
    """Each row's slug: what it has, what the document asks for, or one made from its name.

    A slug that changes stays behind as a former one and redirects. A taken slug gets the
    identifier's first letters; nothing about a place goes into it.
    """
    rows = batch.rows[model]
    current = dict(model._default_manager.filter(pk__in=rows).values_list("pk", "slug"))
    choices: dict[uuid.UUID, str] = {}
    for pk, row in rows.items():
        wanted = batch.wanted_slugs.get(row, "")
        if wanted and (wanted != slugify(wanted) or len(wanted) > SLUG_LENGTH):
            index, path = batch.paths[row]
            raise InvalidListing(
                {f"{path}.slug".lstrip("."): [_("Use small letters, digits and hyphens.")]}, index
            )
        made = slugify(row.name or row.name_fr)[:SLUG_LENGTH].strip("-") or owner
        choices[pk] = wanted or current.get(pk) or made
    holders: dict[str, uuid.UUID] = dict(
        former._default_manager.filter(slug__in=choices.values()).values_list("slug", f"{owner}_id")
    ) | dict(model._default_manager.filter(slug__in=choices.values()).values_list("slug", "pk"))
    left_behind = []
    for pk, row in rows.items():
        slug = choices[pk]
        if holders.setdefault(slug, pk) != pk:
            slug = f"{slug}-{pk.hex[:8]}"
            holders[slug] = pk
        row.slug = slug
        if pk in current and current[pk] != slug:
            left_behind.append(former(slug=current[pk], **{f"{owner}_id": pk}))
    former._default_manager.filter(slug__in=[row.slug for row in rows.values()]).delete()
    former._default_manager.bulk_create(left_behind, ignore_conflicts=True)
