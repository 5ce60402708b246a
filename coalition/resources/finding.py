"""What answers the parameters of /resources/: words as the directory's search understands them,
filters with what each would leave, an order, a page."""

import datetime
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    F,
    Func,
    IntegerField,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Greatest
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.models import User
from directory.search.results import page_number
from directory.search.understanding import Question, understand

from .enums import ResourceKind
from .filters import GROUPS, ResourceFilter
from .models import Resource
from .shown import cards

PAGE_SIZE = 20


@dataclass
class Results:
    """What a page of the list shows. `counts` is, by group, how many there would be with each
    option chosen."""

    filter: ResourceFilter
    question: Question = field(default_factory=Question)
    sort: str = "best"
    total: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    page: int = 1
    pages: int = 1
    page_error: str = ""
    cards: list[dict] = field(default_factory=list)


def search(parameters: QueryDict, user: User) -> Results:
    """Answer the parameters for this person.

    A parameter that makes no sense is left aside, with its message in `results.filter.form`.
    """
    now = timezone.now()
    results = Results(ResourceFilter(parameters))
    asked = results.filter.asked
    seen = Resource.objects.visible_to(user, now)
    if codes := asked.get("seen"):
        seen = seen.filter(seen_by__in=codes)
    exact = bool(asked.get("exact"))
    results.question = understand(asked.get("q") or "", place_known=True, exact=exact)
    rows, facets = found(seen, results.question)
    if not facets and len(results.question.segments) > 1 and not exact:
        rows, facets, results.question = with_less(seen, results.question)
    chosen = results.filter.chosen
    results.total, results.counts = counted(facets, chosen)
    results.sort = asked.get("sort") or "best"
    results.pages = max(1, -(-results.total // PAGE_SIZE))
    number, results.page_error = page_number(parameters.get("page", ""))
    if number > results.pages:
        number = results.pages
        results.page_error = _("There is no page %s. This is the last.") % parameters["page"]
    results.page = number
    for name, codes in chosen.items():
        rows = rows.filter(facets__overlap=[f"{GROUPS[name][0]}:{code}" for code in codes])
    sort = best_sort(results.question, chosen) if results.sort == "best" else results.sort
    rows = ordered(rows, sort, results.question, now)
    start = (number - 1) * PAGE_SIZE
    results.cards = cards(rows[start : start + PAGE_SIZE], now=now) if results.total else []
    return results


def found(rows: QuerySet, question: Question) -> tuple[QuerySet, list[list[str]]]:
    """Those with these words, and the facets of each."""
    if question:
        rows = rows.filter(matching(question.query()))
    return rows, list(rows.values_list("facets", flat=True))


def matching(query: str) -> Func:
    """Whether a row has what a tsquery asks for."""
    return Func(
        F("words"),
        Value(query),
        template="(%(expressions)s::tsquery)",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )


def with_less(rows: QuerySet, question: Question) -> tuple[QuerySet, list[list[str]], Question]:
    """The same for fewer words, where nothing has them all."""
    for questions in question.relaxed():
        some = [(*found(rows, less), less) for less in questions]
        if some := [one for one in some if one[1]]:
            return min(some, key=lambda one: len(one[1]))
    return (*found(rows, question), question)


def counted(
    facets: list[list[str]], chosen: dict[str, list[str]]
) -> tuple[int, dict[str, dict[str, int]]]:
    """How many fit all that is chosen; and by group, how many would with each option.

    Inside a group any of the choices will do, between groups all must hold.
    """
    wanted = {
        name: {f"{GROUPS[name][0]}:{code}" for code in codes} for name, codes in chosen.items()
    }
    total, others = 0, Counter()
    adding: dict[str, Counter] = {name: Counter() for name in wanted}
    for one in map(set, facets):
        failed = [name for name, codes in wanted.items() if not codes & one]
        if not failed:
            total += 1
            others.update(one)
        elif len(failed) == 1:
            adding[failed[0]].update(one)
    counts: dict[str, dict[str, int]] = {}
    for name, (prefix, codes) in GROUPS.items():
        counts[name] = {
            code: counted_with(f"{prefix}:{code}", name, wanted, total, others, adding)
            for code in codes()
        }
    return total, counts


def counted_with(facet, name, wanted, total, others, adding) -> int:
    if name not in wanted:
        return others[facet]
    return total if facet in wanted[name] else total + adding[name][facet]


def best_sort(question: Question, chosen: dict[str, list[str]]) -> str:
    """Of funding, the next deadline; with words, what fits them; else what is new."""
    if chosen.get("kind") == [ResourceKind.FUNDING]:
        return "deadline"
    return "fit" if question else "new"


def ordered(rows: QuerySet, sort: str, question: Question, now: datetime.datetime) -> QuerySet:
    """By how well it fits, by when it came or changed, or by deadline: open ones first, the
    soonest first; then what has none; then what is closed, the latest first."""
    rows = rows.annotate(lately=Greatest("published_at", "publish_from", "last_modified"))
    if sort == "deadline":
        is_open = When(deadline__gt=now, then=F("deadline"))
        rows = rows.annotate(
            closing=Case(
                When(deadline__gt=now, then=0),
                When(deadline__isnull=True, then=1),
                default=2,
                output_field=IntegerField(),
            ),
            until=Case(is_open, default=None, output_field=DateTimeField()),
        )
        return rows.order_by("closing", "until", "-deadline", "-lately", "pk")
    if sort == "fit":
        fit = Case(
            When(matching(question.in_names), then=0),
            *([When(matching(question.in_known), then=1)] if question.in_known else []),
            default=2,
            output_field=IntegerField(),
        )
        return rows.annotate(fit=fit).order_by("fit", "-lately", "pk")
    return rows.order_by("-lately", "pk")
