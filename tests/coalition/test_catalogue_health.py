"""What is lacking in the catalogue is counted, listed, and gone from the list once it is there."""

import datetime
import re

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from procrastinate.contrib.django.models import ProcrastinateJob

from coalition.catalogue import duplicates, health
from coalition.catalogue.models import Lack, Pair
from coalition.listings import checks
from coalition.listings.models import Care, CheckRequest, Problem
from coalition.mail.models import Message
from coalition.members.actions import set_standing
from directory.interchange.actions import withdraw, write_listings
from directory.models import Service
from tests.factories import confidential, listing, location, published, remote
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uncounted():
    cache.delete(health.KEY)
    yield
    cache.delete(health.KEY)


def names(code: str) -> list[str]:
    health.refresh()
    return [str(service) for service in health.page_of(health.CONCERNS[code], None)]


def checked(on: datetime.date, **changes) -> dict:
    return listing(assured_date=on.isoformat(), assured_by="Ada", **changes)


def test_a_listing_past_its_own_cadence_is_overdue():
    today = timezone.localdate()
    published(
        checked(today - datetime.timedelta(days=40), name="Monthly", check_every=1),
        checked(today - datetime.timedelta(days=40), name="Yearly", check_every=12),
        checked(today - datetime.timedelta(days=90), name="Long ago", check_every=1),
    )
    assert names("overdue") == ["Long ago", "Monthly"]


def overdue_since(service, days: int) -> None:
    checked = timezone.localdate() - datetime.timedelta(days=days + 31)
    Service.objects.filter(pk=service.pk).update(assured_date=checked, assured_by="Ada")


def test_what_nobody_checked_in_time_is_listed_with_who_was_asked_and_since_when(client):
    owner, cora = person(name="Olive"), coordinator()
    service = member(owner=owner, name="Kits", check_every=1).services.get()
    (alone,) = published(listing(name="Alone", check_every=1))
    with time_machine.travel(timezone.now() - datetime.timedelta(days=40)):
        overdue_since(service, -5)
        checks.keep_true(timezone.localdate())
        assert CheckRequest.objects.count() == 1
        since = timezone.localdate()
    for one in (service, alone):
        overdue_since(one, 40)
    checks.keep_true(timezone.localdate())
    client.force_login(cora)

    overview = client.get(reverse("coalition:health")).content.decode()
    address = reverse("coalition:concern", args=["unanswered"])
    assert f'href="{address}">Nobody checked in time' in overview
    assert Lack.objects.filter(concern="unanswered").count() == 2
    page = client.get(address).content.decode()
    assert f"Asked: Olive since {date_format(since)}" in page
    assert "Nobody could be asked" in page
    assert f'href="{reverse("coalition:check_for_partner", args=[service.slug])}"' in page

    checks.check_for_partner(service, by=cora, who="Olive", seen=checks.mark(service_of(service)))
    page = client.get(address).content.decode()
    assert "Alone" in page
    assert "Olive" not in page


def service_of(service: Service) -> Service:
    return Service.objects.get(pk=service.pk)


def test_coordinators_are_written_to_once_about_what_nobody_checked_in_time(client):
    cora, camille = coordinator(), coordinator(language="fr")
    (one, other) = published(
        listing(name="Kits", name_fr="Trousses", check_every=1), listing(check_every=1)
    )
    for service in (one, other):
        overdue_since(service, 40)
    for _run in range(2):
        checks.keep_true(timezone.localdate())

    mails = {mail.to: mail for mail in Message.objects.filter(kind="checks-passed-on")}
    assert Message.objects.count() == len(mails) == 2
    assert mails[cora.email].subject == "2 listings that nobody checked in time"
    assert "Kits" in mails[cora.email].text
    assert "Trousses" in mails[camille.email].text
    assert "/fr/review/health/unanswered/" in mails[camille.email].text
    client.force_login(cora)
    address = re.search(r"https?://[^/]+(/\S+)", mails[cora.email].text)[1]
    assert "Kits" in client.get(address).content.decode()


def test_listings_kept_of_an_organization_that_went_are_coordinators_to_look_after():
    for standing in ("suspended", "left", "active"):
        organization = member(owner=person(), name=standing.title())
        set_standing(organization, standing, by=coordinator(), hide=False, note="They closed.")
    hidden = member(owner=person(), name="Hidden")
    set_standing(hidden, "left", by=coordinator(), hide=True, note="They closed.")
    assert sorted(names("left-behind")) == ["Left", "Suspended"]


def test_a_listing_nobody_checked_is_listed_until_somebody_does():
    published(listing(name="Unseen"), checked(timezone.localdate(), name="Seen"))
    assert names("never-checked") == ["Unseen"]


def test_hours_at_a_place_or_of_the_building_are_hours():
    bare = {"location": location()}
    with_own = {"location": location() | {"schedules": [hours()]}}
    published(
        listing(name="At the place"),
        listing(name="Of the building", service_at_locations=[with_own]),
        remote(name="By phone"),
        listing(name="None", service_at_locations=[bare]),
    )
    assert names("no-hours") == ["None"]


def hours() -> dict:
    return {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"}


def test_a_place_without_a_position_is_not_on_the_map():
    nowhere = location()
    del nowhere["latitude"], nowhere["longitude"]
    hidden = location(visibility="confidential")
    del hidden["latitude"], hidden["longitude"]
    published(
        listing(name="Somewhere"),
        listing(name="Nowhere", service_at_locations=[{"location": nowhere}]),
        listing(name="Secret", service_at_locations=[{"location": hidden}]),
        confidential(),
    )
    assert names("no-coordinates") == ["Nowhere"]


def test_a_name_or_a_description_without_french_is_listed():
    published(
        listing(name="Both"),
        listing(name="No name", name_fr=""),
        listing(name="No words", description_fr=""),
        listing(name="Wordless", description="", description_fr=""),
    )
    assert sorted(names("no-french")) == ["No name", "No words"]


def test_what_fails_is_said(client):
    (service,) = published(listing(name="Kits"))
    Problem.objects.create(service=service, kind="link", value="https://gone.example/", said="404")
    client.force_login(coordinator())
    health.refresh()
    page = client.get(reverse("coalition:concern", args=["broken"])).content.decode()
    assert "https://gone.example/: " in page


def test_what_is_hidden_is_listed_but_not_what_is_no_longer_offered():
    one, other, _third = published(listing(name="Hidden"), listing(), listing())
    withdraw([one.pk, other.pk])
    Service.objects.filter(pk=other.pk).update(status="defunct")
    assert names("hidden") == ["Hidden"]


def test_what_was_put_right_is_left_out_at_once():
    document = listing(name="Kits", name_fr="")
    published(document)
    health.refresh()
    write_listings([document | {"name_fr": "Trousses"}])
    assert list(health.page_of(health.CONCERNS["no-french"], None)) == []
    health.refresh()
    assert health.counts()["no-french"] == 0


def test_the_first_visit_counts(client):
    published(listing(name_fr=""))
    client.force_login(coordinator())
    page = client.get(reverse("coalition:health")).content.decode()
    assert "French is missing" in page
    assert Lack.objects.filter(concern="no-french").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_every_list_takes_a_fixed_number_of_queries(client, count, django_assert_max_num_queries):
    services = published(*(listing(name_fr="") for _number in range(count)))
    for service in services:
        Problem.objects.create(service=service, kind="link", value="https://gone.example/")
        Care.objects.create(service=service, asked_at=timezone.now(), passed_on_at=timezone.now())
        for _owner in range(2):
            user = person()
            CheckRequest.objects.create(
                service=service, user=user, email=user.email, expires_at=timezone.now()
            )
    client.force_login(coordinator())
    client.get(reverse("coalition:health"))
    for code in health.CONCERNS:
        with django_assert_max_num_queries(9):
            assert client.get(reverse("coalition:concern", args=[code])).status_code == 200


def test_the_pages_are_for_coordinators(client):
    client.force_login(person())
    for address in ("health", "duplicates"):
        assert client.get(reverse(f"coalition:{address}")).status_code == 404
    assert client.get(reverse("coalition:concern", args=["hidden"])).status_code == 404
    client.force_login(coordinator())
    assert client.get(reverse("coalition:concern", args=["nonsense"])).status_code == 404


# Duplicates


def twin(**changes) -> dict:
    organization = {"id": "7c1f3d1a-0000-4000-8000-000000000001", "name": "Harbour Lane Centre"}
    return listing(**{"organization": organization} | changes)


def test_the_same_phone_and_names_alike_may_be_one():
    published(
        twin(name="Naloxone kits"),
        twin(name="Naloxone kit", service_at_locations=[]),
        twin(name="Warm meals", service_at_locations=[]),
    )
    duplicates.look()
    pair = Pair.objects.get()
    assert {str(pair.first), str(pair.second)} == {"Naloxone kits", "Naloxone kit"}
    assert pair.why == "phone"


def test_the_same_street_and_names_alike_may_be_one():
    published(twin(name="Naloxone kits"), twin(name="Naloxone kit", phones=[]))
    duplicates.look()
    assert Pair.objects.get().why == "street"


def test_different_people_with_one_phone_are_not_taken_for_one():
    published(
        twin(name="Naloxone kits"),
        listing(name="Naloxone kits", organization=other_people(), service_at_locations=[]),
    )
    duplicates.look()
    assert not Pair.objects.exists()


def other_people() -> dict:
    return {"id": "7c1f3d1a-0000-4000-8000-000000000002", "name": "Quetico Outreach"}


def test_what_is_not_a_duplicate_is_remembered(client):
    published(twin(name="Naloxone kits"), twin(name="Naloxone kit"))
    duplicates.look()
    pair = Pair.objects.get()
    client.force_login(coordinator())
    client.post(reverse("coalition:duplicate", args=[pair.pk]), {"apart": "1"})

    duplicates.look()

    assert not Pair.objects.open().exists()
    again = client.post(reverse("coalition:duplicate", args=[pair.pk]), {"apart": "1"})
    assert again.status_code == 409


def test_a_pair_is_gone_once_the_two_are_not_alike_any_more():
    one, other = twin(name="Naloxone kits"), twin(name="Naloxone kit")
    published(one, other)
    duplicates.look()
    write_listings([other | {"name": "Warm meals at noon"}])
    assert duplicates.look() == 0


def test_two_others_are_compared_by_their_addresses(client):
    one, other = published(listing(name="Kits"), listing(name="Meals"))
    client.force_login(coordinator())
    response = client.post(
        reverse("coalition:duplicates"),
        {"first": f"https://example.org/fr/services/{one.slug}/?q=x", "second": other.slug},
    )
    assert response.url == reverse("coalition:duplicate", args=[Pair.objects.get().pk])


def test_an_address_nobody_knows_is_said_by_the_field_and_nothing_typed_is_lost(client):
    (one,) = published(listing(name="Kits"))
    client.force_login(coordinator())
    data = {"first": one.slug, "second": "no-such-listing"}
    response = client.post(reverse("coalition:duplicates"), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "There is no listing with this address." in page
    assert 'value="no-such-listing"' in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_pairs_takes_a_fixed_number_of_queries(
    client, count, django_assert_num_queries
):
    for _number in range(count):
        one, other = published(listing(), listing())
        duplicates.pair_of(one, other)
    client.force_login(coordinator())
    client.get(reverse("coalition:duplicates"))
    with django_assert_num_queries(4):
        client.get(reverse("coalition:duplicates"))


def test_a_long_list_comes_in_pages(client, monkeypatch):
    monkeypatch.setattr(health, "PAGE", 2)
    published(*(listing(name_fr="") for _number in range(5)))
    client.force_login(coordinator())
    address = reverse("coalition:concern", args=["no-french"])
    first = client.get(address).content.decode()
    assert 'href="?page=2"' in first
    assert client.get(address + "?page=3").content.decode().count('class="row-link"') == 1


def test_looking_again_is_a_job(client):
    client.force_login(coordinator())
    response = client.post(reverse("coalition:duplicates_look"))
    assert response.status_code == 302
    assert ProcrastinateJob.objects.filter(task_name="look_for_duplicates").count() == 1
