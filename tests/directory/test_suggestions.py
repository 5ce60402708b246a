"""Suggestions while typing: what is offered, to whom it leads, and what the answers give away."""

import io
import json
import logging
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override
from hypothesis import given
from hypothesis import strategies as st

from directory.interchange.actions import withdraw, write_listings
from directory.models import OrganizationStart
from directory.places.atlas import atlas, postal_areas
from directory.places.gazetteer import find
from directory.public import privacy
from directory.search.suggestions import ORGANIZATIONS_SQL, typed
from directory.search.understanding import understand
from directory.search.vocabulary import vocabulary
from tests.directory.test_hostile_input import NASTY, budget
from tests.factories import listing, published

pytestmark = pytest.mark.django_db
LABELS = ["What you need", "Go to an organisation", "Where you are", "Towns and postal codes"]


@pytest.fixture
def suggested(client):
    """The groups for a beginning: English label to options."""

    def suggested(text: str, field: str = "q", language: str = "") -> dict[str, list[dict]]:
        response = client.get(f"{language}/suggest/", {"field": field, "text": text})
        assert response.status_code == 200
        with override(language[1:] or "en"):
            label = {gettext(label): label for label in LABELS}
        return {label[group["label"]]: group["options"] for group in response.json()["groups"]}

    return suggested


def texts(options: list[dict]) -> list[str]:
    return [option["text"] for option in options]


def organization(name: str, name_fr: str = "", **changes) -> dict:
    names = {"name": name, "name_fr": name_fr, **changes}
    return listing(organization={key: value for key, value in names.items() if value})


# Needs


def test_a_need_is_found_by_the_start_of_its_name(suggested):
    (first, *_) = suggested("nalo")["What you need"]
    assert first == {"text": "Naloxone kits", "put": "Naloxone kits"}


def test_a_need_is_found_by_another_word_for_it_which_is_shown(suggested):
    (first, *_) = suggested("narc")["What you need"]
    assert first == {"text": "Naloxone kits", "detail": "narcan", "put": "Naloxone kits"}


def test_a_need_is_found_by_a_word_within_its_name(suggested):
    assert "HIV and hepatitis C testing" in texts(suggested("hepatitis")["What you need"])


def test_a_need_is_found_after_an_elision(suggested):
    assert texts(suggested("amiti")["What you need"]) == ["Friendship centres"]


def test_a_word_of_the_other_language_is_marked_as_such(suggested):
    (first, *_) = suggested("trous")["What you need"]
    assert first["text"] == "Naloxone kits"
    assert (first["detail"], first["detailLang"]) == ("Trousses de naloxone", "fr")


@pytest.mark.parametrize("text", ["DETOX", "détox", "Détox ", "  detox", "de\u0301tox"])
def test_case_accents_and_spaces_do_not_matter(suggested, text):
    assert suggested(text)["What you need"] == suggested("detox")["What you need"]


def test_who_is_served_and_how_one_gets_in_are_needs_too(suggested):
    assert "Youth" in texts(suggested("youth")["What you need"])
    assert "No ID needed" in texts(suggested("no id")["What you need"])


def test_a_need_stands_once_whatever_ways_lead_to_it(suggested):
    for text in ("de", "co", "me", "pr", "hou", "centre"):
        found = texts(suggested(text)["What you need"])
        assert len(found) == len(set(found)) <= 5


def test_french_readers_are_shown_french(suggested):
    (first, *_) = suggested("nalo", language="/fr")["What you need"]
    assert first == {"text": "Trousses de naloxone", "put": "Trousses de naloxone"}


def test_a_sentence_is_completed_by_what_its_last_words_begin(suggested):
    (first, *_) = suggested("my son needs deto")["What you need"]
    assert first["put"] == "my son needs detox"


def test_what_people_write_around_a_need_suggests_nothing(suggested):
    assert suggested("zzz looking") == {}


@pytest.mark.parametrize("text", ["drunk", "homeless", "get clean", "dope"])
def test_words_that_the_site_does_not_say_are_found_but_not_shown(suggested, text):
    options = suggested(text)["What you need"]
    assert text not in json.dumps(options).lower()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_need_that_can_be_put_in_the_field_is_understood(language):
    with override(language):
        misread = [
            term.label
            for facet, term in vocabulary().labels.items()
            if facet not in understand(term.label, exact=True).facets
            or facet not in understand(term.label).facets
        ]
    assert misread == []


# Organizations


def test_an_organization_is_found_by_any_of_its_words_and_leads_to_its_page(suggested):
    published()
    for text in ("har", "lane", "HEALTH CENT", "centre de s"):
        (found,) = suggested(text)["Go to an organisation"]
        assert found["text"] == "Harbour Lane Health Centre"
        assert found["url"] == "/organizations/harbour-lane-health-centre/"


def test_french_readers_are_shown_its_french_name_and_page(suggested):
    published()
    (found,) = suggested("harb", language="/fr")["Go to an organisation"]
    assert found["text"] == "Centre de santé Harbour Lane"
    assert found["url"] == "/fr/organizations/harbour-lane-health-centre/"
    assert "lang" not in found


def test_a_name_in_the_other_language_alone_is_marked_as_such(suggested):
    published(organization("", "Maison Épinette"))
    (found,) = suggested("epin")["Go to an organisation"]
    assert (found["text"], found["lang"]) == ("Maison Épinette", "fr")


def test_names_that_begin_so_come_before_names_that_hold_it(suggested):
    published(organization("A Cedar Circle"), organization("Cedar House"))
    assert texts(suggested("cedar")["Go to an organisation"]) == ["Cedar House", "A Cedar Circle"]


def test_saint_is_found_however_it_is_written(suggested):
    published(organization("St. Brigid's House"), organization("Street Kitchen"))
    for text in ("st brig", "Saint Bri", "ste. brig"):
        assert texts(suggested(text)["Go to an organisation"]) == ["St. Brigid's House"]
    both = ["St. Brigid's House", "Street Kitchen"]
    assert texts(suggested("st")["Go to an organisation"]) == both


def test_four_organizations_at_most_each_once(suggested):
    published(*(organization(f"Centre {n}", f"Centre {n} du Nord") for n in range(30)))
    found = texts(suggested("ce")["Go to an organisation"])
    assert found == ["Centre 0", "Centre 1", "Centre 10", "Centre 11"]


def test_who_has_nothing_published_is_not_suggested(suggested):
    write_listings([organization("Cedar House")])
    (service,) = published(organization("Cedar Circle"))
    assert texts(suggested("cedar")["Go to an organisation"]) == ["Cedar Circle"]
    withdraw([service.pk])
    assert "Go to an organisation" not in suggested("cedar")


# Places


def test_towns_complete_the_place_in_the_readers_words(suggested):
    assert suggested("thun", "near") == {
        "Towns and postal codes": [{"text": "Thunder Bay, Ontario", "put": "Thunder Bay, Ontario"}]
    }
    (found, *_) = suggested("montre", "near", "/fr")["Towns and postal codes"]
    assert found["put"] == "Montréal (Québec)"


def test_postal_areas_complete_the_place(suggested):
    found = suggested("p7", "near")["Towns and postal codes"]
    assert found[1] == {"text": "P7B, Thunder Bay, Ontario", "put": "P7B"}
    assert len(found) <= 6


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_put_in_the_field_names_the_place_that_was_shown(language):
    every = [*atlas().towns, *postal_areas().values()]
    with override(language):
        for place in random.Random(7).sample(every, 600):
            assert find(typed(place)).place == place


def test_a_town_in_the_field_of_needs_goes_to_the_other(suggested):
    assert suggested("thund")["Where you are"] == [
        {"text": "Thunder Bay, Ontario", "near": "Thunder Bay, Ontario", "put": ""}
    ]
    assert suggested("food near thun")["Where you are"] == [
        {"text": "Thunder Bay, Ontario", "near": "Thunder Bay, Ontario", "put": "food"}
    ]


def test_where_a_need_begins_so_a_small_town_is_not_meant(suggested):
    assert "Where you are" not in suggested("food")
    assert "Where you are" not in suggested("women in cri")


# Answers


@pytest.mark.parametrize("text", ["", " ", "n", "%_\\", "%%%", "'", "zzyzx", "\x00\x00"])
@pytest.mark.parametrize("field", ["q", "near"])
def test_nothing_is_suggested_for_nothing(suggested, field, text):
    published()
    assert suggested(text, field) == {}


def test_a_percent_sign_is_not_a_wildcard(suggested):
    published()
    assert suggested("h%r") == suggested("h_r") == suggested("h r")


@pytest.mark.parametrize("query", ["", "field=q", "text=na", "field=city&text=na", "field=&text="])
def test_nonsense_is_refused(client, query):
    response = client.get(f"/suggest/?{query}")
    assert (response.status_code, response.json()) == (400, {})


def test_only_reading_is_allowed(client):
    assert client.post("/suggest/?field=q&text=na").status_code == 405


def test_no_more_than_a_hundred_characters_are_read(suggested):
    assert suggested("thunder bay" + " " * 89 + "zzyzx")["Where you are"]


@budget
@given(field=st.sampled_from(["q", "near"]), text=st.sampled_from(NASTY) | st.text(max_size=200))
def test_any_text_is_answered(client, field, text):
    for prefix in ("", "/fr"):
        text = text.encode("utf-8", "replace").decode()
        response = client.get(f"{prefix}/suggest/", {"field": field, "text": text})
        assert response.status_code == 200
        assert set(response.json()) == {"said", "groups"}


def test_one_question_of_the_database_at_most(client):
    published()
    vocabulary()
    for field in ("q", "near"):
        for text in ("ce", "st", "my son needs detox", "food near thun", "zzyzx"):
            with CaptureQueriesContext(connection) as asked:
                client.get("/suggest/", {"field": field, "text": text})
            assert len(asked) <= 1, asked.captured_queries


def test_the_first_few_are_read_from_the_index_however_many_begin_so():
    (service,) = published()
    OrganizationStart.objects.bulk_create(
        OrganizationStart(start=f"centre {n}", first=n % 2, organization_id=service.organization_id)
        for n in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE directory_organizationstart")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {ORGANIZATIONS_SQL}", [["ce"]])
        (plan,) = cursor.fetchone()
    scans = [node for node in nodes(plan[0]["Plan"]) if "start" in node.get("Index Name", "")]
    assert [node["Index Name"] for node in scans] == ["organizationstart_start"] * 2
    assert all(node["Actual Rows"] <= 16 for node in scans)


def nodes(plan: dict):
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def test_answers_are_kept_by_nobody(client):
    response = client.get("/suggest/", {"field": "q", "text": "nalo"})
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not response.cookies


@pytest.mark.parametrize("text", ["", "na", "naloxone", "ce", "zzyzx"])
def test_the_size_of_an_answer_tells_nothing(client, text):
    response = client.get(
        "/suggest/", {"field": "q", "text": text}, headers={"accept-encoding": "gzip"}
    )
    assert len(response.content) == 2048


def test_how_many_is_said_in_words(client):
    def said(language: str, text: str) -> str:
        asked = {"field": "near", "text": text}
        return client.get(f"{language}/suggest/", asked).json()["said"]

    assert said("", "thun") == "1 suggestion"
    assert said("", "p7") == "6 suggestions"
    assert said("/fr", "p7") == "6 suggestions"


def test_what_was_typed_is_in_no_log(client, monkeypatch):
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if any(isinstance(kept, privacy.WithoutAddress) for kept in handler.filters)
    ]
    written = io.StringIO()
    before = handler.setStream(written)
    try:
        client.get("/suggest/", {"field": "q", "text": "naloxone"})
        assert written.getvalue() == ""
        client.get("/suggest/", {"field": "kenora", "text": "naloxone"})
        client.post("/suggest/?field=q&text=naloxone")
        monkeypatch.setattr("directory.public.suggest.suggest", lambda text, field: {}[text])
        client.raise_request_exception = False
        client.get("/suggest/", {"field": "q", "text": "naloxone"})
    finally:
        handler.setStream(before)
    assert "400 GET directory:suggest" in written.getvalue()
    assert "405 POST directory:suggest" in written.getvalue()
    assert "500 GET directory:suggest" in written.getvalue()
    assert "naloxone" not in written.getvalue()
    assert "kenora" not in written.getvalue()
