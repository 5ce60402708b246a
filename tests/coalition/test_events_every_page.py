"""Every page of events, with everything that events can be: well formed, in both languages, with
nothing to keep, nothing given away, and an answer to whatever is asked."""

import copy
import datetime
import re
from urllib.parse import quote

import html5lib
import pytest
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from coalition.accounts.models import RecordEntry
from coalition.events import registering
from coalition.events.enums import EventKind
from coalition.events.models.events import Event
from coalition.listings import actions as listings
from tests.directory.test_hostile_input import NASTY, budget, query_string, values
from tests.events import change_event, event, hidden, online
from tests.factories import term
from tests.people import coordinator, member, person
from tests.resources import stored
from tests.uploads import picture

pytestmark = pytest.mark.django_db
PARAMETERS = [
    "near",
    "within",
    "kind",
    "serves",
    "attendance",
    "organization",
    "service",
    "day",
    "month",
    "when",
    "page",
]
SECRETS = ("Sekrit", "P7C", "Juniper", "green door", "Bus 7")
FEEDS = ("/events/calendar.ics", "/events/feed.atom")
DAY = datetime.timedelta(days=1)


@pytest.fixture
def everything() -> dict[str, Event]:
    """One of each kind of event, in one month."""
    organization = member()
    today = timezone.localdate()
    weekly = {"rrule": "FREQ=WEEKLY;COUNT=8", "registration": "here", "places": 1}
    found = {
        "full": event(
            organization,
            **weekly,
            picture=stored(organization, "lake.png", picture()),
            picture_description="People around a fire",
            attributes=[term("serves", "youth")],
            services=[{"service": organization.services.get()}],
            access=["wheelchair", "food"],
            substance_free="no",
            amount=5,
            contact_phone="807-555-0100",
            contact_email="ask@example.org",
            contact_url="https://example.org/ask",
            audience="Anyone",
            directions="By the ramp",
        ),
        "french": event(
            organization, name=None, name_fr="Repas", description=None, description_fr="Ensemble."
        ),
        "hidden": hidden(organization, **weekly),
        "area": hidden(organization, visibility="approximate", registration="contact"),
        "online": online(organization, registration="here"),
        "cancelled": event(organization, status="cancelled", status_note="Snow"),
        "tentative": event(organization, status="tentative", starts_at=None, ends_at=None),
        "over": event(organization, starts_on=today - 3 * DAY, registration="here"),
        "long": event(organization, ends_on=today + 9 * DAY, name="x" * 300, ends_at=None),
    }
    day = found["full"].starts_on + 7 * DAY
    change = {"recurrence_id": day, "place": "The arena", "note": "Bring skates"}
    found["full"] = change_event(found["full"], changes=[change])
    return found


def pages(everything: dict[str, Event]) -> list[str]:
    """Every public page, and what it looks like in each case; without the language."""
    full = everything["full"]
    month = f"{full.starts_on:%Y-%m}"
    addresses = [
        "/events/",
        "/events/?near=Thunder Bay",
        "/events/?near=Kenora&kind=meal",
        "/events/?near=Nowhere&within=x&page=0&kind=<b>",
        "/events/?when=past",
        f"/events/?day={full.starts_on}",
        f"/events/?month={month}",
        "/events/?month=2031-01",
        f"/events/{full.slug}/?date={full.starts_on + 7 * DAY}",
        f"/organizations/{full.organization.slug}/",
        f"/services/{full.organization.services.get().slug}/",
        "/",
    ]
    addresses += [f"/events/{one.slug}/" for one in everything.values()]
    for one in everything.values():
        if one.registration == "here":
            time = one.occurrences.earliest("starts_at")
            addresses.append(f"/events/{one.slug}/register/{time.recurrence_id}/")
    return addresses


def registrations(everything: dict[str, Event]) -> list[str]:
    """Of who has a place, who waits, and who is not registered any more."""
    days = [everything[name].occurrences.earliest("starts_at") for name in ("full", "online")]
    found = [registering.register(day, first_name="Sam <i>") for day in (*days, days[0], days[0])]
    tokens = [registering.token(one) for one in found]
    registering.leave(found[-1])
    return [f"/events/registration/{token}/" for token in tokens]


def tree_of(response):
    return html5lib.parse(response.content, namespaceHTMLElements=False)


@pytest.mark.parametrize("language", ["", "/fr"])
def test_every_page_is_well_formed_sets_no_cookie_and_names_nothing_in_its_title(
    client, everything, settings, language
):
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED-%s"
    settings.TEMPLATES = templates
    for path in [*pages(everything), *registrations(everything)]:
        response = client.get(language + path)
        assert response.status_code in (200, 400, 409, 410), path
        text = response.content.decode()
        html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        assert not re.search(r"UNDEFINED-|{{|{%", text), path
        assert not response.cookies, path
        assert response.headers["Cache-Control"] == "no-store", path
        page = tree_of(response)
        ids = [one.get("id") for one in page.iter() if one.get("id")]
        assert len(ids) == len(set(ids)), path
        assert len(list(page.iter("h1"))) == 1, path
        assert page.get("lang") == ("fr" if language else "en")
        if "/organizations/" not in path and "/services/" not in path:
            said = page.findtext(".//title").lower()
            told = [str(one).lower() for one in everything.values()]
            told += [str(label).lower() for label in EventKind.labels]
            assert not [words for words in told if words in said], path
            assert 'property="og:' not in text


@pytest.mark.parametrize("language", ["", "/fr"])
def test_every_link_of_every_page_leads_somewhere(client, everything, language):
    seen = set()
    for path in pages(everything):
        page = tree_of(client.get(language + path))
        for link in page.iter("a"):
            address = link.get("href").partition("#")[0]
            if address.startswith("/") and not address.startswith(("/static/", "/exit/")):
                seen.add(address)
    seen = {one for one in seen if "/events/" in one or "/organizations/" in one}
    assert len(seen) > 20
    for address in seen:
        if "<b>" not in address and "%3Cb%3E" not in address:
            assert client.get(address).status_code in (200, 400, 409), address


@pytest.mark.parametrize("language", ["", "/fr"])
def test_no_page_calendar_or_feed_says_where_a_private_event_is(client, everything, language):
    addresses = [*pages(everything), *registrations(everything), *FEEDS]
    addresses += [f"/events/{everything[name].slug}/event.ics" for name in ("hidden", "area")]
    organization = everything["hidden"].organization.slug
    addresses += [f"/organizations/{organization}/{feed}" for feed in ("calendar.ics", "feed.atom")]
    for address in addresses:
        text = client.get(language + address).getvalue().decode().replace("\r\n ", "")
        assert not [secret for secret in SECRETS if secret in text], address


def test_another_place_for_one_day_of_a_private_event_is_not_shown(client, everything):
    one = everything["hidden"]
    change = {"recurrence_id": one.starts_on, "place": "The yard of the old mill"}
    change_event(one, changes=[change])
    for address in [*pages(everything), *FEEDS, f"/events/{one.slug}/event.ics"]:
        text = client.get(address).getvalue().decode().replace("\r\n ", "")
        assert "old mill" not in text, address


def test_another_place_for_one_day_is_where_people_register_and_where_they_are_told(
    client, everything
):
    one = everything["full"]
    time = one.occurrences.get(recurrence_id=one.starts_on + 7 * DAY)
    mine = registering.token(registering.register(time, first_name="Sam"))
    register = reverse("coalition:event_register", args=[one.slug, str(time.recurrence_id)])
    for address in (register, reverse("coalition:registration", args=[mine])):
        text = client.get(address).content.decode()
        assert "The arena" in text
        assert "Friendship Hall" not in text


def test_a_preview_says_so_leads_back_and_shows_the_picture_that_nobody_else_may_see(client):
    owner = person()
    organization = member(owner=owner)
    file = stored(organization, "lake.png", picture())
    one = event(organization, published_by="", picture=file, picture_description="A lake")
    draft = listings.open_draft(organization, one.pk, by=owner, subject="event")
    client.force_login(owner)
    page = client.get(reverse("coalition:draft_preview", args=[draft.pk]))
    html5lib.HTMLParser(strict=True).parse(page.content.decode())
    tree = tree_of(page)
    assert "A preview: this is what people would see." in page.content.decode()
    assert reverse("coalition:draft", args=[draft.pk]) in {a.get("href") for a in tree.iter("a")}
    (shown,) = (one.get("src") for one in tree.iter("img"))
    assert client.get(shown).status_code == 200
    client.logout()
    assert client.get(shown).status_code == 302


def test_a_coordinator_takes_any_event_out_of_sight_from_its_page(client):
    one = event()
    client.force_login(coordinator())
    address = f"/events/{one.slug}/"
    page = client.get(address).content.decode()
    assert f"/partner/events/{one.pk}/hide/" in page
    for _press in range(2):
        client.post(f"/partner/events/{one.pk}/hide/")
    assert client.get(address).status_code == 404
    assert RecordEntry.objects.filter(action="event.hide").count() == 1


# Whatever is asked


queries = st.lists(st.tuples(st.sampled_from(PARAMETERS), values), max_size=10)


@pytest.fixture
def some():
    return event(rrule="FREQ=DAILY;COUNT=40"), online(), hidden()


@budget
@given(pairs=queries)
def test_the_list_answers_anything_with_a_page_and_programs_with_words(client, some, pairs):
    asked = query_string(pairs)
    for address in (f"/events/?{asked}", f"/fr/events/?{asked}"):
        response = client.get(address)
        assert response.status_code in (200, 400)
        assert b"<main" in response.content
        assert b"<script>alert" not in response.content
        assert b"<img src=x" not in response.content
    for feed in FEEDS:
        response = client.get(f"{feed}?{asked}")
        assert response.status_code in (200, 400)
        response.getvalue()
        kind = response.headers["Content-Type"]
        assert "html" not in kind


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_parameter_answers_each_nasty_value(client, some, name):
    more = ["2026-13", "0000-01", "9999-12", "2026-12-32", "0001-01-01", "9999-12-31", "000001" * 9]
    for value in [*NASTY, *more]:
        asked = query_string([(name, value)])
        for address in ("/events/", FEEDS[0]):
            response = client.get(f"{address}?{asked}")
            assert response.status_code in (200, 400), (address, value)
            response.getvalue()


def test_the_page_of_an_event_answers_each_nasty_day(client, some):
    for value in [*NASTY, "2026-12-32", "0001-01-01", "9999-12-31"]:
        asked = query_string([("date", value)])
        assert client.get(f"/events/{some[0].slug}/?{asked}").status_code == 200, value


@budget
@given(part=st.one_of(st.text(min_size=1, max_size=60), st.sampled_from(NASTY[1:])), pairs=queries)
def test_every_other_address_answers_anything(client, some, part, pairs):
    part = quote(part, safe="", errors="surrogatepass")
    slug = some[0].slug
    addresses = [
        f"/events/{part}/",
        f"/events/{part}/event.ics",
        f"/events/{slug}/register/{part}/",
        f"/events/{part}/register/2026-12-01/",
        f"/events/{slug}/picture/{part}/",
        f"/events/registration/{part}/",
        f"/organizations/{part}/calendar.ics",
        f"/organizations/{some[0].organization.slug}/feed.atom",
    ]
    for address in addresses:
        response = client.get(f"{address}?{query_string(pairs)}")
        assert response.status_code in (200, 301, 302, 400, 404), address
        response.getvalue()
    for address in (f"/events/registration/{part}/cancel/", f"/events/{slug}/register/{part}/"):
        response = client.post(address, {"first_name": part}, headers={"sec-fetch-site": "none"})
        assert response.status_code in (400, 403, 404, 422), address


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", ["", "?near=Thunder Bay", "?when=past", "?month={month}"])
def test_a_list_asks_as_often_for_three_as_for_one(
    client, django_assert_max_num_queries, rows, query
):
    organization = member()
    day = timezone.localdate() + (-3 if "past" in query else 7) * DAY
    for _number in range(rows):
        event(organization, starts_on=day)
    address = f"/events/{query.format(month=f'{day:%Y-%m}')}"
    client.get(address)
    translation.deactivate()
    with django_assert_max_num_queries(12):
        client.get(address)
