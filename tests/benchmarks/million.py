"""How search answers at ten times the catalogue of a province. Run once, by hand:

    .venv/bin/python -m tests.benchmarks.million --var COPY

`COPY` is a copy of the folder that `tests.benchmarks.search` keeps, and is changed for good: the
rows of the search table are there ten times afterwards, each copy some kilometres from the first
and with numbers of its own, so that it counts as another service. Services themselves are not
copied: what is measured is the search, not the page. Beside the times it prints how many of the
first 20 are those of the exact answer, where a search without a place stops early.
"""

import argparse
import time
from pathlib import Path

from tests.benchmarks.search import Draw, figures, measure, parameters, percentile, with_database

COPIES = 9
TABLE = "directory_searchrow"
MOVED = """
    INSERT INTO {table} ({columns}) SELECT {values} FROM (
        SELECT row.*, row.latitude + (random() - 0.5) * 0.12 AS north,
            row.longitude + (random() - 0.5) * 0.18 AS east
        FROM {table} AS row WHERE abs(number) <= %(most)s) AS row"""
HERE = {
    "number": "sign(number)::int * (abs(number) + %(most)s * %(copy)s)",
    "latitude": "north",
    "longitude": "east",
    "x": "cos(radians(north)) * cos(radians(east))",
    "y": "cos(radians(north)) * sin(radians(east))",
    "z": "sin(radians(north))",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--var", type=Path, required=True, help="the copy to make bigger")
    options.add_argument("--runs", type=int, default=100)
    options.add_argument("--seed", type=int, default=20261128)
    arguments = options.parse_args()
    with_database(arguments, run)


def run(arguments) -> None:
    import django

    django.setup()
    from django.db import connection

    from directory.models import SearchRow, Service
    from directory.search.results import search
    from directory.search.wordlist import recount

    if SearchRow.objects.count() < 5 * Service.objects.count():
        with connection.cursor() as cursor:
            copy_rows(cursor)
    recount()
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {TABLE}")
        cursor.execute("SELECT pg_size_pretty(pg_total_relation_size(%s))", [TABLE])
        (size,) = cursor.fetchone()
    services = SearchRow.objects.values("number").distinct().count()
    print(f"{SearchRow.objects.count():,} rows of {services:,} services, {size}")
    draw = Draw(arguments.seed)
    print(f"{'':30}{'p50':>8}{'p95':>10}{'p99':>10}")
    for name, shape in draw.shapes().items():
        times = measure(lambda q: search(parameters(q)), shape, arguments.runs)
        same = same_first(shape, arguments.runs // 5)
        print(f"{name:28}{figures(times)}{same}", flush=True)


def copy_rows(cursor) -> None:
    """The indexes are taken away meanwhile: made at the end, they take a tenth of the time."""
    start = time.perf_counter()
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint)",
        [TABLE],
    )
    indexes = cursor.fetchall()
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND "
        "column_name <> 'id'",
        [TABLE],
    )
    columns = [column for (column,) in cursor.fetchall()]
    cursor.execute(f"SELECT max(abs(number)) FROM {TABLE}")
    (most,) = cursor.fetchone()
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    moved = MOVED.format(
        table=TABLE,
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(HERE.get(column, f'"{column}"') for column in columns),
    )
    for copy in range(1, COPIES + 1):
        cursor.execute(moved, {"most": most, "copy": copy})
    for _name, definition in indexes:
        cursor.execute(definition)
    print(f"rows copied and indexed in {time.perf_counter() - start:.0f} s")


def same_first(shape, runs: int) -> str:
    """What share of the first 20 are the exact answer's."""
    from directory.search import results

    shares, times = [], []
    usual = results.WHOLE_ROWS
    for _ in range(runs):
        question = shape()
        if "near" in question:
            return "   exact"
        found = [row.number for row in results.search(parameters(question)).rows]
        results.WHOLE_ROWS = 10**9
        start = time.perf_counter()
        exact = [row.number for row in results.search(parameters(question)).rows]
        times.append((time.perf_counter() - start) * 1000)
        results.WHOLE_ROWS = usual
        if exact:
            shares.append(len({*found} & {*exact}) / len(exact))
    if not shares:
        return ""
    mean = sum(shares) / len(shares)
    return f"   {mean:.0%} of the first 20 (the exact answer: p95 {percentile(times, 0.95):.0f} ms)"


if __name__ == "__main__":
    main()
