"""The desk's lists of all listings, all events and all resources, whatever their state."""

import copy
import datetime
import html
import re

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coalition.catalogue.views import lists
from coalition.events import actions as events
from coalition.listings import actions as listings
from coalition.listings.models import Care, Draft
from coalition.resources import actions as resources
from coalition.review import actions as review
from directory.interchange import proposals
from directory.models import Service
from tests.events import event, event_document, soon, weekly
from tests.factories import listing, published
from tests.people import coordinator, member, person
from tests.resources import funding, resource, resource_document

pytestmark = pytest.mark.django_db
LISTINGS, EVENTS, RESOURCES = "/review/listings/", "/review/events/", "/review/resources/"
LATER = datetime.timedelta(days=5)


@pytest.fixture
def owner():
    return person(name="Olive")


@pytest.fixture
def cora(client):
    user = coordinator(name="Cora")
    client.force_login(user)
    return user


@pytest.fixture
def organization(owner):
    return member(owner=owner)


def section(client, path: str, name: str, **asked) -> str:
    """What stands under one heading of the page; empty where it is not there."""
    page = html.unescape(client.get(path, asked).text)
    found = re.search(rf'<section[^>]*aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return found[1] if found else ""


def found(client, path: str, **asked) -> list[str]:
    """The names on the list, in its order."""
    return re.findall("<b>(.*?)</b>", section(client, path, "found", **asked))


def send_in(document: dict, subject: str, organization, owner, record=None):
    """What an organization's owner has sent in: a new one, or a change of `record`."""
    kept = {key: value for key, value in document.items() if key not in ("id", "organization")}
    draft = listings.start_draft(organization, by=owner, subject=subject)
    if record is not None:
        draft = listings.open_draft(organization, record.pk, by=owner, subject=subject)
    listings.save_draft(draft, kept)
    return listings.send_in(draft, by=owner).change.submission


def send_back(submission, cora) -> None:
    review.decide(submission.pk, "returned", by=cora, round=1, reason="Say where it is.")


def events_of_every_state(organization, owner, cora) -> None:
    event(organization, name="Shown")
    event(organization, name="Later", publish_from=timezone.now() + LATER)
    events.withdraw(event(organization, name="Hidden"), by=owner)
    events.withdraw(event(organization, name="Held"), by=cora)
    event(organization, name="Over", starts_on=soon(-3))
    new = event_document(organization, name="Waiting")
    send_in(new, "event", organization, owner)
    back = event_document(organization, name="Returned")
    send_back(send_in(back, "event", organization, owner), cora)


def resources_of_every_state(organization, owner, cora) -> None:
    resource(organization, name="Shown")
    resource(organization, name="Later", publish_from=timezone.now() + LATER)
    resources.withdraw(resource(organization, name="Hidden"), by=owner)
    resources.withdraw(resource(organization, name="Held"), by=cora)
    funding(organization, name="Over", deadline=timezone.now() - LATER)
    new = resource_document(organization, name="Waiting")
    send_in(new, "resource", organization, owner)
    back = resource_document(organization, name="Returned")
    send_back(send_in(back, "resource", organization, owner), cora)


@pytest.mark.parametrize(
    ("path", "make"), [(EVENTS, events_of_every_state), (RESOURCES, resources_of_every_state)]
)
def test_each_is_found_by_how_it_stands(client, organization, owner, cora, path, make):
    make(organization, owner, cora)

    for state in ("shown", "later", "hidden", "held", "over", "waiting", "returned"):
        assert found(client, path, state=state) == [state.title()], state
    every = ["Held", "Hidden", "Later", "Over", "Shown"]
    assert sorted(found(client, path)) == every
    new = section(client, path, "new")
    assert sorted(re.findall("<b>(.*?)</b>", new)) == ["Returned", "Waiting"]
    assert "Sent back to its organization" in new


def test_who_has_hidden_it_and_from_when_it_is_shown_stands_beside_it(
    client, organization, owner, cora
):
    events_of_every_state(organization, owner, cora)

    assert "Hidden by its organization" in section(client, EVENTS, "found", q="hidden")
    assert "Hidden by a coordinator" in section(client, EVENTS, "found", q="held")
    assert ">From " in section(client, EVENTS, "found", q="later")
    event(organization, name="Called off", status="cancelled")
    west = {"city": "Vancouver", "state_province": "BC", "timezone": None}
    at_nine = datetime.datetime(2099, 6, 1, 16, tzinfo=datetime.UTC)
    event(organization, name="In the west", publish_from=at_nine, **west)
    marked = section(client, EVENTS, "found", q="west")
    assert ", 9 am Pacific time<" in marked
    assert ">Cancelled<" in section(client, EVENTS, "found", q="called off")


def test_each_listing_is_found_by_how_it_stands(client, cora):
    names = ("Shown", "Closed", "Hidden", "Unchecked", "Retired")
    made = {one.name: one for one in published(*(listing(name=name) for name in names))}
    Service.objects.filter(name="Closed").update(status="temporarily closed")
    Service.objects.filter(name="Retired").update(status="defunct")
    listings.hide(made["Hidden"], by=cora, why="x")
    listings.hide(made["Unchecked"], by=None, why="x")
    Care.objects.create(service=made["Unchecked"], hidden_at=timezone.now())

    for name in names:
        assert found(client, LISTINGS, state=name.lower()) == [name]
    assert found(client, LISTINGS) == sorted(names)
    assert "nobody has checked it" in section(client, LISTINGS, "found", q="unchecked")


def test_a_listing_that_was_sent_in_is_found_before_it_is_there(client, owner, cora, organization):
    service = organization.services.get()
    send_in(listing(name="New here"), "service", organization, owner)
    change = send_in(listing(name="Renamed"), "service", organization, owner, record=service)

    assert "New here" in section(client, LISTINGS, "new")
    assert found(client, LISTINGS, state="waiting") == ["New here", "Renamed"]
    # A change stands with what it changes, and leads to where it is decided.
    decide = reverse("coalition:submission", args=[change.pk])
    assert f'href="{decide}">A change waits' in section(client, LISTINGS, "found")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("grief", ["Grief circle"]),
        ("CIRCLE grief", ["Grief circle"]),
        ("reconfort", ["Grief circle"]),
        ("grief soup", []),
        ("%", []),
        ("", ["Grief circle", "Soup"]),
    ],
)
def test_words_of_the_name_find_it_in_either_language(client, organization, cora, words, names):
    for make, path in ((event, EVENTS), (resource, RESOURCES)):
        make(organization, name="Grief circle", name_fr="Cercle de réconfort")
        make(organization, name="Soup", name_fr="Soupe")
        assert sorted(found(client, path, q=words)) == names


def test_words_of_the_organization_find_what_it_has(client, organization, cora):
    published(listing(name="Theirs", organization={"name": "Écho Peers", "id": "1" * 32}))
    for path, make in ((EVENTS, event), (RESOURCES, resource)):
        make(organization, name="Ours")
        assert found(client, path, organization="LANE harbour") == ["Ours"]
        assert found(client, path, organization="echo") == []
    assert found(client, LISTINGS, organization="echo") == ["Theirs"]
    assert "Écho Peers" in section(client, LISTINGS, "add", organization="echo")
    assert section(client, LISTINGS, "add") == ""


def test_what_was_sent_in_is_found_by_its_words_too(client, organization, owner, cora):
    document = resource_document(organization, name="Guide", name_fr="Aide-mémoire")
    send_in(document, "resource", organization, owner)

    for asked in ({"q": "memoire"}, {"organization": "harbour"}, {"state": "waiting"}):
        page = client.get(RESOURCES, asked).text
        assert "Guide" in page
        assert "Aide-mémoire" in client.get(f"/fr{RESOURCES}", asked).text
    assert "Guide" not in client.get(RESOURCES, {"q": "poster"}).text
    assert "Guide" not in client.get(RESOURCES, {"state": "shown"}).text


def test_events_that_come_next_stand_first_and_what_is_over_last(client, organization, cora):
    for name, day in (("In a month", 30), ("Long ago", -40), ("Lately", -2), ("Soon", 3)):
        event(organization, name=name, starts_on=soon(day))
    weekly(organization, name="Every week", starts_on=soon(-7))

    names = ["Every week", "Soon", "In a month", "Lately", "Long ago"]
    assert sorted(names[:2]) == sorted(found(client, EVENTS)[:2])
    assert found(client, EVENTS)[2:] == names[2:]


def test_each_leads_to_its_page_its_organization_its_history_and_its_times(
    client, organization, owner, cora
):
    desk = reverse("coalition:desk_organization", args=[organization.slug])
    shown, out = event(organization, name="Shown"), event(organization, name="Out")
    poster, gone = resource(organization, name="Shown"), resource(organization, name="Out")
    events.withdraw(out, by=owner)
    resources.withdraw(gone, by=owner)

    for path, here, away in ((EVENTS, shown, out), (RESOURCES, poster, gone)):
        page = client.get(path).text
        public = path.removeprefix("/review")
        assert f'href="{public}{here.slug}/"' in page
        assert f'href="{public}{away.slug}/"' not in page
        assert page.count(f'href="{desk}"') == 2
        for one in (here, away):
            history = reverse("coalition:history", args=[one.pk])
            assert f'href="{history}"' in page
            assert client.get(history).status_code == 200
    times = reverse("coalition:event_times", args=[out.pk])
    assert f'href="{times}"' in client.get(EVENTS).text


@pytest.mark.parametrize(
    ("path", "make", "subject"), [(EVENTS, event, "event"), (RESOURCES, resource, "resource")]
)
def test_one_is_hidden_and_shown_from_the_list_which_is_there_again(
    client, organization, cora, path, make, subject
):
    one = make(organization, name="Circle")
    here = f"{path}?q=circle&state="
    for verb, label in (("hide", "Hide it"), ("show", "Show it again")):
        action = reverse(f"coalition:{subject}_{verb}", args=[one.pk])
        page = html.unescape(client.get(here).text)
        form = re.search(rf'<form method="post" action="{action}">(.*?)</form>', page)[1]
        assert label in form
        back = re.search('name="back" value="(.*?)"', form)[1]
        assert client.post(action, {"back": back}).url == here == back
        one.refresh_from_db()
        assert one.held_back == (verb == "hide") == (one.published_at is None)


def test_it_leads_back_to_the_desk_and_to_nowhere_else(client, organization, cora):
    one, other = event(organization), resource(organization)
    for back in ("https://example.com/review/", "//example.com", "/partner/", ""):
        for action in (
            reverse("coalition:event_hide", args=[one.pk]),
            reverse("coalition:resource_hide", args=[other.pk]),
        ):
            answer = client.post(action, {"back": back})
            assert answer.url.startswith(("/review/listings/", f"/partner/{organization.slug}/"))


def test_a_long_list_comes_in_pages_which_keep_what_was_asked(
    client, organization, cora, monkeypatch
):
    monkeypatch.setattr(lists, "PAGE", 2)
    for number in range(3):
        event(organization, name=f"Circle {number}", starts_on=soon(number + 1))
    page = html.unescape(client.get(EVENTS, {"q": "circle", "state": "shown"}).text)
    assert "3 events" in page
    assert 'href="?q=circle&state=shown&page=2"' in page
    assert found(client, EVENTS, q="circle", state="shown", page="2") == ["Circle 2"]


def test_of_many_new_ones_the_first_are_shown_and_where_the_others_are(
    client, organization, owner, cora, monkeypatch
):
    monkeypatch.setattr(lists, "FEW", 1)
    for name in ("First", "Second"):
        send_in(resource_document(organization, name=name), "resource", organization, owner)
    new = section(client, RESOURCES, "new", q="")
    assert "First" in new
    assert "Second" not in new
    assert 'href="?q=&state=waiting"' in new


def test_a_state_that_nobody_knows_is_said_and_words_that_are_too_long(client, organization, cora):
    event(organization, name="Circle")
    for asked in ({"state": "gone"}, {"q": "x" * 101}, {"organization": "a\0b"}):
        answer = client.get(EVENTS, asked)
        assert answer.status_code == 400
        assert 'class="error"' in answer.text


def test_the_lists_are_there_for_coordinators_only(client, organization, owner):
    for path in (LISTINGS, EVENTS, RESOURCES):
        client.logout()
        assert client.get(path).url.startswith("/accounts/login/")
        client.force_login(owner)
        assert client.get(path).status_code == 404


def many(count: int, organization, owner) -> None:
    """So many of each: in sight, changed, sent in."""
    for number in range(count):
        shown = weekly(organization, name=f"Circle {number}")
        poster = resource(organization, name=f"Poster {number}")
        published(listing(name=f"Kits {number}"))
        for subject, one in (("event", shown), ("resource", poster)):
            document = proposals.current(one.pk, subject) | {"name": "Another"}
            send_in(document, subject, organization, owner, record=one)
        for subject, document in (
            ("event", event_document(organization)),
            ("resource", resource_document(organization)),
        ):
            send_in(document, subject, organization, owner)


@pytest.mark.parametrize("state", ["", "waiting"])
@pytest.mark.parametrize("path", [LISTINGS, EVENTS, RESOURCES])
def test_a_list_takes_as_many_queries_for_three_as_for_one(client, owner, cora, path, state):
    counts = []
    for count in (1, 2):
        many(count, member(owner=owner), owner)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path, {"state": state}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Draft.objects.count() == 12


@pytest.mark.parametrize("language", ["", "/fr"])
def test_a_list_is_well_formed(client, organization, owner, cora, settings, language):
    settings.TEMPLATES = copy.deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED-%s"
    events_of_every_state(organization, owner, cora)
    resources_of_every_state(organization, owner, cora)
    for path in (LISTINGS, EVENTS, RESOURCES):
        for asked in ("", "?organization=harbour", "?state=returned", "?state=<b>", "?q=zzyzx"):
            page = client.get(language + path + asked).content.decode()
            html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
            assert "UNDEFINED-" not in page


def test_what_is_wrong_with_a_search_is_tied_to_its_field(client, cora):
    page = client.get(EVENTS, {"state": "nonsense"})
    assert page.status_code == 400
    text = page.content.decode()
    described = re.search(r'<select name="state"[^>]* aria-describedby="([^"]+)"', text)[1]
    assert f'id="{described}"' in text
