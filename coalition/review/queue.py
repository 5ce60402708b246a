"""Everything that waits, as the desk shows it: filtered, counted, in pages."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from directory.models.enums import Province

from .kinds import KINDS
from .models import Submission

PAGE = 50
CANADA = "CA"  # in addresses, for what is of no one province


@dataclass(frozen=True)
class Choice:
    """One value of a filter: how many wait under it, and the address that chooses it."""

    value: str
    label: str
    count: int
    query: str
    chosen: bool


class Queue:
    """What waits, of one `kind` and `area` if these are asked for. Two queries a page.

    Values nobody knows are left aside, so that an old bookmark still shows the queue.
    """

    def __init__(self, asked: Mapping[str, str]):
        kind, area = asked.get("kind", ""), asked.get("area", "")
        self.kind = kind if kind in KINDS else ""
        self.area = area if area in (CANADA, *Province.values) else ""

    @property
    def rows(self) -> QuerySet[Submission]:
        found = Submission.objects.waiting().filter(kind__in=KINDS)
        if self.kind:
            found = found.of(self.kind)
        if self.area:
            found = found.filter(area="" if self.area == CANADA else self.area)
        return found

    @cached_property
    def groups(self) -> list[dict]:
        """What waits by kind and area: enough for every count on the page."""
        waiting = Submission.objects.waiting().filter(kind__in=KINDS).order_by()
        return list(
            waiting.values("kind", "area").annotate(
                count=Count("pk"),
                urgent=Count("pk", filter=Q(urgent=True)),
                oldest=Min("submitted_at"),
            )
        )

    def chosen(self, *, kind: str, area: str) -> list[dict]:
        return [
            group
            for group in self.groups
            if kind in ("", group["kind"]) and area in ("", group["area"] or CANADA)
        ]

    @property
    def total(self) -> int:
        return sum(group["count"] for group in self.groups)

    @property
    def urgent(self) -> int:
        return sum(group["urgent"] for group in self.groups)

    @property
    def oldest(self) -> datetime | None:
        return min((group["oldest"] for group in self.groups), default=None)

    def page(self, number: str | None) -> Page:
        paginator = Paginator(self.rows.select_related("organization", "submitted_by"), PAGE)
        here = self.chosen(kind=self.kind, area=self.area)
        paginator.count = sum(group["count"] for group in here)
        return paginator.get_page(number)

    def kinds(self) -> list[Choice]:
        """Each kind with what waits of it in the chosen area."""
        counts = Counter()
        for group in self.chosen(kind="", area=self.area):
            counts[group["kind"]] += group["count"]
        labels = [("", _("Everything"))] + [(code, str(kind.label)) for code, kind in KINDS.items()]
        counts[""] = counts.total()
        return [
            Choice(code, label, counts[code], self.query(kind=code), code == self.kind)
            for code, label in labels
        ]

    def areas(self) -> list[Choice]:
        """Each province in which something of the chosen kind waits."""
        counts = Counter()
        for group in self.chosen(kind=self.kind, area=""):
            counts[group["area"] or CANADA] += group["count"]
        labels = [(CANADA, _("All of Canada")), *Province.choices]
        shown = [pair for pair in labels if counts[pair[0]] or pair[0] == self.area]
        everywhere = Choice("", _("Everywhere"), counts.total(), self.query(area=""), not self.area)
        return [everywhere] + [
            Choice(code, str(label), counts[code], self.query(area=code), code == self.area)
            for code, label in shown
        ]

    def query(self, **changes: str) -> str:
        """The filters as they stand, with these changes, for an address: `?kind=listing`."""
        values = {"kind": self.kind, "area": self.area} | changes
        kept = urlencode({name: value for name, value in values.items() if value})
        return f"?{kept}" if kept else ""

    def after(self, submission: Submission) -> Submission | None:
        """The next to decide when this one is done or left; the first where it was the last."""
        later = Q(submitted_at__gt=submission.submitted_at) | Q(
            submitted_at=submission.submitted_at, pk__gt=submission.pk
        )
        later &= Q(urgent=submission.urgent)
        if submission.urgent:
            later |= Q(urgent=False)
        others = self.rows.exclude(pk=submission.pk)
        return others.filter(later).first() or others.first()
