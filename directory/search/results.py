"""One page of search results: the list, what is reached from afar, and what else to try."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from django.core.cache import caches
from django.db.models import Count
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.models.enums import Delivery
from directory.places.gazetteer import (
    EARTH_RADIUS_KM,
    Found,
    Place,
    area_point,
    km_from_chord,
)

from . import ranking, vocabulary
from .asking import SHARED, Asked, Rows, ShownRow, numbers, packed, shown, weigh
from .facets import Choice, Counts, fitting_people
from .filters import FARTHEST_KM, ServiceFilter
from .hits import NONE, Hits
from .models import Reach, SearchRow
from .understanding import Question, understand

PAGE_SIZE = 20
NEAR_KM, FARTHEST_USUAL_KM = 25, 100
AHEAD = datetime.timedelta(days=8)
FROM_AFAR = {Delivery.PHONE, Delivery.ONLINE}
WIDER_KM = (50, 100, 250, 500, 1000, 2500, FARTHEST_KM)  # distances that are offered
RING_KM = 300  # how far is looked for something to offer, before it may be anywhere
ENOUGH = 3  # fewer than this is little found; also how many to show of what is not the list
TOWNS_SECONDS = 600
# Past so many rows, a search without a place stops at CAP services and says so.
WHOLE_ROWS, CAP = 30_000, 1_000
MOST_READ = 2 * CAP  # rows: a service may have several
BLOCK = 100  # services that are put in order by whether they are open; five pages
SIZE_SECONDS = 60
RELATED = 5
BATCH = 500


@dataclass
class Related:
    """A need to try instead, and how many services near answer it."""

    code: str
    services: int


@dataclass
class Results:
    """What a results page shows. Rows come with their hours for the days ahead."""

    filter: ServiceFilter
    question: Question = field(default_factory=Question)
    choice: Choice = field(default_factory=Choice)
    place: Place | None = None
    found: Found | None = None
    within: float | None = None
    moment: datetime.datetime | None = None
    now: datetime.datetime = field(default_factory=timezone.now)
    sort: str = "best"
    total: int = 0
    capped: bool = False  # there are more than `total`
    counts: Counts | None = None
    other: Hits | None = None  # the other list without filters: what is near, or comes from afar
    page: int = 1
    pages: int = 1
    rows: list[ShownRow] = field(default_factory=list)
    remote: list[ShownRow] = field(default_factory=list)
    remote_total: int = 0
    nearest: list[ShownRow] = field(default_factory=list)
    wider: tuple[int, int] | None = None  # kilometres, services within them
    related: list[Related] = field(default_factory=list)
    page_error: str = ""
    from_afar: bool = False  # the list itself is what reaches the place by phone or online

    def count(self, group: str, code: str) -> int | None:
        """How many services the list would have with this option chosen; None where not known."""
        codes = self.choice.groups.get(group, [])
        chosen = code in codes
        asks_for_other = ({*codes, code} <= FROM_AFAR) != self.from_afar
        if group == "delivery" and self.other is not None and asks_for_other:
            # To ask for phone or online alone is to ask for the other list.
            groups = self.choice.groups | {group: [*codes, code]}
            return len(self.other.only(replace(self.choice, groups=groups)))
        if self.counts is None or (codes and group not in self.counts.groups and not chosen):
            return None
        return self.counts.of(group, code, chosen)

    @property
    def first(self) -> int:
        """The number in the list of the first row on this page."""
        return (self.page - 1) * PAGE_SIZE + 1


def search(parameters: QueryDict) -> Results:
    """Answer the parameters of /services/.

    A parameter that makes no sense is left aside, with its message in `results.filter.form`; the
    rest of the search stands.
    """
    results = looked_for(parameters)
    lost = results.total and not results.rows, results.remote_total and not results.remote
    if any(lost):
        # Between two questions the table was made anew: its rows have other numbers now.
        results = looked_for(parameters)
    return results


def looked_for(parameters: QueryDict) -> Results:
    results, listed, afar = ask(parameters)
    number, results.page_error = page_number(parameters.get("page", ""))
    results.pages = max(1, -(-results.total // PAGE_SIZE))
    if number > results.pages:
        number = results.pages
        results.page_error = _("There is no page %s. This is the last.") % parameters["page"]
    results.page = number
    stretches = [listed.stretch((number - 1) * PAGE_SIZE, PAGE_SIZE)]
    if afar:
        stretches.append(afar.stretch(0, ENOUGH))
    results.rows, *remote = fetch(ids_of(*stretches), results.place, results.now)
    results.remote = remote[0] if remote else []
    results.remote_total = len(afar.hits) if afar else 0
    if results.total < ENOUGH and not results.capped:
        beyond(results)
    return results


def everything(parameters: QueryDict) -> tuple[Results, Iterator[list[ShownRow]]]:
    """The whole list in its order, in batches as they are asked for; capped where the list is."""
    results, listed, _afar = ask(parameters)

    def batches() -> Iterator[list[ShownRow]]:
        ids = whole(listed) or whole(ask(parameters)[1])
        for start in range(0, len(ids), BATCH):
            (rows,) = fetch([ids[start : start + BATCH]], results.place, results.now)
            if not rows:
                # The table was made anew meanwhile: the same list, by other numbers.
                ids = whole(ask(parameters)[1])
                (rows,) = fetch([ids[start : start + BATCH]], results.place, results.now)
            yield rows

    def whole(listed: Listed) -> list[int]:
        (ids,) = ids_of(listed.stretch(0, len(listed.hits)))
        return ids

    return results, batches()


def ask(parameters: QueryDict) -> tuple[Results, Listed, Listed | None]:
    """What is asked, the list that answers it, and what reaches people there from afar, where
    that is not the list itself."""
    filterset = ServiceFilter(parameters, queryset=SearchRow.objects.none())
    asked = filterset.asked()
    results = Results(filter=filterset, found=asked.get("near"), choice=filterset.choice())
    results.sort = asked.get("sort") or "best"
    results.question = understand(
        asked.get("q", ""), place_known=results.found is not None, exact=bool(asked.get("exact"))
    )
    if results.found is not None:
        results.place = results.found.place
    else:
        results.place = results.question.place
    results.moment = filterset.moment(results.place)
    if results.place is not None:
        delivery = results.choice.groups.get("delivery", [])
        results.from_afar = bool(delivery) and set(delivery) <= FROM_AFAR
        usual = max(NEAR_KM, min(results.place.rough_km, FARTHEST_USUAL_KM))
        results.within = float(asked.get("within") or round(usual))
    listed, other = lists(results)
    if not listed.found and len(results.question.segments) > 1 and not asked.get("exact"):
        listed, other, results.question = with_less(results) or (listed, other, results.question)
    results.total, results.capped = len(listed.hits), listed.hits.capped
    results.counts = listed.counts
    results.other = other.unfiltered if other else None
    return results, listed, None if results.from_afar else other


def with_less(results: Results) -> tuple[Listed, Listed | None, Question] | None:
    """The list for fewer words, where nothing has them all."""
    for questions in results.question.relaxed():
        found = []
        for question in questions:
            listed, other = lists(replace(results, question=question))
            if listed.found:
                found.append((listed, other, question))
        if found:
            return min(found, key=lambda one: one[0].found)
    return None


@dataclass
class Listed:
    """A list before it is cut into pages: `found` services before the filters (`unfiltered`),
    `hits` after."""

    results: Results
    rows: Rows
    found: int
    hits: Hits
    counts: Counts | None
    unfiltered: Hits | None = None

    def stretch(self, offset: int, how_many: int) -> Stretch:
        """The keys from which a stretch of the list is made: whole blocks, unless the keys alone
        tell the order."""
        end = min(offset + how_many, len(self.hits))
        if end <= offset:
            return Stretch(self, [], 0, 0)
        keys = self.hits.first(-(-end // BLOCK) * BLOCK)
        sort = self.results.sort
        if sort == "checked" or (sort == "distance" and self.rows.place is not None):
            return Stretch(self, keys[offset:end], 0, end - offset, by_effort=False)
        start = offset // BLOCK * BLOCK
        return Stretch(self, keys[start:], offset - start, end - start)


@dataclass
class Stretch:
    """Part of a list: keys that are weighed, and which of them are shown once they are in order."""

    listed: Listed
    keys: list[int]
    start: int
    end: int
    by_effort: bool = True

    def branch(self, asked: Asked) -> int | None:
        if not self.keys:
            return None
        stored = self.listed.hits.stored(self.keys)
        return asked.add(*flat(weigh(stored, self.listed.rows, self.listed.results.now)))

    def ids(self, weighed: tuple) -> list[int]:
        """The rows to show, from the answer to this stretch's branch."""
        found = ranking.candidates(self.keys, weighed)
        if self.by_effort:
            # Who is open comes first, among those that are about as near and fit as well.
            found = [
                candidate
                for first in range(0, len(found), BLOCK)
                for candidate in sorted(
                    found[first : first + BLOCK], key=lambda one: (one.effort, one.key)
                )
            ]
        return [candidate.row for candidate in found[self.start : self.end]]


def ids_of(*stretches: Stretch) -> list[list[int]]:
    """The rows to show for some stretches, in one question."""
    asked = Asked()
    branches = [stretch.branch(asked) for stretch in stretches]
    answers = asked.answer()
    return [
        [] if branch is None else stretch.ids(answers[branch])
        for stretch, branch in zip(stretches, branches, strict=True)
    ]


def lists(results: Results) -> tuple[Listed, Listed | None]:
    """The list for what is asked; with a place also the other one: what is near, what comes from
    afar. One question."""
    base = Rows().open_at(results.moment)
    if results.place is not None:
        asked = Asked()
        within = Rows().within(results.place, results.within)
        remote = Rows().remote(results.place.province)
        if results.question:
            both = base.matching(results.question.query()).either(within, remote)
            asked.share(both)
        far = results.from_afar
        near = Branches.of(asked, results, within, results.sort, brief=far)
        afar = Branches.of(asked, results, remote, results.sort if far else "best", brief=not far)
        answers = asked.answer()
        found = near.listed(results, answers), afar.listed(results, answers)
        return found[::-1] if far else found
    if rows_in_all() > WHOLE_ROWS:
        return capped_list(results, base), None
    asked = Asked()
    whole = Branches.of(asked, results, Rows(), results.sort)
    return whole.listed(results, asked.answer(by_index=bool(results.question))), None


@dataclass
class Branches:
    """Where the parts of one list stand in an answer."""

    rows: Rows  # without words: a service's rows all have the same
    all: int
    brief: bool
    by_fit: bool = False
    named: int | None = None
    known: int | None = None

    @classmethod
    def of(cls, asked: Asked, results: Results, rows: Rows, sort: str, *, brief=False) -> Branches:
        """`brief`: for a list of which only the first few are shown, its names not looked at."""
        question, today = results.question, timezone.localdate(results.now)
        open_rows = rows.open_at(results.moment)
        if not question:
            return cls(open_rows, asked.add(*flat(packed(open_rows, sort, today))), brief)
        if asked.shared:
            branch = packed(rows, sort, today, source=SHARED)
        else:
            branch = packed(open_rows.matching(question.query()), sort, today)
        at = asked.add(*flat(branch))
        rows = open_rows
        found = cls(rows, at, brief, by_fit=sort == "best")
        if sort == "best" and not brief:
            found.named = asked.add(*flat(numbers(rows.matching(question.in_names))))
        if sort == "best" and question.in_known:
            found.known = asked.add(*flat(numbers(rows.matching(question.in_known))))
        return found

    def listed(self, results: Results, answers: dict[int, tuple]) -> Listed:
        keys, sets = answers[self.all]
        hits = Hits.packed(keys, sets)
        if results.question and self.by_fit:
            named, known = (
                None if at is None else answers[at][0] for at in (self.named, self.known)
            )
            hits.put_back(
                NONE if named is None else named,
                NONE if known is None else known,
                results.question.meant,
            )
        if self.brief:
            return Listed(results, self.rows, len(hits), hits.only(results.choice), None, hits)
        fitting, counts = hits.fitting(results.choice)
        return Listed(results, self.rows, len(hits), fitting, counts, hits)


def flat(branch: tuple[str, list]) -> tuple:
    return branch[0], *branch[1]


def capped_list(results: Results, base: Rows) -> Listed:
    """The first thousand, those whose name says it before the others.

    Counted beside the filters only where these are all there are, and then not inside a group
    that narrows them: what its other options would add lies outside these rows.
    """
    base = base.having(results.choice.groups)
    if results.choice.age is not None or results.choice.gender:
        sets = fitting_people(results.choice)
        base = base.where("facet_set_id = ANY(%s::int[])", sets)
    question, today = results.question, timezone.localdate(results.now)

    def first(rows: Rows) -> Listed:
        asked = Asked()
        at = asked.add(*flat(packed(rows, results.sort, today, limit=MOST_READ)))
        keys, sets = asked.answer(by_index=bool(question))[at]
        hits = Hits.packed(keys, sets)
        if len(hits) > CAP or (keys is not None and len(keys) == MOST_READ):
            kept = np.array(hits.first(CAP), np.int64)
            hits = Hits(kept, NONE, hits.several, capped=True)
        return Listed(results, base, len(hits), hits, None)

    if not question:
        listed = first(base)
    else:
        listed = first(base.matching(question.in_names))
        if not listed.hits.capped:
            listed = first(base.matching(question.query()))
    if listed.hits.capped:
        return listed
    asked = Asked()
    whole = Branches.of(asked, results, base, results.sort)
    listed = whole.listed(results, asked.answer())
    listed.counts.groups = {}
    return listed


def rows_in_all() -> int:
    """How many rows there are, counted no farther than needed, once a minute."""

    def counted() -> int:
        return SearchRow.objects.order_by()[: WHOLE_ROWS + 1].count()

    return caches["memory"].get_or_set("directory.rows_in_all", counted, SIZE_SECONDS)


def page_number(text: str) -> tuple[int, str]:
    """The page asked for, and what was wrong with the asking."""
    if text == "":
        return 1, ""
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text):
        return int(text), ""
    return 1, _("There is no page “%s”. This is the first.") % text[:20]


def beyond(results: Results) -> None:
    """Where little is found: how far three are, the nearest of them, and what else to try."""
    if results.within is not None and not results.from_afar:
        farther = farther_off(results)
        near_enough = farther.hits.first(ENOUGH)
        if len(near_enough) > results.total:
            wanted = over_ground(near_enough[-1])
            enough = next((km for km in WIDER_KM if km >= wanted), FARTHEST_KM)
            count = sum(over_ground(key) <= enough for key in farther.hits.keys.tolist())
            results.wider = enough, count
            if not results.total:
                nearest = Stretch(farther, near_enough, 0, ENOUGH, by_effort=False)
                (results.nearest,) = fetch(ids_of(nearest), results.place, results.now)
    results.related = related(results)


def over_ground(key: int) -> float:
    """The kilometres of a key that is ordered by distance alone."""
    return km_from_chord((key >> 32) / 1000 / EARTH_RADIUS_KM)


def farther_off(results: Results) -> Listed:
    """The same list from farther away, so far that three are in it if there are three at all."""
    for kilometres in (max(RING_KM, results.within), FARTHEST_KM):
        # Chosen facets narrow in the table already: nothing is counted beside the filters here.
        rows = Rows().having(results.choice.groups)
        rows = rows.within(results.place, float(kilometres))
        asked = Asked()
        listed = Branches.of(asked, results, rows, "distance").listed(results, asked.answer())
        if len(listed.hits) >= ENOUGH:
            break
    return listed


def related(results: Results) -> list[Related]:
    """Needs beside the one nobody answers here, with how many answer them."""
    codes = [f.partition(":")[2] for f in results.question.facets if f.startswith("category:")]
    codes += results.choice.groups.get("category", [])
    if not codes or (results.within is None and rows_in_all() > WHOLE_ROWS):
        return []
    rows = Rows()
    if results.within is not None:
        rows = rows.within(results.place, results.within)
    other = {group: codes for group, codes in results.choice.groups.items() if group != "category"}
    choice = Choice(other, results.choice.age, results.choice.gender)
    asked = Asked()
    anything = replace(results, question=Question(), choice=choice)
    counts = Branches.of(asked, anything, rows, "checked").listed(anything, asked.answer()).counts
    next_to = dict.fromkeys(near for code in codes for near in vocabulary.related().get(code, ()))
    found = [
        Related(code, services)
        for code in next_to
        if code not in codes and (services := counts.of("category", code, chosen=False))
    ]
    return found[:RELATED]


def fetch(
    lists: list[list[int]], place: Place | None, now: datetime.datetime
) -> list[list[ShownRow]]:
    """The rows of some lists of them. One that was withdrawn this moment is left out."""
    ids = [pk for some in lists for pk in some]
    found = shown(ids, place, now, now + AHEAD) if ids else {}
    return [[found[pk] for pk in some if pk in found] for some in lists]


def busiest_towns(count: int) -> list[tuple[Place, int]]:
    """The towns where most services are, with how many; remembered for ten minutes."""

    def counted() -> list[tuple[Place, int]]:
        rows = (
            SearchRow.objects.filter(reach=Reach.PLACE)
            .exclude(city="")
            .values("city", "province")
            .annotate(services=Count("service_id", distinct=True))
            .order_by("-services", "city", "province")
        )
        towns = (
            (area_point(row["city"], row["province"]), row["services"]) for row in rows[: 2 * count]
        )
        return [(town, services) for town, services in towns if town is not None][:count]

    return caches["memory"].get_or_set(f"directory.busiest_towns.{count}", counted, TOWNS_SECONDS)


def of_organization(organization, *, now: datetime.datetime) -> list[ShownRow]:
    """Every service of an organization, by name, one row each, with its hours ahead."""
    rows = Rows().where("organization_id = %s", organization)
    asked = Asked()
    at = asked.add(*flat(packed(rows, "checked", timezone.localdate(now))))
    keys, sets = asked.answer()[at]
    hits = Hits.packed(keys, sets)
    results = Results(filter=ServiceFilter({}), now=now)
    whole = Listed(results, rows, len(hits), hits, None).stretch(0, len(hits))
    (found,) = fetch(ids_of(whole), None, now)
    name = "sort_name_fr" if get_language() == "fr" else "sort_name"
    return sorted(found, key=lambda row: (getattr(row, name), row.pk))
