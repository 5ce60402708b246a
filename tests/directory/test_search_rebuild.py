"""The search table made anew: the same as before, with the old one answering until then."""

import json
import multiprocessing
from concurrent.futures.process import BrokenProcessPool

import pytest
from django.db import OperationalError, connection, transaction

from directory.interchange import read, rebuild
from directory.interchange.actions import WRITING, rebuild_search, withdraw, write_listings
from directory.models import OrganizationStart, SearchRow, Service, Word
from directory.search import successor
from tests.factories import (
    ALWAYS,
    WEEKDAYS,
    confidential,
    listing,
    location,
    published,
    remote,
    term,
)

ROWS = """
SELECT to_jsonb(searchrow) - '{id,number,facet_set_id}'::text[] || jsonb_build_object(
    'several', number < 0, 'facets', facets, 'words', words::text)
FROM directory_searchrow AS searchrow
JOIN directory_facetset AS facetset ON facetset.id = facet_set_id
ORDER BY service_id, service_at_location_id, reach, city
"""
SCHEMA = """
SELECT 'column ' || attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull,
    attidentity, attstorage, pg_get_expr(adbin, adrelid))
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = 'directory_searchrow'::regclass AND attnum > 0
UNION ALL SELECT 'index', concat_ws(' ', pg_get_indexdef(indexrelid), indisprimary)
FROM pg_index WHERE indrelid = 'directory_searchrow'::regclass
UNION ALL SELECT 'constraint ' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid = 'directory_searchrow'::regclass
UNION ALL SELECT 'table', concat_ws(' ', reloptions, relacl)
FROM pg_class WHERE oid = 'directory_searchrow'::regclass
UNION ALL SELECT 'sequence ' || attname, concat_ws(' ', objid::regclass, deptype)
FROM pg_depend
JOIN pg_class AS sequence ON sequence.oid = objid AND sequence.relkind = 'S'
JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
WHERE refobjid = 'directory_searchrow'::regclass
ORDER BY 1, 2
"""
LEFTOVERS = "SELECT relname FROM pg_class WHERE relname LIKE 'directory_searchrow_next%'"


@pytest.fixture
def by_every_core(transactional_db, monkeypatch):
    """Even a small catalogue is written by several processes, beside the old table."""
    monkeypatch.setattr(rebuild, "SMALL", 0)
    monkeypatch.setattr(rebuild, "BATCH", 2)


@pytest.fixture(params=["in one transaction", "by every core"])
def _both_ways(request):
    request.getfixturevalue("db" if request.param == "in one transaction" else "by_every_core")


both_ways = pytest.mark.usefixtures("_both_ways")


def asked(sql: str, using=connection) -> list[tuple]:
    with using.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def rows() -> list[dict]:
    return [json.loads(row) for (row,) in asked(ROWS)]


def asked_by_another(sql: str) -> list[tuple]:
    other = connection.copy()
    try:
        return asked(sql, other)
    finally:
        other.close()


def catalogue() -> list[Service]:
    two_places = [
        {"location": location(), "schedules": [WEEKDAYS]},
        {"location": location((49.7670, -94.4894)), "schedules": [ALWAYS]},
    ]
    return published(
        listing(),
        listing(name="l’Érablière", attributes=[term("category", "food")], minimum_age=16),
        listing(service_at_locations=two_places, delivery=["in_person", "phone"]),
        listing(status="temporarily closed", description="Kits/training_room: don't wait"),
        remote(program={"name": "Lines"}),
        confidential(),
    )


def everything() -> tuple:
    starts = OrganizationStart.objects.order_by("start", "organization")
    return (
        asked(ROWS),
        list(Word.objects.order_by("text").values_list("text", "shown", "slips")),
        list(starts.values_list("start", "first", "organization")),
    )


@both_ways
def test_every_row_is_as_its_listing_left_it():
    catalogue()
    before = everything()

    assert rebuild_search() == 6

    assert everything() == before


@both_ways
def test_what_is_missing_comes_back_and_what_is_gone_goes():
    services = catalogue()
    before = everything()
    Service.objects.filter(pk=services[0].pk).update(published_at=None, published_by="")
    SearchRow.objects.filter(service=services[1]).delete()
    OrganizationStart.objects.all().delete()
    Word.objects.create(text="zzyzx", shown="zzyzx", slips=["zzyzx"])

    assert rebuild_search() == 5

    assert not SearchRow.objects.filter(service=services[0]).exists()
    services[0].save()  # published, as it was
    rebuild_search()
    assert everything() == before


@both_ways
def test_confidential_places_stay_hidden():
    catalogue()

    rebuild_search()

    hidden = [row for row in rows() if row["card"].get("visibility") == "confidential"]
    assert [row["city"] for row in hidden] == ["Thunder Bay"]
    assert "sekrit" not in str(everything()).casefold()
    assert "48.4012" not in str(everything())


@both_ways
def test_a_listing_changed_just_after_is_right(client):
    documents = [listing(), listing()]
    one, other = published(*documents)
    rebuild_search()

    write_listings([documents[0] | {"name": "Warm meals"}])
    withdraw([other.pk])

    assert list(SearchRow.objects.values_list("service", "sort_name")) == [(one.pk, "warm meals")]
    assert "Warm meals" in client.get("/services/", {"q": "meals"}).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("small", [0, 100])
def test_old_rows_answer_and_listings_wait_while_it_runs(monkeypatch, small):
    monkeypatch.setattr(rebuild, "SMALL", small)
    monkeypatch.setattr(rebuild, "BATCH", 2)
    catalogue()
    before = asked(ROWS)
    seen, may_write = [], []

    def look(done: int) -> None:
        seen.append(asked_by_another(ROWS))
        may_write.extend(
            asked_by_another(f"SELECT pg_try_advisory_xact_lock_shared(hashtext('{WRITING}'))")
        )

    rebuild_search(look)

    assert seen == [before] * 3
    assert may_write == [(False,)] * 3
    assert asked_by_another(ROWS) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("small", [0, 100])
def test_a_failure_leaves_the_old_ones_and_nothing_else(monkeypatch, small):
    monkeypatch.setattr(rebuild, "SMALL", small)
    catalogue()
    before = everything()

    def fail(done: int) -> None:
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        rebuild_search(fail)

    assert everything() == before
    assert asked(LEFTOVERS) == []


def test_a_process_that_is_killed_leaves_the_old_ones_and_nothing_else(by_every_core):
    catalogue()
    before = everything()

    def kill(done: int) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    with pytest.raises(BrokenProcessPool):
        rebuild_search(kill)

    assert everything() == before
    assert asked(LEFTOVERS) == []


def test_what_a_killed_run_left_is_removed_by_the_next(by_every_core):
    catalogue()
    successor.make(successor.new_name())

    rebuild_search()

    assert asked(LEFTOVERS) == []


def test_the_new_table_is_like_the_old_in_all_the_database_knows(by_every_core):
    catalogue()
    before = asked(SCHEMA)
    last = max(SearchRow.objects.values_list("pk", flat=True))

    rebuild_search()
    rebuild_search()

    assert asked(SCHEMA) == before
    assert len(before) > 40
    assert min(SearchRow.objects.values_list("pk", flat=True)) > last


def test_whoever_reads_without_a_pause_is_waited_for(by_every_core, monkeypatch):
    catalogue()
    monkeypatch.setattr(successor, "ATTEMPTS", 2)
    monkeypatch.setattr(successor, "PAUSE", 0.01)
    reader = connection.copy()
    reader.set_autocommit(False)
    try:
        asked("SELECT count(*) FROM directory_service", reader)
        with pytest.raises(OperationalError):
            rebuild_search()
        # Nobody waits behind it.
        assert asked("SELECT count(*) > 0 FROM directory_searchrow") == [(True,)]
    finally:
        reader.close()
    assert asked(LEFTOVERS) == []
    assert rebuild_search() == 6


@pytest.mark.parametrize("many", [True, False])
def test_within_a_transaction_or_with_few_services_there_is_one_process(
    transactional_db, monkeypatch, many
):
    monkeypatch.setattr(rebuild, "SMALL", 0 if many else 100)
    published()
    processes = []

    def count(done: int) -> None:
        processes.extend(multiprocessing.active_children())

    if many:
        with transaction.atomic():
            assert rebuild_search(count) == 1
    else:
        assert rebuild_search(count) == 1
    assert processes == []


@pytest.mark.django_db
def test_reading_in_batches_leaves_nothing_out(monkeypatch):
    ids = write_listings([listing() for _ in range(5)])
    monkeypatch.setattr(read, "BATCH", 2)

    assert [document["id"] for document in read.read_listings(ids)] == [str(pk) for pk in ids]


@pytest.mark.parametrize(
    ("question", "address"),
    [
        ("row.call_first", "/services/"),  # the last of a page's questions
        ("row.call_first", "/services/?near=Kenora"),
        ("row.call_first", "/services/?format=csv"),
        ("array_agg(abs(number))", "/services/"),
        ("array_agg(abs(number))", "/services/?format=csv"),
    ],
)
def test_what_is_asked_for_while_the_tables_change_places_is_whole(
    transactional_db, client, question, address
):
    published(listing(name="Open door"))
    published(remote(name="Open line"))
    turned = []

    def turn(execute, sql, *rest):
        if not turned and question in sql:
            turned.append(True)
            rebuild_search()
        return execute(sql, *rest)

    with connection.execute_wrapper(turn):
        page = client.get(address).getvalue().decode()

    assert turned
    assert "Open line" in page
    assert "Open door" in page
