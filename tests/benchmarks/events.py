"""How long what is on takes, with 10,000 events of which a third repeat. By hand:

    .venv/bin/python -m tests.benchmarks.events

It keeps a database of its own under var/benchmark-events (durable settings; made once, which takes
some minutes). Of each page it prints how many queries it takes, p50, p95 and p99 in milliseconds
(middleware, compression and all), and how many times a `SELECT 1` its p95 is; of the whole calendar
the same, how large it is, and how much the process grows while it is read out.
"""

import argparse
import datetime
import random
import sys
from pathlib import Path

from tests.benchmarks.search import ROOT, figures, measure, percentile, with_database

VAR = ROOT / "var" / "benchmark-events"
PAGE_LIMIT, FEED_LIMIT = 60, 2_000  # milliseconds, p95
ZONES = {"NL": "America/St_Johns", "SK": "America/Regina", "BC": "America/Vancouver"}
RULES = [
    "FREQ=WEEKLY",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=WEEKLY;COUNT=10",
    "FREQ=MONTHLY;BYDAY={nth}{day}",
    "FREQ=DAILY;COUNT=5",
]
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORDS = (
    "Come as you are, stay as long as you like. There is tea, and somebody to talk with. "
    "Nobody has to say anything. Bring a friend, a child or a dog. "
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=10_000)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--seed", type=int, default=20261127)
    options.add_argument("--var", type=Path, default=VAR, help="where the database is kept")
    arguments = options.parse_args()
    with_database(arguments, run)


def run(arguments) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from coalition.events.models.events import Event
    from coalition.events.models.times import Occurrence
    from directory.models import Service
    from directory.places.atlas import atlas

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if Service.objects.count() < 500:
        call_command("make_services", "500")
    if Event.objects.count() < arguments.events:
        with transaction.atomic():
            fill(arguments.events, random.Random(arguments.seed))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"{Event.objects.count():,} events, {Occurrence.objects.count():,} times", flush=True)
    rng = random.Random(arguments.seed)
    towns = [town for town in atlas().towns if town.population]
    weights = [town.population for town in towns]
    slugs = list(Event.objects.exclude(rrule="").values_list("slug", flat=True)[:500])
    month = timezone.localdate().replace(day=1) + datetime.timedelta(days=32)
    client = Client(headers={"accept-encoding": "gzip", "host": "localhost"})
    shapes = {
        "month": lambda: f"/events/?month={month:%Y-%m}",
        "month, near": lambda: f"/events/?month={month:%Y-%m}&near=Toronto",
        "list": lambda: "/events/",
        "list, further down": lambda: f"/events/?page={rng.randint(2, 50)}",
        "near Toronto": lambda: "/events/?near=Toronto",
        "near, any town": lambda: f"/events/?near={rng.choices(towns, weights)[0].key}",
        "near, kind": lambda: "/events/?near=Toronto&kind=meal",
        "an event": lambda: f"/events/{rng.choice(slugs)}/",
        "its calendar": lambda: f"/events/{rng.choice(slugs)}/event.ics",
    }
    sizes: list[int] = []

    def page(path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200, (response.status_code, path)
        # Thrown away piece by piece, as a server does.
        content = response.streaming_content if response.streaming else [response.content]
        sizes[:] = [sum(map(len, content))]

    def unchanged(etag: str) -> None:
        assert client.get(CALENDAR, headers={"if-none-match": etag}).status_code == 304

    def select_1(_path) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    slow = []

    def row(name: str, action, draw, runs: int, limit: int) -> None:
        times = measure(action, draw, runs)
        with CaptureQueriesContext(connection) as queries:
            action(draw())
        p95 = percentile(times, 0.95)
        ratio = p95 / percentile(floor, 0.95)
        print(f"{name:28}{len(queries):8}{figures(times)}{ratio:11.0f}", flush=True)
        if p95 > limit:
            slow.append(name)

    floor = measure(select_1, str, arguments.runs)
    print(f"{'':28}{'queries':>8}{'p50':>10}{'p95':>10}{'p99':>10}{'÷SELECT 1':>11}")
    print(f"{'SELECT 1':28}{1:8}{figures(floor)}")
    for name, shape in shapes.items():
        row(name, page, shape, arguments.runs, PAGE_LIMIT)
    few = max(10, arguments.runs // 10)
    row("feed of the latest", page, lambda: "/events/feed.atom", few, FEED_LIMIT)
    page(CALENDAR)
    before = peak()
    row("whole calendar", page, lambda: CALENDAR, few, FEED_LIMIT)
    packed = sizes[0]
    row("whole calendar, near", page, lambda: f"{CALENDAR}?near=Toronto", few, FEED_LIMIT)
    grown = peak(anew=False) - before
    client.defaults["HTTP_ACCEPT_ENCODING"] = "identity"
    row("whole calendar, not packed", page, lambda: CALENDAR, few, FEED_LIMIT)
    etag = client.get(CALENDAR)["ETag"]
    row("the same, unchanged", unchanged, lambda: etag, arguments.runs, PAGE_LIMIT)
    print(
        f"the calendar: {packed / 1e3:,.0f} kB packed; the process weighs {before:.0f} MB,"
        f" and {grown:.1f} MB more at the most while it is read out"
    )
    print(f"pages over {PAGE_LIMIT} ms or feeds over {FEED_LIMIT}: {', '.join(slow) or 'none'}")


CALENDAR = "/events/calendar.ics"


def peak(*, anew: bool = True) -> float:
    """The most this process has weighed, in MB; `anew`: counted from now on (Linux)."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def fill(count: int, rng: random.Random) -> None:
    """Events all over the country, where people live; from three months ago until in a year."""
    from django.utils import timezone

    from coalition.events.calendars import calendar_lines
    from coalition.events.enums import EventKind
    from coalition.events.models.events import Event
    from coalition.events.occurrences import refresh
    from directory.models import Organization
    from directory.places.atlas import atlas

    organizations = list(Organization.objects.all()[:300])
    towns = [town for town in atlas().towns if town.population]
    weights = [town.population for town in towns]
    today, now = timezone.localdate(), timezone.now()
    Event.objects.all().delete()
    for number in range(count):
        town = rng.choices(towns, weights)[0]
        begins = today + datetime.timedelta(days=rng.randint(-90, 365))
        rule = rng.choice(RULES) if number % 3 == 0 else ""
        nth = (begins.day - 1) // 7 + 1
        one = Event.objects.create(
            organization=rng.choice(organizations),
            slug=f"event-{number}",
            name=f"Circle number {number} in {town.name}",
            name_fr=f"Cercle numéro {number}, {town.name}",
            description=WORDS * rng.randint(1, 3),
            kind=rng.choice(EventKind.values),
            languages=["en"],
            attendance="online" if number % 10 == 0 else "in_person",
            place_name="Friendship Hall",
            address_1=f"{rng.randint(1, 400)} Main Street",
            city=town.name,
            state_province=town.province,
            starts_on=begins,
            starts_at=datetime.time(rng.randint(8, 20), rng.choice([0, 30])),
            ends_at=datetime.time(rng.randint(21, 23)),
            timezone=ZONES.get(town.province, "America/Toronto"),
            rrule=rule.format(nth=min(nth, 4), day=DAYS[begins.weekday()]) if nth < 5 else "",
            published_at=now,
            shown_from=now - datetime.timedelta(minutes=number),
            last_modified=now - datetime.timedelta(minutes=number),
        )
        refresh(one)
        one.ical, one.ical_fr = calendar_lines(one, "en"), calendar_lines(one, "fr")
        one.save(update_fields=["ical", "ical_fr"])
        if number % 100 == 99:
            print(f"\r{number + 1:,} events", end="", flush=True)
    print()


if __name__ == "__main__":
    sys.exit(main())
