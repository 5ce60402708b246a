"""How long a page of results takes, in a catalogue the size of a province. Run by hand:

    .venv/bin/python -m tests.benchmarks.search --services 100000

It keeps a database of its own under var/benchmark (durable settings; made once, which takes some
minutes), asks every shape of question with words and towns drawn by seed, and prints p50, p95
and p99 in milliseconds of the whole page (middleware, compression and all), the queries it took,
and the ratio of p95 to two baselines measured in the same run: `SELECT 1`, and what Django
projects usually write (icontains, the haversine in the query, no search table).
"""

import argparse
import os
import random
import statistics
import sys
import time
from pathlib import Path

VAR = Path(__file__).resolve().parents[2] / "var" / "benchmark"
WORDS = [
    "naloxone", "detox", "counselling", "methadone", "needles", "shelter", "food", "peer support",
    "elder", "housing", "sevrage", "réduction des méfaits", "drop-in", "suboxone", "crisis",
    "family", "healing", "drug checking", "rehab", "narcan",
]  # fmt: skip
TOWNS = [
    "Toronto", "Montréal", "Vancouver", "Thunder Bay", "Sudbury", "Winnipeg", "Halifax", "Kenora",
    "Gatineau", "Prince George", "Moncton", "P7B", "M5V 2T6", "Saskatoon", "Whitehorse", "Timmins",
]  # fmt: skip
FILTERS = [
    ("access", "no-id"), ("access", "walk-in"), ("access", "free"), ("serves", "youth"),
    ("serves", "women"), ("category", "harm-reduction"), ("category", "treatment"),
]  # fmt: skip


def shapes(rng: random.Random) -> dict:
    """Each kind of question as a function that draws one."""

    def three_filters() -> dict:
        query: dict = {"near": rng.choice(TOWNS), "open": "now"}
        for name, value in rng.sample(FILTERS, 3):
            query.setdefault(name, []).append(value)
        return query

    return {
        "near": lambda: {"near": rng.choice(TOWNS)},
        "near and text": lambda: {"near": rng.choice(TOWNS), "q": rng.choice(WORDS)},
        "near, 3 filters, open now": three_filters,
        "near, text, 3 filters, open": lambda: three_filters() | {"q": rng.choice(WORDS)},
        "nothing near": lambda: {"near": "Alert, NU", "within": "5", "q": rng.choice(WORDS)},
        "text": lambda: {"q": rng.choice(WORDS)},
        "everything": dict,
    }


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def measure(action, runs: int) -> list[float]:
    for _ in range(max(3, runs // 10)):
        action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return times


def plain_django_way(query: dict, place) -> list:
    """What the ORM invites one to write, over the catalogue's own tables."""
    from django.db.models import F, FloatField, Q, Value
    from django.db.models.functions import ACos, Cos, Least, Radians, Sin

    from directory.models import ServiceAtLocation

    rows = ServiceAtLocation.objects.filter(
        service__published_at__isnull=False, location__latitude__isnull=False
    ).select_related("service__organization", "location")
    latitude, longitude = Radians(F("location__latitude")), Radians(F("location__longitude"))
    here, there = Radians(Value(place.lat)), Radians(Value(place.lon))
    rows = rows.annotate(
        km=Value(6371.0)
        * ACos(
            Least(
                Cos(here) * Cos(latitude) * Cos(longitude - there) + Sin(here) * Sin(latitude),
                Value(1.0),
            ),
            output_field=FloatField(),
        )
    ).filter(km__lte=25)
    if text := query.get("q"):
        rows = rows.filter(
            Q(service__name__icontains=text)
            | Q(service__name_fr__icontains=text)
            | Q(service__description__icontains=text)
            | Q(service__organization__name__icontains=text)
            | Q(service__attributes__taxonomy_term__name__icontains=text)
        ).distinct()
    rows.count()
    return list(rows.order_by("km")[:20])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--services", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--seed", type=int, default=20261124)
    arguments = options.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = "coalition.settings"
    os.environ["COALITION_VAR"] = str(VAR)
    from coalition.postgres import server

    with server.running(VAR / "postgres"):
        run(arguments)


def run(arguments) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from directory.models import Service
    from directory.places.gazetteer import find

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    missing = arguments.services - Service.objects.count()
    if missing > 0:
        call_command("make_services", str(arguments.services))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        version, fsync = cursor.fetchone()
    client = Client(headers={"accept-encoding": "gzip", "host": "localhost"})
    rng = random.Random(arguments.seed)
    print(f"{Service.objects.count():,} services, PostgreSQL {version}, fsync {fsync}")

    def select_1() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    floor = percentile(measure(select_1, arguments.runs), 0.95)

    def plain() -> None:
        plain_django_way({"q": rng.choice(WORDS)}, find(rng.choice(TOWNS)).place)

    baseline = measure(plain, max(10, arguments.runs // 20))
    print(f"{'shape':30}{'p50':>8}{'p95':>8}{'p99':>8}{'queries':>9}{'÷plain':>9}{'÷SELECT 1':>11}")

    def report(name: str, times: list[float], queries: str) -> None:
        p95 = percentile(times, 0.95)
        print(
            f"{name:30}{statistics.median(times):8.1f}{p95:8.1f}{percentile(times, 0.99):8.1f}"
            f"{queries:>9}{p95 / percentile(baseline, 0.95):9.3f}{p95 / floor:11.0f}"
        )

    for name, draw in shapes(rng).items():
        counts = set()
        for _ in range(10):
            with CaptureQueriesContext(connection) as captured:
                response = client.get("/services/", draw())
            assert response.status_code == 200, response.status_code
            counts.add(len(captured))
        times = measure(lambda draw=draw: client.get("/services/", draw()), arguments.runs)
        report(name, times, f"{min(counts)}–{max(counts)}")
    report("plain Django way (query only)", baseline, "2")
    report("SELECT 1", measure(select_1, arguments.runs), "1")


if __name__ == "__main__":
    sys.exit(main())
