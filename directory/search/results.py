"""One page of search results: the list, what is reached from afar, and what else to try."""

import datetime
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count, F, Max, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.places.gazetteer import Found, Place, area_point

from .filters import ServiceFilter
from .models import Reach, SearchRow

PAGE_SIZE = 20
NEAR_KM, ROUGH_KM = 25, 100
STRONG = 0.06  # ts_rank of a word in a name or a term; a description alone stays below
AHEAD = datetime.timedelta(days=8)
NOT_DRAWN = ("words", "facets", "rules", "open", "by_appointment", "call_first", "unknown")
WIDER_KM = (50, 100, 250, 500, 1000, 5000)
TOWNS_SECONDS = 600
BESIDE = 3  # how many to show of what is not the list itself


@dataclass
class Results:
    """What a results page shows. Rows are SearchRow with their hours for the days ahead."""

    filter: ServiceFilter
    place: Place | None = None
    found: Found | None = None
    within: float | None = None
    now: datetime.datetime = field(default_factory=timezone.now)
    total: int = 0
    page: int = 1
    pages: int = 1
    rows: list[SearchRow] = field(default_factory=list)
    remote: list[SearchRow] = field(default_factory=list)
    remote_total: int = 0
    nearest: list[SearchRow] = field(default_factory=list)
    wider: tuple[int, int] | None = None  # kilometres, services within them
    page_error: str = ""


def search(parameters: QueryDict) -> Results:
    """Answer the parameters of /services/.

    A parameter that makes no sense is left aside, with its message in `results.filter.form`; the
    rest of the search stands. A fixed number of queries, whatever is found.
    """
    filterset = ServiceFilter(parameters, queryset=SearchRow.objects.all())
    rows = filterset.qs
    chosen = filterset.form.cleaned_data
    results = Results(filter=filterset, found=chosen.get("near"))
    if results.found and results.found.place:
        results.place = results.found.place
    sort = chosen.get("sort") or "best"
    if results.place is None:
        listed = rows
    else:
        usual = ROUGH_KM if results.place.rough_km > NEAR_KM else NEAR_KM
        results.within = float(chosen.get("within") or usual)
        listed = rows.filter(~Q(reach=Reach.REMOTE)).within(results.place, results.within)
    grouped = ordered(listed.services(), sort)
    results.total = grouped.count()
    results.page, results.pages, results.page_error = page_of(
        parameters.get("page", ""), results.total
    )
    start = (results.page - 1) * PAGE_SIZE
    ids = [row["service_id"] for row in grouped[start : start + PAGE_SIZE]]
    results.rows = fetch(listed, ids, results.now)
    if results.place is not None:
        beside(results, rows, ids)
    return results


def beside(results: Results, rows, shown: list) -> None:
    """What reaches people from afar, and, where the list is empty, what lies farther off."""
    remote = rows.remote(results.place.province).exclude(service_id__in=shown)
    grouped = ordered(remote.services(), "best")
    results.remote_total = grouped.count()
    results.remote = fetch(remote, [r["service_id"] for r in grouped[:BESIDE]], results.now)
    if results.total:
        return
    anywhere = rows.filter(~Q(reach=Reach.REMOTE)).near(results.place)
    ids = [r["service_id"] for r in ordered(anywhere.services(), "distance")[:BESIDE]]
    results.nearest = fetch(anywhere, ids, results.now)
    for kilometres in WIDER_KM:
        if kilometres > results.within:
            count = rows.filter(~Q(reach=Reach.REMOTE)).within(results.place, kilometres)
            if total := count.services().count():
                results.wider = (kilometres, total)
                break


def ordered(services, sort: str):
    """Services in a stable order.

    `best` with a place: those that name what was asked before those that only mention it, then
    nearest. Without a place: relevance, then name. `checked`: the latest first, never last.
    """
    name = Max("sort_name_fr" if get_language() == "fr" else "sort_name")
    annotations = services.query.annotations
    services = services.annotate(by_name=name)
    by_place = ["nearest"] if "nearest" in annotations else []
    if sort == "checked":
        services = services.annotate(checked=Max("assured_date"))
        order = [F("checked").desc(nulls_last=True), *by_place, "by_name"]
    elif sort == "distance" and by_place:
        order = by_place
    elif "best" in annotations and by_place:
        services = services.annotate(strong=Q(best__gte=STRONG))
        order = ["-strong", *by_place]
    elif "best" in annotations:
        order = ["-best", "by_name"]
    else:
        order = [*by_place, "by_name"]
    return services.order_by(*order, "service_id")


def fetch(rows, ids: list, now: datetime.datetime) -> list[SearchRow]:
    """One row for each of these services, in order: its nearest, with the hours ahead."""
    best: dict = {}
    found = rows.of_services(ids).with_hours(now, now + AHEAD).defer("words", "facets", "rules")
    for row in found.defer(
        "words", "facets", "rules", "open", "by_appointment", "call_first", "unknown"
    ):
        held = best.get(row.service_id)
        if held is None or distance(row) < distance(held):
            best[row.service_id] = row
    return [best[pk] for pk in ids if pk in best]


def distance(row: SearchRow) -> tuple:
    """Nearest first; without a place, an open door first, then the order of the listing."""
    if hasattr(row, "distance"):
        return (row.distance, row.pk)
    return (not row.open_spans, row.pk)


def page_of(text: str, total: int) -> tuple[int, int, str]:
    """The page asked for, how many there are, and what was wrong with the asking."""
    pages = max(1, -(-total // PAGE_SIZE))
    if text == "":
        return 1, pages, ""
    if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1 and len(text) < 10):
        return 1, pages, _("There is no page “%s”. This is the first.") % text[:20]
    if int(text) > pages:
        return pages, pages, _("There is no page %s. This is the last.") % text
    return int(text), pages, ""


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

    return cache.get_or_set(f"directory.busiest_towns.{count}", counted, TOWNS_SECONDS)


def of_organization(organization, *, now: datetime.datetime) -> list[SearchRow]:
    """Every service of an organization, by name, one row each, with its hours ahead."""
    rows = SearchRow.objects.filter(organization_id=organization)
    ids = [row["service_id"] for row in ordered(rows.services(), "best")]
    return fetch(rows, ids, now)
