"""One page of search results: the list, what is reached from afar, and what else to try."""

import datetime
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count, F, Max
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.models.enums import Delivery
from directory.places.gazetteer import Found, Place, area_point, km_from_chord

from .filters import FARTHEST_KM, ServiceFilter
from .models import Reach, SearchRow

PAGE_SIZE = 20
NEAR_KM, FARTHEST_USUAL_KM = 25, 100
AHEAD = datetime.timedelta(days=8)
FROM_AFAR = {Delivery.PHONE, Delivery.ONLINE}
NOT_DRAWN = ("words", "names", "facets", "rules", "open", "by_appointment", "call_first", "unknown")
WIDER_KM = (50, 100, 250, 500, 1000, 2500, FARTHEST_KM)
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
    from_afar: bool = False  # the list itself is what reaches the place by phone or online


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
    elif chosen.get("delivery") and set(chosen["delivery"]) <= FROM_AFAR:
        results.from_afar = True
        listed = rows.remote(results.place.province)
    else:
        usual = max(NEAR_KM, min(results.place.rough_km, FARTHEST_USUAL_KM))
        results.within = float(chosen.get("within") or round(usual))
        listed = rows.within(results.place, results.within)
    services = ordered(listed.services(by_effort=sort == "best"), sort)
    ids = one_page(results, services, parameters.get("page", ""))
    results.rows = fetch(listed, ids, results.now)
    if results.within is not None:
        beside(results, rows)
    return results


def one_page(results: Results, services, text: str) -> list:
    """The services of the page asked for; how many there are comes with them."""
    number, results.page_error = page_number(text)
    found = list(services[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    if not found and number > 1:
        results.total = services.count()
        number = max(1, -(-results.total // PAGE_SIZE))
        results.page_error = _("There is no page %s. This is the last.") % text
        found = list(services[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    results.total = found[0]["total"] if found else 0
    results.page, results.pages = number, max(1, -(-results.total // PAGE_SIZE))
    return [service["service_id"] for service in found]


def page_number(text: str) -> tuple[int, str]:
    """The page asked for, and what was wrong with the asking."""
    if text == "":
        return 1, ""
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text):
        return int(text), ""
    return 1, _("There is no page “%s”. This is the first.") % text[:20]


def beside(results: Results, rows) -> None:
    """What reaches people from afar, and, where the list is empty, what lies farther off."""
    remote = rows.remote(results.place.province)
    found = list(ordered(remote.services(), "best")[:BESIDE])
    results.remote_total = found[0]["total"] if found else 0
    results.remote = fetch(remote, [r["service_id"] for r in found], results.now)
    if results.total:
        return
    anywhere = rows.near(results.place)
    found = list(ordered(anywhere.services(), "distance")[:BESIDE])
    results.nearest = fetch(anywhere, [r["service_id"] for r in found], results.now)
    if found:
        farthest = km_from_chord(max(r["nearest"] for r in found) ** 0.5)
        enough = next((km for km in WIDER_KM if km >= farthest), FARTHEST_KM)
        count = rows.within(results.place, enough).services().count()
        results.wider = (enough, count)


def ordered(services, sort: str):
    """Services in a stable order.

    `best` with a place: least effort, which is the way there and a detour that what is asked for
    by name is worth; without words, nearest first. Without a place: relevance, then name.
    `checked`: the latest first, never last.
    """
    annotations = services.query.annotations
    order: list = []
    if sort == "checked":
        services = services.annotate(checked=Max("assured_date"))
        order.append(F("checked").desc(nulls_last=True))
    elif sort == "best" and "effort" in annotations:
        order.append("effort")
    if "nearest" in annotations:
        order.append("nearest")
    elif sort == "best" and "best" in annotations:
        order.append("-best")
    if "nearest" not in annotations:
        name = "sort_name_fr" if get_language() == "fr" else "sort_name"
        services = services.annotate(by_name=Max(name))
        order.append("by_name")
    return services.order_by(*order, "service_id")


def fetch(rows, ids: list, now: datetime.datetime) -> list[SearchRow]:
    """One row for each of these services, in order: its nearest, with the hours ahead.

    `open_at_a_place` says whether it is open at any of its places in the list.
    """
    best: dict = {}
    out: set = set()
    found = rows.of_services(ids).with_hours(now, now + AHEAD).defer("words", "facets", "rules")
    for row in found.defer(
        "words", "facets", "rules", "open", "by_appointment", "call_first", "unknown"
    ):
        held = best.get(row.service_id)
        if held is None or distance(row) < distance(held):
            best[row.service_id] = row
        if row.open_spans and row.open_spans[0].lower <= now:
            out.add(row.service_id)
    for pk, row in best.items():
        row.open_at_a_place = pk in out
    return [best[pk] for pk in ids if pk in best]


def distance(row: SearchRow) -> tuple:
    """Nearest first; without a place, an open door first, then the order of the listing."""
    if hasattr(row, "distance"):
        return (row.distance, row.pk)
    return (not row.open_spans, row.pk)


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
