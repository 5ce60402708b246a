"""The record: every decision, every change to a listing, everything else that was done."""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import make_aware
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coalition.accounts.models import RecordEntry, User
from coalition.accounts.said import said
from coalition.review.kinds import KINDS
from coalition.review.models import Decision
from directory.models import ImportRun, Organization, Origin, Proposal, Service, Subject

from .said import NOTES, note_said, people_in
from .writing import WRITTEN

PAGE = 50
MANY = 200  # people or listings that one word may stand for

# Of things done at one moment, in this order.
SOURCES = DECISIONS, IMPORTS, OTHER, CHANGES = ("decisions", "imports", "other", "changes")


@dataclass(frozen=True)
class Entry:
    """A line of the record. `source` and `key` tell apart what happened at one moment."""

    at: datetime
    source: str
    key: str
    who: str
    what: str
    about: str
    url: str = ""
    note: str = ""

    @property
    def mark(self) -> str:
        """Where a page that begins after this line begins, for an address."""
        return f"{self.at.isoformat()}~{self.source}~{self.key}"


class Record:
    """The lines that were asked for, newest first, a page at a time.

    One indexed question to each source a page, whatever came before: it begins where the page
    before it ended. The changes of an import are one line, unless they are asked for by `run`.
    """

    def __init__(self, asked: dict, *, run: ImportRun | None = None):
        self.asked = asked
        self.run = run
        self.french = get_language() == "fr"

    def page(self, mark: str = "") -> list[Entry]:
        """The lines after this one, one more than a page if there are more."""
        after = read_mark(mark)
        sources = {
            DECISIONS: (self.decisions, each(decision_entry)),
            IMPORTS: (self.imports, each(import_entry)),
            OTHER: (self.entries, other_entries),
            CHANGES: (self.changes, each(self.change_entry)),
        }
        wanted = self.asked.get("what", "")
        found: list[Iterable[Entry]] = []
        for source, (rows, entries) in sources.items():
            if self.run is not None and source != CHANGES:
                continue
            if wanted and wanted != source and not (source == DECISIONS and wanted in KINDS):
                continue
            column, key, queryset = rows()
            queryset = self.on_day(queryset, column)
            if after is not None:
                side = SOURCES.index(source) - SOURCES.index(after[1])
                queryset = later(queryset, column, key, side, after)
            page = queryset.order_by(f"-{column}", f"-{key}")[: PAGE + 1]
            found.append(entries(list(page)))
        merged = heapq.merge(
            *found, key=lambda line: (line.at, -SOURCES.index(line.source)), reverse=True
        )
        return list(islice(merged, PAGE + 1))

    def on_day(self, queryset: QuerySet, column: str) -> QuerySet:
        if day := self.asked.get("day"):
            begins = make_aware(datetime.combine(day, time()))
            ends = make_aware(datetime.combine(day + timedelta(days=1), time()))
            queryset = queryset.filter(**{f"{column}__gte": begins, f"{column}__lt": ends})
        return queryset

    @cached_property
    def people(self) -> list[int] | None:
        """Those the name or e-mail asked for may be; None where nobody was asked for."""
        text = self.asked.get("who", "")
        if not text:
            return None
        named = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
        return list(named.values_list("pk", flat=True)[:MANY])

    @cached_property
    def records(self) -> list | None:
        """Listings and organizations the words asked for may be."""
        text = self.asked.get("about", "")
        if not text:
            return None
        found = []
        for model in (Organization, Service):
            named = model.objects.filter(Q(name__icontains=text) | Q(name_fr__icontains=text))
            found += named.values_list("pk", flat=True)[:MANY]
        return found

    def decisions(self) -> tuple[str, str, QuerySet]:
        rows = Decision.objects.select_related("submission__organization", "by")
        if self.asked.get("what") in KINDS:
            rows = rows.filter(submission__kind=self.asked["what"])
        if (people := self.people) is not None:
            rows = rows.filter(by__in=people)
        if (records := self.records) is not None:
            rows = rows.filter(
                Q(submission__organization__in=records)
                | Q(submission__title__icontains=self.asked["about"])
            )
        return "at", "pk", rows

    def changes(self) -> tuple[str, str, QuerySet]:
        rows = Proposal.objects.applied().filter(run=self.run)
        if (people := self.people) is not None:
            rows = rows.filter(change__user__in=people)
        if (records := self.records) is not None:
            rows = rows.filter(record_id__in=records)
        rows = rows.select_related("change__user").defer("before", "after")
        names = {"name": KT("after__name"), "name_fr": KT("after__name_fr")}
        is_new = {"is_new": Q(before__isnull=True)}
        return "applied_at", "number", rows.annotate(**names, **is_new)

    def imports(self) -> tuple[str, str, QuerySet]:
        rows = ImportRun.objects.all()
        if self.people is not None or self.records is not None:
            rows = rows.none()
        return "started_at", "pk", rows

    def entries(self) -> tuple[str, str, QuerySet]:
        rows = RecordEntry.objects.select_related("by")
        if (people := self.people) is not None:
            rows = rows.filter(by__in=people)
        if text := self.asked.get("about"):
            rows = rows.filter(about__icontains=text)
        return "at", "pk", rows

    def change_entry(self, row: Proposal) -> Entry:
        new = row.is_new
        if row.subject == Subject.ORGANIZATION:
            what = _("New organization") if new else _("Organization changed")
        elif row.subject == Subject.SERVICE:
            what = _("New listing") if new else _("Listing changed")
        else:
            what = _("%s: new") if new else _("%s: changed")
            what %= WRITTEN[row.subject].label
        name = (row.name_fr if self.french else row.name) or row.name or row.name_fr
        return Entry(
            at=row.applied_at,
            source=CHANGES,
            key=str(row.number),
            who=who_changed(row),
            what=what,
            about=name or str(row.record_id),
            url=reverse("coalition:change", kwargs={"pk": row.pk}),
            note=note_of(row),
        )


def who_changed(row: Proposal) -> str:
    """The person, where one is known, and for whom they did it."""
    change = getattr(row, "change", None)
    person = str(change.user) if change and change.user else ""
    return " · ".join(dict.fromkeys(filter(None, [person, row.by]))) or Origin(row.origin).label


def note_of(row: Proposal) -> str:
    return str(NOTES.get(row.note, row.note))


def decision_entry(row: Decision) -> Entry:
    kind = KINDS.get(row.submission.kind)
    return Entry(
        at=row.at,
        source=DECISIONS,
        key=str(row.pk),
        who=str(row.by or ""),
        what=f"{row.get_outcome_display()} · {kind.label if kind else row.submission.kind}",
        about=row.submission.title,
        url=reverse("coalition:submission", kwargs={"pk": row.submission_id}) if kind else "",
        note=row.reason,
    )


def import_entry(row: ImportRun) -> Entry:
    counts = {"added": row.added, "changed": row.changed, "held": row.held}
    return Entry(
        at=row.started_at,
        source=IMPORTS,
        key=str(row.pk),
        who=row.undone_by and _("Undone by %s") % row.undone_by,
        what=_("Import"),
        about=" · ".join(filter(None, [row.source, row.file_name])),
        url=f"{reverse('coalition:record')}?run={row.pk}",
        note=_("%(added)s added, %(changed)s changed, %(held)s waiting") % counts,
    )


def each(entry: Callable[..., Entry]) -> Callable[[list], list[Entry]]:
    return lambda rows: [entry(row) for row in rows]


def other_entries(rows: list[RecordEntry]) -> list[Entry]:
    people = people_in(rows)
    return [other_entry(row, people) for row in rows]


def other_entry(row: RecordEntry, people: dict[str, str]) -> Entry:
    return Entry(
        at=row.at,
        source=OTHER,
        key=str(row.pk),
        who=str(row.by or row.by_words),
        what=said(row.action),
        about=row.about,
        note=note_said(row, people),
    )


def later(queryset: QuerySet, column: str, key: str, side: int, after: tuple) -> QuerySet:
    """What comes after a mark. `side` tells whether this source stands before (< 0) or after the
    one of the mark, among things of one moment."""
    at, _source, number = after
    if side < 0:
        return queryset.filter(**{f"{column}__lt": at})
    queryset = queryset.filter(**{f"{column}__lte": at})
    if side > 0:
        return queryset
    return queryset.filter(Q(**{f"{column}__lt": at}) | Q(**{f"{key}__lt": number}))


def read_mark(text: str) -> tuple[datetime, str, object] | None:
    """A mark from an address; None for anything that is none."""
    at, _tilde, rest = text.partition("~")
    source, _tilde, key = rest.partition("~")
    try:
        moment = parse_datetime(at)
        number = UUID(key) if source == IMPORTS else int(key)
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or source not in SOURCES:
        return None
    if not isinstance(number, UUID) and not 0 <= number < 2**63:
        return None
    return moment, source, number
