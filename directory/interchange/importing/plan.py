"""What an import would do to each row's listing, decided against the catalogue. Writes nothing."""

import re
import uuid
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.interchange.actions import is_reachable
from directory.interchange.forgetting import still_forgotten
from directory.interchange.merging import ABSENT, Difference, differences, merge, normalized
from directory.interchange.read import load, read_listings
from directory.interchange.schema import ORGANIZATION, SERVICE
from directory.interchange.write import Batch, DocumentReader, Vocabulary
from directory.models import Organization, Proposal, Service, SourceRecord

from . import names
from .cleaning import shown
from .documents import document, listing_id, may_be_a_shelter, operator_id, warnings
from .drafts import Draft, LeftOut, Refused, draft, notes_on
from .profiles import Profile
from .rows import Row
from .survey import Survey, digest

# Which column a value of the document came from, for messages on values that the catalogue
# itself refuses. The longest path that fits counts.
ROLE_OF_PATH = {
    "name": "name",
    "name_fr": "name_fr",
    "organization.name": "name",
    "organization.name_fr": "name_fr",
    "organization.alternate_name": "alternate_name",
    "organization.alternate_name_fr": "alternate_name_fr",
    "service_at_locations.location.addresses.address_1": "street",
    "service_at_locations.location.addresses.address_2": "unit",
    "service_at_locations.location.addresses.attention": "unit",
    "service_at_locations.location.addresses.city": "town",
    "service_at_locations.location.addresses.postal_code": "postal_code",
    "attributes": "detail",
    "phones": "phone",
    "email": "email",
    "url": "website",
    "description": "description",
    "description_fr": "description_fr",
}


class Outcome(TextChoices):
    """What becomes of a row. Every row has exactly one."""

    ADDED = "added", gettext_lazy("Added")
    CHANGED = "changed", gettext_lazy("Changed")
    LEFT_ALONE = "left_alone", gettext_lazy("Left alone")
    LEFT_OUT = "left_out", gettext_lazy("Left out")
    REFUSED = "refused", gettext_lazy("Refused")
    DUPLICATE = "duplicate", gettext_lazy("Duplicate")


@dataclass
class Result:
    """One row and what becomes of it, in words a coordinator can act on.

    `column` and `value` are those at fault where there is one; `changes` are the parts of the
    listing that become something else; `near` other rows of the same name and place; `mended`
    what was read as something else; `warnings` what is worth a person's look. What is `held` is
    written but not published: a person decides.
    """

    row: int
    outcome: str
    kind: str = ""
    source_id: str = ""
    name: str = ""
    column: str = ""
    value: str = ""
    reason: str = ""
    changes: list[str] = field(default_factory=list)
    near: list[int] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    held: bool = False


@dataclass
class Decision:
    """A row that could become a listing.

    `listing` is what is to be written (None if nothing), `incoming` what the source says and the
    next import compares with (None if it is what was kept already). `kept` are values of the
    source that gave way to what a person set: a coordinator is asked.
    """

    draft: Draft
    result: Result
    service_id: uuid.UUID
    incoming: dict | None = None
    listing: dict | None = None
    kept: list[Difference] = field(default_factory=list)


@dataclass(frozen=True)
class SharedOperator:
    """An organization as all its listings are to have it, however many batches they come in.

    `changes` and `kept` are found before the first of them is written.
    """

    document: dict
    changes: list[Difference] = field(default_factory=list)
    kept: list[Difference] = field(default_factory=list)


class Planner:
    """Decides rows of one file, some at a time, by what the catalogue holds."""

    def __init__(
        self,
        profile: Profile,
        survey: Survey,
        turned_on: frozenset[str] = frozenset(),
        accepted: frozenset[str] = frozenset(),
    ):
        self.profile = profile
        self.survey = survey
        self.turned_on = turned_on
        self.accepted = accepted
        self.vocabulary = Vocabulary([])
        self.operators: dict[str, SharedOperator] = {}
        self.operator_ids = renamed_operators(profile, survey)

    def read(self, row: Row) -> Draft | Result:
        """The row as a draft, or its result where the catalogue need not be asked."""
        try:
            found = draft(row, self.profile, self.turned_on)
        except Refused as refused:
            return self.refusal(row, refused)
        except LeftOut as why:
            return self.result(
                row, Outcome.LEFT_OUT, reason=str(why), mended=notes_on(row, self.profile)
            )
        result = self.result_of(found, Outcome.REFUSED)
        if rows := self.survey.ambiguous_rows(found):
            result.column = self.profile.columns["identifier"]
            result.value = found.identifier
            result.reason = _(
                "Rows %s have the same identifier and say different things: which is right "
                "cannot be told."
            ) % ", ".join(map(str, rows))
            return result
        if same := self.survey.repeats(found):
            result.outcome = Outcome.DUPLICATE
            result.reason = _("It says the same as row %d.") % same
            return result
        return found

    def decide(self, drafts: list[Draft], *, lock: bool = False) -> list[Decision]:
        """What becomes of these, in a fixed number of queries. `lock` keeps others from editing."""
        records = {
            record.source_id: record
            for record in SourceRecord.objects.filter(
                source=self.profile.source, source_id__in=[found.source_id for found in drafts]
            )
        }
        decisions = []
        for found in drafts:
            record = records.get(found.source_id)
            pk = record.service_id if record else listing_id(self.profile, found.source_id)
            incoming = document(found, self.survey, self.profile, self.operator_ids)
            incoming["id"] = str(pk)
            result = self.result_of(found, Outcome.LEFT_ALONE)
            result.warnings += warnings(found)
            result.held = may_be_a_shelter(found)
            decisions.append(Decision(found, result, pk, incoming))
            if record and record.document == incoming:
                decisions[-1].incoming = None
        open_ones = [decision for decision in decisions if decision.incoming is not None]
        if open_ones:
            self.compare(open_ones, records, lock)
        return decisions

    def compare(self, decisions: list[Decision], records: dict, lock: bool) -> None:
        ids = [decision.service_id for decision in decisions]
        if lock:
            rows = Service.objects.select_for_update().filter(pk__in=ids).order_by("pk")
            list(rows.values_list("pk"))
        listings = {found["id"]: normalized(found) for found in read_listings(ids)}
        for decision in decisions:
            if current := listings.get(str(decision.service_id)):
                decision.incoming = still_forgotten(decision.incoming, current)
        self.merge_operators(decisions)
        undone = taken_back([d.service_id for d in decisions if d.draft.source_id not in records])
        for decision in decisions:
            record = records.get(decision.draft.source_id)
            current = listings.get(str(decision.service_id))
            if current is None or decision.service_id in undone:
                self.add(decision)
            else:
                base = {**record.document, "id": current["id"]} if record else {}
                self.change(decision, base, current)

    def merge_operators(self, decisions: list[Decision]) -> None:
        """Organizations once for all their listings: they are shared, and so is what people set."""
        incoming = {d.incoming["organization"]["id"]: d.incoming["organization"] for d in decisions}
        new = incoming.keys() - self.operators.keys()
        current = load(ORGANIZATION, Organization.objects.filter(pk__in=new))
        # The listing of an organization imported last holds what the source last said of it.
        latest = (
            SourceRecord.objects.filter(
                source=self.profile.source, service__organization__in=list(current)
            )
            .order_by("imported_at", "pk")
            .values_list("document__organization", flat=True)
        )
        bases = {base["id"]: base for base in latest} if current else {}
        for pk in new:
            if pk not in current:
                self.operators[pk] = SharedOperator(incoming[pk])
                continue
            now = normalized(current[pk], ORGANIZATION)
            merged = merge(bases.get(pk, {}), now, incoming[pk])
            self.operators[pk] = SharedOperator(
                merged.document, differences(now, merged.document), merged.kept
            )

    def add(self, decision: Decision) -> None:
        operator = self.operators[decision.incoming["organization"]["id"]]
        listing = {**decision.incoming, "organization": operator.document}
        if self.check(decision, listing):
            decision.listing = listing
            decision.result.outcome = Outcome.ADDED

    def change(self, decision: Decision, base: dict, current: dict) -> None:
        if self.changed_hands(decision, base):
            return
        without = [
            {key: value for key, value in version.items() if key != "organization"}
            for version in (base, current, decision.incoming)
        ]
        merged = merge(*without)
        listing = merged.document
        changes = differences(without[1], listing)
        operator = self.operators[decision.incoming["organization"]["id"]]
        theirs = current["organization"]["id"]
        if theirs != base.get("organization", {}).get("id"):
            # A person gave the listing to another organization, which is not the source's.
            operator = SharedOperator({"id": theirs})
        elif theirs != operator.document["id"]:
            changes.append(Difference("organization", theirs, operator.document["id"]))
        kept = {readable(found.path) for found in merged.kept}
        changed = [readable(found.path) for found in changes]
        kept |= {f"organization.{readable(found.path)}" for found in operator.kept}
        changed += [f"organization.{readable(found.path)}" for found in operator.changes]
        decision.result.warnings += [
            _("kept as a person set it: %s") % path for path in sorted(kept)
        ]
        decision.kept = merged.kept
        if not changed:
            return
        listing = {**listing, "organization": operator.document}
        if self.check(decision, listing):
            decision.listing = listing
            decision.result.outcome = Outcome.CHANGED
            decision.result.changes = list(dict.fromkeys(changed))

    def changed_hands(self, decision: Decision, base: dict) -> bool:
        """Refuses an identifier that now stands for another place of another name.

        Some sources number their rows anew. What people had added to the one listing would end
        on the other.
        """
        found, incoming = decision.draft, decision.incoming
        if not base or found.source_id in self.accepted:
            return False
        before, now = who_and_where(base), who_and_where(incoming)
        if before[0] == now[0] or before[1] == now[1] or before[2] == now[2]:
            return False
        self.refuse(
            decision,
            column=self.profile.columns["identifier"],
            value=found.identifier,
            reason=_(
                "This identifier stood for “%(before)s” in %(town)s and now stands for another "
                "name and place. If that is right, import with --accept %(id)s."
            )
            % {
                "before": base.get("organization", {}).get("name", ""),
                "town": before[1],
                "id": found.source_id,
            },
        )
        return True

    def check(self, decision: Decision, listing: dict) -> bool:
        """Whether the catalogue would take it; refuses the row where not."""
        if not is_reachable(listing):
            self.refuse(
                decision,
                column=self.profile.columns["street"],
                reason=_("No phone, link or street address: nobody could reach it."),
            )
            return False
        reader = DocumentReader(Batch(), self.vocabulary, 0)
        reader.read(SERVICE, listing, "", None)
        for path, messages in reader.errors.items():
            value = value_at(listing, path)
            self.refuse(
                decision,
                column=self.column_of(path),
                value=shown(str(value)) if value is not ABSENT else "",
                reason=" ".join(messages),
            )
            return False
        return True

    def refuse(self, decision: Decision, *, column: str, reason: str, value: str = "") -> None:
        decision.listing = decision.incoming = None
        decision.kept = []
        result = decision.result
        result.outcome = Outcome.REFUSED
        result.column, result.value, result.reason = column, value, reason

    def column_of(self, path: str) -> str:
        plain = readable(re.sub(r"\[\d+\]", "", path))
        fitting = [start for start in ROLE_OF_PATH if f"{plain}.".startswith(f"{start}.")]
        role = ROLE_OF_PATH[max(fitting, key=len)] if fitting else ""
        return self.profile.columns.get(role, plain)

    def result(self, row: Row, outcome: Outcome, **values) -> Result:
        """A row's result where there is no draft: what its cells say, readable or not."""

        def cell(role: str) -> str:
            return shown(row.values.get(self.profile.columns.get(role, ""), ""))

        kind = self.profile.kind_of(cell("kind"))
        return Result(
            row.number,
            outcome,
            kind=kind.label if kind else "",
            source_id=f"{kind.code}:{cell('identifier')}" if kind and kind.code else "",
            name=cell("name") or cell("name_fr"),
            **values,
        )

    def refusal(self, row: Row, refused: Refused) -> Result:
        return self.result(
            row,
            Outcome.REFUSED,
            column=refused.column,
            value=refused.value,
            reason=refused.reason,
        )

    def result_of(self, found: Draft, outcome: Outcome) -> Result:
        return Result(
            found.row,
            outcome,
            kind=found.kind.label,
            source_id=found.source_id,
            name=found.name or found.name_fr,
            near=self.survey.neighbours(found),
            mended=found.notes,
        )


def renamed_operators(profile: Profile, survey: Survey) -> dict[str, uuid.UUID]:
    """Organizations that the source spells anew, by their new key.

    An organization imported before, whose name is gone from the file, is the same one if all its
    listings that are still there stand under one new name that no other organization has. It
    then keeps its identifier, and with it what people have added.
    """
    present = {str(operator_id(profile, key)) for key in survey.operators}
    found: dict[str, set[str]] = {}
    records = SourceRecord.objects.filter(source=profile.source)
    for source_id, pk in records.values_list("source_id", "document__organization__id").iterator():
        if pk not in present and (key := survey.listed_under.get(digest(source_id))):
            found.setdefault(pk, set()).add(key)
    claims = Counter(key for keys in found.values() for key in keys)
    taken = set(
        Organization.objects.filter(
            pk__in=[operator_id(profile, key) for key in claims]
        ).values_list("pk", flat=True)
    )
    return {
        key: uuid.UUID(pk)
        for pk, keys in found.items()
        for key in keys
        if len(keys) == 1 and claims[key] == 1 and operator_id(profile, key) not in taken
    }


def who_and_where(listing: dict) -> tuple[str, str, str]:
    """Organization, town and postal code of an imported document, as far as it has them."""
    organization = listing.get("organization", {})
    address: dict = {}
    for place in listing.get("service_at_locations", []):
        for found in place["location"].get("addresses", []):
            address = address or found
    name = organization.get("name") or organization.get("name_fr", "")
    return names.key(name), address.get("city", ""), address.get("postal_code", "")


def readable(path: str) -> str:
    """`phones.number` from `phones[0191fa55-…].number`."""
    return re.sub(r"\[[^\]]*\]", "", path)


def value_at(listing: dict, path: str):
    """The value at a path such as `phones[0].number`; ABSENT if there is none."""
    value = listing
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        try:
            value = value[name] if name else value[int(index)]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return value


def taken_back(ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Of these services, those out of sight that nobody touched since their import was undone."""
    hidden = Service.objects.filter(pk__in=ids, published_at=None).values("pk")
    latest = (
        Proposal.objects.applied()
        .filter(record_id__in=hidden)
        .order_by("record_id", "-number")
        .distinct("record_id")
        .values_list("record_id", "run__undone_at")
    )
    return {pk for pk, undone_at in latest if undone_at is not None}
