"""The queue: what waits, what is urgent first, and how it is narrowed."""

import datetime

import pytest
from django.utils import timezone

from coalition.review.models import Submission
from directory.models import Organization
from tests.people import coordinator, person

pytestmark = pytest.mark.django_db


def waits(title="A thing", *, kind="application", days=0, **fields):
    sent = timezone.now() - datetime.timedelta(days=days)
    return Submission.objects.create(kind=kind, title=title, submitted_at=sent, **fields)


def order_of(response):
    return [item["submission"].title for item in response.context["items"]]


@pytest.fixture
def desk(client):
    client.force_login(coordinator())
    return lambda path="", **query: client.get(f"/review/{path}", query)


def test_what_is_urgent_comes_first_then_the_oldest(desk):
    waits("new")
    waits("old", days=9)
    waits("urgent", urgent=True)
    waits("older and urgent", urgent=True, days=2)

    assert order_of(desk()) == ["older and urgent", "urgent", "old", "new"]


def test_what_is_decided_is_not_in_the_queue(desk):
    waits("gone", state="withdrawn")

    response = desk()

    assert order_of(response) == []
    assert "Nothing waits" in response.text


def test_it_is_narrowed_by_kind_and_area_with_counts_beside(desk):
    waits("a", area="ON")
    waits("b", area="ON", kind="listing")
    waits("c", area="QC")
    waits("d")

    response = desk(kind="application", area="ON")

    assert order_of(response) == ["a"]
    queue = response.context["queue"]
    assert {c.value: c.count for c in queue.kinds() if c.count} == {
        "": 2,
        "application": 1,
        "listing": 1,
    }
    assert {c.value: c.count for c in queue.areas()} == {"": 3, "CA": 1, "ON": 1, "QC": 1}
    assert order_of(desk(area="CA")) == ["d"]
    assert order_of(desk(kind="nonsense", area="ZZ")) == ["a", "b", "c", "d"]


def test_it_says_how_long_each_has_waited(desk):
    waits("old", days=9)

    assert "1\xa0week" in desk().text


def test_it_comes_in_pages_that_keep_the_filters(desk):
    for number in range(51):
        waits(f"thing {number:02}", days=51 - number)

    first = desk(kind="application")
    second = desk(kind="application", page="2")

    assert len(order_of(first)) == 50
    assert "kind=application&amp;page=2" in first.text
    assert order_of(second) == ["thing 50"]
    assert order_of(desk(page="nonsense"))[0] == "thing 00"


def test_the_queue_takes_the_same_queries_for_one_and_for_three(
    desk, django_assert_max_num_queries
):
    def queries():
        with django_assert_max_num_queries(12) as captured:
            desk()
        return len(captured)

    organization = Organization.objects.create(name="Harbour", slug="harbour")
    waits("one", organization=organization, submitted_by=person(), kind="listing")
    desk()  # what a process remembers for a minute
    one = queries()
    for title in ("two", "three"):
        waits(title, organization=organization, submitted_by=person(), kind="listing")

    assert queries() == one


def test_the_desk_is_not_there_for_anybody_else(client):
    thing = waits()
    paths = ["", f"{thing.pk}/", "record/", "reasons/", "settings/", "mail/", "listings/"]
    client.force_login(person())

    assert {client.get(f"/review/{path}").status_code for path in paths} == {404}
    assert client.post("/review/together/").status_code == 404
    client.logout()
    assert {client.get(f"/review/{path}").status_code for path in paths} == {302}
