"""A service's page and its organisation's: what it is, when, for whom, at what cost, how."""

import re

import pytest
import time_machine

from directory.interchange.actions import withdraw, write_listings
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

pytestmark = pytest.mark.django_db
MONDAY_NOON = "2026-11-23T17:00:00+00:00"


def page(client, service, language="", **headers) -> str:
    return client.get(f"{language}/services/{service.slug}/", headers=headers).content.decode()


def title(text: str) -> str:
    return re.search(r"<title>(.*?)</title>", text, re.S)[1].strip()


@time_machine.travel(MONDAY_NOON)
def test_it_says_all_that_a_person_asks(client):
    service = published(
        listing(
            eligibility_description="Anyone who uses drugs",
            minimum_age=16,
            fees_description="Nothing to pay",
            required_documents=[{"document": "Nothing at all"}],
            application_process="Walk in",
            languages=[{"name": "Ojibwe", "code": "oj", "note": "Tuesdays"}],
            assured_date="2026-11-11",
            assured_by="Harbour Lane",
            capacities=[
                {
                    "unit": {"identifier": "bed"},
                    "available": 2,
                    "maximum": 9,
                    "updated": "2026-11-23T15:00:00+00:00",
                }
            ],
        )
    )[0]
    text = page(client, service)
    for words in (
        "Open until 5 pm",
        "Anyone who uses drugs",
        "ages 16 and over",
        "Nothing to pay",
        "Nothing at all",
        "Walk in",
        "Ojibwe (Tuesdays)",
        "14 Harbour Lane",
        'href="tel:+18075550142"',
        "Checked 12 days ago",
        "Harbour Lane",
        "Beds free: 2",
    ):
        assert words in text, words


@time_machine.travel(MONDAY_NOON)
def test_missing_hours_are_not_known_never_closed(client):
    service = published(listing(service_at_locations=[{"location": location()}]))[0]
    text = page(client, service)
    assert "Hours not known" in text
    assert "Closed" not in text


@time_machine.travel(MONDAY_NOON)
def test_a_service_closed_for_a_while_says_so_whatever_its_hours(client):
    service = published(listing(status="temporarily closed", alert="Flood. Back in January."))[0]
    text = page(client, service)
    assert "Closed for now" in text
    assert "Flood. Back in January." in text
    assert "Open until" not in text


def test_an_address_of_a_service_that_is_not_there_still_helps(client):
    response = client.get("/services/no-such-service/")
    assert response.status_code == 404
    assert "9-8-8" in response.content.decode()


def test_a_withdrawn_service_has_no_page(client):
    service = published()[0]
    withdraw([service.pk])
    assert client.get(f"/services/{service.slug}/").status_code == 404
    assert client.get(f"/organizations/{service.organization.slug}/").status_code == 404


@pytest.mark.parametrize("status", ["inactive", "defunct"])
def test_a_service_that_is_over_has_no_page(client, status):
    service = published(listing(status=status))[0]
    assert client.get(f"/services/{service.slug}/").status_code == 404


@pytest.mark.parametrize("language", ["", "/fr"])
def test_an_old_address_leads_to_the_new_one(client, language):
    document = listing()
    published(document)
    changed = document["organization"] | {"slug": "the-centre"}
    write_listings([document | {"slug": "kits", "organization": changed}])
    response = client.get(f"{language}/services/naloxone-kits-and-training/")
    assert (response.status_code, response["Location"]) == (301, f"{language}/services/kits/")
    response = client.get(f"{language}/organizations/harbour-lane-health-centre/")
    assert response.status_code == 301
    assert response["Location"] == f"{language}/organizations/the-centre/"


def test_a_sensitive_service_has_a_neutral_title(client):
    service = published(
        listing(
            name="Safer injection site", attributes=[term("category", "supervised-consumption")]
        )
    )[0]
    assert title(page(client, service)) == "Service in Thunder Bay · Common Thread"


def test_a_confidential_service_has_a_neutral_title(client):
    service = published(confidential())[0]
    assert title(page(client, service)) == "Service details · Common Thread"


def test_other_services_are_named_in_the_title(client):
    service = published(listing(name="Dinner", attributes=[term("category", "food")]))[0]
    assert title(page(client, service)) == "Dinner · Common Thread"


def test_one_can_go_back_to_the_search_one_came_from(client):
    service = published()[0]
    text = page(client, service, referer="http://testserver/services/?q=kit&near=Kenora")
    assert 'href="/services/?q=kit&amp;near=Kenora"' in text


@pytest.mark.parametrize(
    "referer",
    ["http://elsewhere.example/services/?q=x", "javascript:alert(1)", "http://testserver/?q=x", ""],
)
def test_nothing_else_is_gone_back_to(client, referer):
    text = page(client, published()[0], referer=referer)
    assert 'class="back" href="/services/"' in text


def test_words_only_in_french_are_marked_on_an_english_page(client):
    service = published(listing(name="", name_fr="Soutien", description="", description_fr="Ici."))[
        0
    ]
    text = page(client, service)
    assert '<span lang="fr">Soutien</span>' in text
    assert '<div lang="fr"><p>Ici.</p></div>' in text


def test_hostile_text_is_shown_as_text(client):
    name = "<script>alert('x')</script> \u202e 🫶 ‏مرحبا"
    service = published(listing(name=name, description=f"{name}\n\n{name}", alert=name))[0]
    for path in (f"/services/{service.slug}/", "/services/", "/fr/services/"):
        text = client.get(path).content.decode()
        assert "<script>alert" not in text


def test_a_long_name_is_kept_whole(client):
    name = "A very long name " * 17
    service = published(listing(name=name.strip()))[0]
    assert name.strip() in page(client, service)


def test_a_line_names_its_time_zone(client):
    hours = [WEEKDAYS | {"byday": "MO,TU,WE,TH,FR,SA,SU", "holidays": "as_usual"}]
    with time_machine.travel(MONDAY_NOON):
        text = page(client, published(remote(schedules=hours))[0])
    assert re.search(r"Open until 5 pm\s*Eastern", text.replace("\xa0", " "))


def test_an_organisation_shows_its_services(client):
    first = listing(
        organization=listing()["organization"]
        | {"phones": [{"number": "807-555-0111"}], "website": "https://example.org"}
    )
    second = listing(name="Dinner", organization={"id": first["organization"]["id"]})
    published(first)
    published(second)
    hidden = listing(name="Hidden draft", organization={"id": first["organization"]["id"]})
    write_listings([hidden])
    text = client.get("/organizations/harbour-lane-health-centre/").content.decode()
    assert "2 services" in text
    assert "Dinner" in text
    assert "Hidden draft" not in text
    assert 'href="tel:+18075550111"' in text
    assert 'rel="noreferrer' in text


@pytest.mark.parametrize("count", [1, 3])
def test_an_organisation_takes_a_fixed_number_of_queries(
    client, django_assert_max_num_queries, count
):
    first = listing()
    published(first)
    for _ in range(count - 1):
        published(listing(organization={"id": first["organization"]["id"]}))
    with django_assert_max_num_queries(12):
        client.get("/organizations/harbour-lane-health-centre/")


def test_a_service_takes_a_fixed_number_of_queries(client, django_assert_max_num_queries):
    places = [{"location": location(), "schedules": [ALWAYS]} for _ in range(4)]
    service = published(listing(service_at_locations=places))[0]
    # Two of them ask what is on there, and what there is to read.
    with django_assert_max_num_queries(32):
        page(client, service)


def test_the_organisations_number_serves_where_the_service_has_none(client):
    organization = listing()["organization"] | {
        "phones": [{"number": "807-555-0199"}],
        "website": "https://example.org/org",
    }
    service = published(listing(phones=[], organization=organization))[0]
    text = page(client, service)
    assert 'href="tel:+18075550199"' in text
    assert "https://example.org/org" in text


@pytest.mark.parametrize(
    "referer", ["http://[abc", "http://a:b:c/", "\\\\x", "http://testserver:x/"]
)
def test_a_referer_without_sense_is_left_aside(client, referer):
    service = published()[0]
    assert client.get(f"/services/{service.slug}/", headers={"referer": referer}).status_code == 200


@time_machine.travel(MONDAY_NOON)
def test_each_place_of_a_service_closed_for_a_while_says_so(client):
    places = [{"location": location(), "schedules": [ALWAYS]} for _ in range(2)]
    service = published(listing(status="temporarily closed", service_at_locations=places))[0]
    assert "Open 24 hours" not in re.sub(
        r"<table.*?</table>", "", page(client, service), flags=re.S
    )


def test_a_mailbox_is_no_place_to_go_to(client):
    box = location(location_type="postal", address={"address_1": "PO Box 5"})
    service = published(listing(service_at_locations=[{"location": box}]))[0]
    for path in (f"/services/{service.slug}/", "/services/?near=Thunder Bay"):
        assert "openstreetmap" not in client.get(path).content.decode()
