"""The library: who finds what, by which words and filters, in which order; its pages."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coalition.members.models import Member
from coalition.resources import tasks
from coalition.resources.finding import PAGE_SIZE
from coalition.resources.models import Resource
from coalition.resources.shown import of_organization, related_to
from directory.interchange import proposals
from directory.interchange.actions import rebuild_search, withdraw
from directory.public import anonymous
from directory.search import wordlist
from directory.search.models import Word
from tests.events import event
from tests.factories import term
from tests.forms import text_of
from tests.people import coordinator, join, member, person
from tests.resources import change_resource, funding, resource, stored, version
from tests.uploads import PDF, picture

pytestmark = pytest.mark.django_db
HERE = {"sec-fetch-site": "same-origin"}
DAY = datetime.timedelta(days=1)


def listed(client, query: str = "", path: str = "/resources/") -> list[str]:
    """Names of what the list shows, in its order."""
    response = client.get(f"{path}{query}")
    assert response.status_code == 200, response.content
    return re.findall(r"<h3><a[^>]*>([^<]*)</a>", text_of(response))


@pytest.fixture
def organization():
    return member()


def signed_in(user) -> Client:
    browser = Client()
    if user is not None:
        browser.force_login(user)
    return browser


# Who may see it


@pytest.fixture
def people(organization):
    """A browser for each of those who may see more or less."""
    own, other, resting = person(), person(), person()
    join(own, organization, "editor")
    member(owner=other)
    asleep = member(owner=resting)
    Member.objects.filter(organization=asleep).update(standing="suspended")
    return {
        "visitor": signed_in(None),
        "own": signed_in(own),
        "other member": signed_in(other),
        "of a suspended one": signed_in(resting),
        "without one": signed_in(person()),
        "coordinator": signed_in(coordinator()),
    }


@pytest.mark.parametrize(
    ("seen_by", "who"),
    [
        (
            "everyone",
            {
                "visitor",
                "own",
                "other member",
                "of a suspended one",
                "without one",
                "coordinator",
            },
        ),
        ("members", {"own", "other member", "coordinator"}),
        ("organization", {"own", "coordinator"}),
    ],
)
def test_each_thing_is_there_for_those_it_is_for(people, organization, seen_by, who):
    file = version(stored(organization))
    found = resource(organization, seen_by=seen_by, versions=[file])
    addresses = [
        reverse("coalition:resource_detail", args=[found.slug]),
        reverse("coalition:resource_file", args=[found.slug, file["id"]]),
    ]
    thanks = reverse("coalition:resource_thanks", args=[found.slug])
    for role, browser in people.items():
        expected = 200 if role in who else 404
        for address in addresses:
            assert browser.get(address).status_code == expected, (role, address)
        assert bool(listed(browser)) is (role in who), role
        thanked = browser.post(thanks, headers=HERE).status_code
        assert thanked == (302 if role in who else 404), role
    cards = of_organization(organization, person())
    assert bool(cards) is (seen_by == "everyone")


def test_what_is_to_come_or_hidden_is_nowhere(people, organization):
    later = resource(organization, publish_from=timezone.now() + DAY)
    hidden = resource(organization, name="Hidden", published_by="")
    for role, browser in people.items():
        assert listed(browser) == [], role
        for one in (later, hidden):
            assert browser.get(f"/resources/{one.slug}/").status_code == 404, role
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert listed(people["visitor"]) == ["Naloxone poster"]


def test_a_private_file_is_kept_by_no_cache(people, organization):
    found = resource(organization, seen_by="members", versions=[version(stored(organization))])
    address = reverse("coalition:resource_file", args=[found.slug, found.versions.get().pk])
    answer = people["other member"].get(address)
    assert answer.headers["Cache-Control"].startswith("private, no-store")
    assert "CDN-Cache-Control" not in answer.headers


def test_a_file_is_only_there_under_what_it_belongs_to(client, organization):
    public = resource(organization, name="Public")
    private = resource(
        organization, name="Private", seen_by="members", versions=[version(stored(organization))]
    )
    pk = private.versions.get().pk
    address = reverse("coalition:resource_file", args=[public.slug, pk])
    assert client.get(address).status_code == 404


def test_only_those_who_see_more_may_narrow_by_who_sees(people, organization):
    resource(organization, name="Public")
    resource(organization, name="Between us", seen_by="members")
    assert 'name="seen"' not in text_of(people["visitor"].get("/resources/"))
    assert 'name="seen"' in text_of(people["other member"].get("/resources/"))
    assert listed(people["other member"], "?seen=members") == ["Between us"]
    assert listed(people["visitor"], "?seen=members") == []


# Words


def test_words_of_either_language_find_it(client, organization):
    resource(organization)
    for word in ("poster", "affiche", "affiches", "overdose", "surdoses", "Harbour"):
        assert listed(client, f"?q={word}") == ["Naloxone poster"], word
        found = listed(client, f"?q={word}", "/fr/resources/")
        assert found == ["Affiche sur la naloxone"], word
    assert listed(client, "?q=bicycle") == []


def test_other_words_for_a_topic_find_it(client, organization):
    resource(organization, name="Guide", name_fr="Guide", description="x", description_fr="x")
    for words in ("narcan", "trousse+de+naloxone", "harm+reduction"):
        assert listed(client, f"?q={words}") == ["Guide"], words


def test_a_misspelt_word_is_put_right_and_that_is_said(client, organization):
    resource(organization, name="Zootherapy workbook", name_fr="Cahier de zoothérapie")
    response = client.get("/resources/?q=zootherpay")
    assert "Showing zootherapy." in text_of(response)
    assert listed(client, "?q=zootherpay") == ["Zootherapy workbook"]
    assert listed(client, "?q=zootherpay&exact=1") == []


def test_words_that_nothing_has_together_are_left_out_and_that_is_said(client, organization):
    resource(organization)
    response = client.get("/resources/?q=poster+xylophone")
    assert "Nothing has all of these words." in text_of(response)
    assert listed(client, "?q=poster+xylophone") == ["Naloxone poster"]


def test_the_words_of_a_file_and_its_notes_find_it(client, organization):
    file = version(stored(organization, "tenants-handbook.pdf"), note="Larger letters")
    resource(organization, versions=[file])
    assert listed(client, "?q=handbook") == ["Naloxone poster"]
    assert listed(client, "?q=letters") == ["Naloxone poster"]


def test_what_says_it_in_its_title_comes_first(client, organization):
    resource(organization, name="Poster about naloxone", description="x")
    resource(organization, name="Cooking", description="A poster is in it", url="https://e.ca/")
    assert listed(client, "?q=poster") == ["Poster about naloxone", "Cooking"]


def test_words_follow_when_it_is_changed(client, organization):
    found = resource(organization)
    change_resource(found, name="Leaflet", description="Short")
    assert listed(client, "?q=poster") == []
    assert listed(client, "?q=leaflet") == ["Leaflet"]


def test_a_new_name_of_its_organization_finds_it_from_the_next_night_on(client, organization):
    resource(organization)
    document = proposals.current(organization.pk, "organization") | {"name": "Lakeside Clinic"}
    proposals.change(document, origin="system", by="test", subject="organization")
    tasks.refresh_resources(timestamp=0)
    assert listed(client, "?q=lakeside") == ["Naloxone poster"]
    assert listed(client, "?q=harbour&exact=1") == ["Naloxone poster"], "its French name"


def test_the_words_of_what_is_not_for_everyone_are_not_learned(organization):
    resource(organization, name="Quetzalcoatl", seen_by="members")
    resource(organization, name="Ornithorynque")
    assert set(Word.objects.filter(text__in=["quetzalcoatl", "ornithorynque"])) == {
        Word.objects.get(text="ornithorynque")
    }


def test_the_words_of_what_is_to_be_shown_later_are_learned_once_it_is(organization, time_machine):
    resource(organization, name="Quetzalcoatl", publish_from=timezone.now() + DAY)
    rebuild_search()
    wordlist.recount()
    assert not Word.objects.filter(text="quetzalcoatl").exists()
    time_machine.move_to(timezone.now() + 2 * DAY, tick=False)
    tasks.refresh_resources(timestamp=0)
    assert Word.objects.filter(text="quetzalcoatl").exists()


def test_words_are_known_as_long_as_something_uses_them(organization):
    found = resource(organization, name="Ornithorynque")
    wordlist.recount()
    rebuild_search()
    assert Word.objects.get(text="ornithorynque").services == 1
    change_resource(found, name="Platypus")
    wordlist.recount()
    assert not Word.objects.filter(text="ornithorynque").exists()


# Filters and order


def test_filters_narrow_any_of_a_group_all_of_the_groups(client, organization):
    resource(organization, name="A", kind="document", languages=["en"])
    resource(organization, name="B", kind="video", languages=["fr"])
    resource(organization, name="C", kind="data", languages=["oj"], attributes=None)
    assert set(listed(client, "?kind=document&kind=video")) == {"A", "B"}
    assert listed(client, "?kind=document&kind=video&language=fr") == ["B"]
    assert set(listed(client, "?topic=naloxone")) == {"A", "B"}
    assert set(listed(client, "?topic=harm-reduction")) == {"A", "B"}, "the broader topic too"
    assert listed(client, "?topic=shelter") == []


def test_the_number_beside_a_choice_is_what_it_would_leave(client, organization):
    for kind in ("document", "document", "video"):
        resource(organization, name=kind, kind=kind)
    resource(organization, name="French", kind="data", languages=["fr"])
    counts = client.get("/resources/?kind=video").context["groups"]
    kinds, languages = (
        {one["code"]: one["count"] for one in group["options"]}
        for group in counts
        if group["name"] in ("kind", "language")
    )
    assert kinds == {"video": 1, "document": 3, "data": 2}
    assert languages == {"en": 1, "fr": 1}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("kind=rumour", "kind"),
        ("topic=x'%3B--", "topic"),
        ("language=tlh", "language"),
        ("seen=%00", "seen"),
        ("sort=random", "sort"),
        ("q=" + "x" * 300, "q"),
        ("q=a%00b", "q"),
        ("exact=2", "exact"),
    ],
)
def test_what_makes_no_sense_is_said_and_left_aside(client, organization, query, named):
    resource(organization)
    response = client.get(f"/resources/?{query}")
    assert response.status_code == 400
    assert named in response.context["errors"]
    assert "Naloxone poster" in text_of(response)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99", "9" * 400, "1e3", "²"])
def test_a_page_that_there_is_not_is_said(client, organization, page):
    resource(organization)
    response = client.get("/resources/", {"page": page})
    assert response.status_code == 400
    assert response.context["results"].page_error
    assert "Naloxone poster" in text_of(response)


@pytest.mark.parametrize("q", ["'", "\\", ":*", "& |", "!!", "(", "🙂", "%", "a' | b", "é" * 60])
def test_odd_words_break_nothing(client, organization, q):
    resource(organization)
    assert client.get("/resources/", {"q": q}).status_code == 200


def test_a_long_list_comes_in_pages(client, organization):
    for number in range(PAGE_SIZE + 1):
        resource(organization, name=f"Number {number:02}")
    first, second = listed(client), listed(client, "?page=2")
    assert (len(first), len(second)) == (PAGE_SIZE, 1)
    assert not set(first) & set(second)


def test_open_deadlines_come_first_the_soonest_before_the_others(client, organization):
    now = timezone.now()
    funding(organization, name="Later", deadline=now + 30 * DAY)
    funding(organization, name="Over long ago", deadline=now - 30 * DAY)
    funding(organization, name="Any time")
    funding(organization, name="Soon", deadline=now + DAY)
    funding(organization, name="Just over", deadline=now - DAY)
    expected = ["Soon", "Later", "Any time", "Just over", "Over long ago"]
    assert listed(client, "?kind=funding") == expected
    assert listed(client, "?sort=deadline") == expected


def test_what_came_or_changed_lately_comes_first_and_is_marked(client, organization):
    now = timezone.now()
    old, changed, fresh = (
        resource(organization, name=name) for name in ("Old", "Changed", "Fresh")
    )
    for one, came, edited in ((old, 90, 90), (changed, 80, 2), (fresh, 1, 1)):
        Resource.objects.filter(pk=one.pk).update(
            published_at=now - came * DAY, last_modified=now - edited * DAY
        )
    assert listed(client, "?sort=new") == ["Fresh", "Changed", "Old"]
    cards = client.get("/resources/").context["cards"]
    assert [card["fresh"] for card in cards] == ["new", "updated", ""]


def test_a_list_without_anything_helps_on(client, organization):
    assert "Nothing has been shared yet." in text_of(client.get("/resources/"))
    resource(organization)
    page = text_of(client.get("/resources/?q=zzyzx"))
    assert "/resources/?kind=training" in page
    assert "/services/" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(client, organization, count):
    for number in range(count):
        file = stored(organization, f"{number}.csv", f"a,{number}".encode())
        resource(organization, name=f"Poster {number}", versions=[version(file)])
    client.get("/resources/?q=poster")
    with CaptureQueriesContext(connection) as queries:
        assert len(listed(client, "?q=poster&kind=document")) == count
    assert len(queries) == 6, [query["sql"][:90] for query in queries]


# The page


def test_the_page_says_what_one_needs_to_know(client, organization):
    evening = event(organization, name="Evening")
    found = funding(
        organization,
        deadline="2030-06-30T21:00:00+00:00",
        licence="cc-by",
        version="2nd edition",
        how_to_get="Write to us",
        services=[{"service": organization.services.get()}],
        events=[{"event": evening}],
    )
    response = client.get(f"/resources/{found.slug}/")
    page = text_of(response)
    for said in (
        "Community safety grant",
        "Deadline",
        "30 Jun 2030, 5 pm, Eastern time",
        "$500 to $5,000",
        "Peer-led groups in Ontario",
        "Write to us",
        "2nd edition",
        "https://creativecommons.org/licenses/by/4.0/",
        "Peer support and mutual aid",
        "/services/naloxone-kits-and-training/",
        "/events/evening/",
        "/organizations/harbour-lane-health-centre/",
    ):
        assert said in page, said
    title = re.search(r"<title>([^<]*)", page)[1]
    assert "grant" not in title, "neutral"
    french = text_of(client.get(f"/fr/resources/{found.slug}/"))
    assert "Subvention pour la sécurité des communautés" in french
    assert response.headers["Cache-Control"] == "no-store"


def test_a_deadline_that_is_over_is_closed(client, organization):
    found = funding(organization, deadline=timezone.now() - DAY)
    assert "Closed" in text_of(client.get(f"/resources/{found.slug}/"))
    assert "Closed" in text_of(client.get("/resources/"))


def test_a_picture_is_shown_and_all_else_only_downloaded(client, organization):
    shown = resource(organization, versions=[version(stored(organization, "p.png", picture()))])
    (file,) = shown.versions.all()
    address = reverse("coalition:resource_file", args=[shown.slug, file.pk])
    assert f'src="{address}?show=1"' in text_of(client.get(f"/resources/{shown.slug}/"))
    inline = client.get(address + "?show=1")
    assert inline.headers["Content-Type"] == "image/png"
    assert inline.headers["Content-Disposition"].startswith("inline")
    assert inline.headers["X-Content-Type-Options"] == "nosniff"

    other = resource(organization, name="Other", versions=[version(stored(organization))])
    address = reverse("coalition:resource_file", args=[other.slug, other.versions.get().pk])
    page = text_of(client.get(f"/resources/{other.slug}/"))
    assert "?show=1" not in page
    asked = client.get(address + "?show=1")
    assert asked.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in asked.headers["Content-Security-Policy"]


def test_what_it_belongs_to_is_named_only_while_everyone_may_see_it(client, organization):
    service = organization.services.get()
    found = resource(organization, services=[{"service": service}])
    withdraw([service.pk])
    page = text_of(client.get(f"/resources/{found.slug}/"))
    assert service.name not in page
    assert "/organizations/" not in page, "the organization has no page"


def test_markup_in_its_words_stays_words(client, organization):
    bad = "<script>alert(1)</script>"
    found = resource(organization, name=bad, description=bad, audience=bad, how_to_get=bad)
    for path in ("/resources/", f"/resources/{found.slug}/"):
        assert bad not in client.get(path).content.decode()


def test_a_former_address_leads_to_the_page(client, organization):
    found = resource(organization)
    change_resource(found, slug="another-name")
    moved = client.get("/resources/naloxone-poster/")
    assert (moved.status_code, moved.url) == (301, "/resources/another-name/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_a_fixed_number_of_queries(client, organization, count):
    files = [
        version(stored(organization, f"{number}.csv", f"a,{number}".encode()))
        for number in range(count)
    ]
    evenings = [{"event": event(organization, name=f"Evening {number}")} for number in range(count)]
    found = resource(organization, versions=files, events=evenings)
    client.get(f"/resources/{found.slug}/")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/resources/{found.slug}/")
    assert len(queries) == 10, [query["sql"][:90] for query in queries]


# Beside a service and an organization


def test_a_service_shows_what_its_own_organization_says_belongs_to_it(client, organization):
    service = organization.services.get()
    resource(organization, services=[{"service": service}])
    resource(member(), name="From elsewhere", services=[{"service": service}])
    assert [card["name"] for card in related_to(service, person())] == ["Naloxone poster"]
    page = text_of(client.get(f"/services/{service.slug}/"))
    assert "Naloxone poster" in page
    assert "From elsewhere" not in page


def test_an_organization_shows_what_it_shares(client, organization):
    resource(organization)
    resource(organization, name="Between us", seen_by="organization")
    page = text_of(client.get(f"/organizations/{organization.slug}/"))
    assert "Naloxone poster" in page
    assert "Between us" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_cards_of_an_organization_take_a_fixed_number_of_queries(organization, count):
    for number in range(count):
        resource(organization, name=f"Poster {number}")
    with CaptureQueriesContext(connection) as queries:
        assert len(of_organization(organization, person())) == count
    others = 2  # the account that is made
    assert len(queries) - others <= 6, [query["sql"][:90] for query in queries]


# Thanks


def stamp(found: Resource, seconds: int = 60) -> str:
    """As the page that was opened so many seconds ago has it."""
    with time_machine.travel(timezone.now() - datetime.timedelta(seconds=seconds)):
        return anonymous.stamp(str(found.pk))


def thank(client, found: Resource, text: str, **more):
    return client.post(
        reverse("coalition:resource_thanks", args=[found.slug]),
        {"stamp": text} | more,
        headers=HERE,
    )


def thanks(found: Resource) -> int:
    found.refresh_from_db(fields=["thanks"])
    return found.thanks


def test_one_press_of_a_page_is_one_thanks(client, organization):
    found = resource(organization)
    text = stamp(found)
    answer = thank(client, found, text)
    thank(client, found, text)
    assert thanks(found) == 1
    thank(client, found, stamp(found, 30))
    assert thanks(found) == 2
    page = client.get(answer.url.partition("#")[0])
    assert "Thank you for saying so." in text_of(page)
    assert "2 thank-yous so far." in text_of(page)
    assert not answer.cookies
    assert not page.cookies


def test_robots_and_other_sites_do_not_count(client, organization):
    found, other = resource(organization), resource(organization, name="Other")
    for text in ("", "x", stamp(other), stamp(found, 0), stamp(found, 13 * 3600)):
        assert thank(client, found, text).status_code == 302
    thank(client, found, stamp(found), website="https://spam.example")
    address = reverse("coalition:resource_thanks", args=[found.slug])
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert client.post(address, {"stamp": stamp(found)}, headers=elsewhere).status_code == 403
    assert client.get(address).status_code == 405
    assert thanks(found) == 0


def test_a_download_is_whole(client, organization):
    found = resource(organization, versions=[version(stored(organization))])
    address = reverse("coalition:resource_file", args=[found.slug, found.versions.get().pk])
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Length"] == str(len(PDF))
    assert client.get(address, headers={"if-none-match": answer.headers["ETag"]}).status_code == 304


def test_a_topic_leads_to_others_about_it(client, organization):
    found = resource(organization, attributes=[term("category", "naloxone")])
    page = text_of(client.get(f"/resources/{found.slug}/"))
    assert "/resources/?topic=naloxone" in page
