"""Questions the search table answers, each under a name."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterable

from django.db import connection, models
from django.db.models import Case, Count, F, Func, Max, Min, Value, When, Window
from django.db.models.functions import Greatest, Sqrt

from directory.places.gazetteer import EARTH_RADIUS_KM, Place, box, chord, unit_vector

NO_WORD = re.compile(r"[^\w']+|_")
ENGLISH, FRENCH = "directory_en", "directory_fr"


def plain(text: str) -> str:
    """Text as index and query both spell it: words, digits and one kind of apostrophe.

    PostgreSQL takes `Detox/Withdrawal` for a file and `kits.Learn` for a host.
    """
    return NO_WORD.sub(" ", text.replace("’", "'"))


def text_query(text: str) -> str:
    """Words as a PostgreSQL tsquery, stemmed as English or as French, accents ignored.

    Every word must be there. Empty when no word is left to look for ("the", "!!").
    """
    text = plain(text)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT plainto_tsquery(%s, %s)::text, plainto_tsquery(%s, %s)::text",
            [ENGLISH, text, FRENCH, text],
        )
        english, french = cursor.fetchone()
    if not english or not french or english == french:
        return english or french
    return f"({english}) | ({french})"


def in_weights(query: str, weights: str) -> str:
    """The same tsquery, for words of these weights only."""
    return re.sub(r"'(?:[^']|'')*'", rf"\g<0>:{weights}", query)


class SearchRowQuerySet(models.QuerySet):
    def matching(self, query: str):
        """Rows whose words match a `text_query`.

        `rank` says how well (higher is better); `detour` how many kilometres farther one would
        rather go than to what matches so: none where its names say it, some where its terms do,
        more where it is found by other words.
        """
        return self.annotate(
            rank=Rank(F("names"), Value(query)),
            detour=Case(
                When(Matches(F("names"), Value(in_weights(query, "A"))), then=Value(0.0)),
                When(Matches(F("names"), Value(query)), then=Value(2.0)),
                default=Value(15.0),
            ),
        ).filter(Matches(F("words"), Value(query)))

    def having(self, group: str, codes: Iterable[str]):
        """Rows with any of these codes of one group (`category`, `access`, …)."""
        return self.filter(facets__overlap=[f"{group}:{code}" for code in codes])

    def open_at(self, instant: datetime.datetime):
        """Rows that are surely open then. By appointment and call first are not."""
        return self.filter(Contains(F("open"), Value(instant)))

    def near(self, place: Place):
        """Rows with a point; `distance` is the squared chord on the unit sphere (0 to 4)."""
        x, y, z = unit_vector(place.lat, place.lon)
        return self.filter(x__isnull=False).annotate(
            # On the very point rounding may fall a hair below nothing.
            distance=Greatest(2.0 - 2.0 * (F("x") * x + F("y") * y + F("z") * z), 0.0)
        )

    def within(self, place: Place, kilometres: float):
        """Rows no farther than this on the great circle."""
        south, west, north, east = box(place.lat, place.lon, kilometres)
        return self.near(place).filter(
            latitude__range=(south, north),
            longitude__range=(west, east),
            distance__lte=chord(kilometres) ** 2,
        )

    def remote(self, province: str = ""):
        """By phone or online, or from no certain place, for people in this province."""
        return self.filter(x__isnull=True, province__in=["", province])

    def services(self, *, by_effort: bool = False):
        """One result a service: its identifier, nearest `distance` or best `rank`, where asked
        for the least `effort` (kilometres with the detour), and on each the `total` of services
        found, so that a page and its count are one question."""
        annotations = {"total": Window(Count("*"))}
        known = self.query.annotations.keys()
        if "distance" in known:
            annotations["nearest"] = Min("distance")
        if by_effort and {"distance", "detour"} <= known:
            straight = Sqrt(F("distance")) * EARTH_RADIUS_KM
            annotations["effort"] = Min(straight + F("detour"))
        elif "rank" in known and "distance" not in known:
            annotations["best"] = Max("rank")
        return self.order_by().values("service_id").annotate(**annotations)

    def with_hours(self, start: datetime.datetime, end: datetime.datetime):
        """The parts of each row's hours that fall in this time, as `<state>_spans`."""
        return self.annotate(
            **{
                f"{state}_spans": Clipped(state, start, end)
                for state in ("open", "by_appointment", "call_first", "unknown")
            }
        )

    def of_services(self, ids: Iterable[uuid.UUID]):
        return self.filter(service_id__in=list(ids))


class Matches(Func):
    """`words` answer a text query."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


class Rank(Func):
    """How well `words` answer a text query, 0 to 1: names before terms before descriptions."""

    function = "ts_rank"
    template = "ts_rank('{0.05,0.1,0.5,1}', %(expressions)s::tsquery)"
    output_field = models.FloatField()


class Contains(Func):
    """A set of spans holds an instant."""

    template = "(%(expressions)s::timestamptz)"
    arg_joiner = " @> "
    output_field = models.BooleanField()


class Clipped(Func):
    """A row's spans of one state, cut to a window; a list of psycopg ranges."""

    def __init__(self, column: str, start: datetime.datetime, end: datetime.datetime):
        super().__init__(F(column), output_field=models.Field())
        self.window = [start, end]

    def as_sql(self, compiler, connection, **extra):
        (spans, _) = compiler.compile(self.source_expressions[0])
        return f"{spans} * tstzmultirange(tstzrange(%s, %s))", self.window
