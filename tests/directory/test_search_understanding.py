"""Someone misspells, mixes languages, names a town or writes a sentence, and finds it."""

import re

import pytest
from django.utils.html import escape

from directory.models import Synonym, TaxonomyTerm
from directory.search.understanding import understand
from tests.directory.test_search import KENORA, beside, found, ids, place
from tests.factories import listing, published, remote, term

pytestmark = pytest.mark.django_db


def page(client, path="/services/", **parameters) -> str:
    return client.get(path, parameters).content.decode()


@pytest.mark.parametrize(
    "typed", ["naloxne", "nalxoone", "nalloxone", "naloxonw", "NALOXNE", "anloxone"]
)
def test_a_misspelt_word_is_put_right_and_said_so(client, typed):
    service = published()[0]
    assert found(client, q=typed) == ids(service)
    text = page(client, q=typed)
    assert "Showing naloxone." in text
    assert re.search(rf'<a href="[^"]*q={typed}[^"]*exact=1">Search {typed} instead', text)


def test_a_correction_can_be_taken_back(client):
    published()
    assert found(client, q="naloxne", exact="1") == []
    assert "Searched exactly as typed" in page(client, q="naloxne", exact="1")


def test_a_correction_is_written_with_its_accents_and_in_french(client):
    published(listing(name="", name_fr="Désintoxication"))
    assert "désintoxication" in page(client, "/fr/services/", q="dezintoxication")


@pytest.mark.parametrize("word", ["kitchen", "banane", "thunder", "Kenora", "zzyzx", "naloxone"])
def test_a_real_word_is_never_corrected(word):
    published()
    assert understand(word, place_known=True).corrections == ()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("narcan", "naloxone"),
        ("detox", "withdrawal-management"),
        ("safe supply", "safer-supply"),
        ("rehab", "residential-treatment"),
        ("AA", "mutual-aid"),
        ("needles", "needle-distribution"),
        ("somewhere to sleep", "shelter"),
        ("someone to talk to", "support-line"),
        ("my son is using", "family-groups"),
        ("seringues", "needle-distribution"),
        ("un toit pour la nuit", "shelter"),
        ("parler à quelqu’un", "support-line"),
    ],
)
def test_everyday_words_lead_to_what_they_mean_in_either_language(client, words, code):
    nameless = {"name": "Programme 12", "name_fr": "", "description": "", "description_fr": ""}
    wanted, _other = published(
        listing(**nameless, attributes=[term("category", code)]),
        listing(**nameless, attributes=[term("category", "clothing")]),
    )
    assert found(client, q=words) == ids(wanted)
    assert found(client, q=words, near="Thunder Bay") == ids(wanted)


def test_a_new_synonym_works_without_indexing_anything_again(client):
    from django.core.cache import caches

    service = published()[0]
    assert found(client, q="snuffleupagus", exact="1") == []
    naloxone = TaxonomyTerm.objects.get(code="naloxone")
    Synonym.objects.create(term=naloxone, language="fr", text="snuffleupagus")
    caches["memory"].clear()  # as a minute later
    assert found(client, q="snuffleupagus") == ids(service)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("naloxone kenora", "naloxone"),
        ("where can i get naloxone in Kenora please", "naloxone"),
        ("naloxone in kenora ontario", "naloxone"),
        ("trousse de naloxone à Kenora", "trousse"),
        ("naloxone P9N 1A1", "naloxone"),
    ],
)
def test_a_place_among_the_words_is_where_to_look(client, words, kept):
    here, _far = published(listing(service_at_locations=[place(KENORA)]), listing())
    assert found(client, q=words) == ids(here)
    text = page(client, q=words)
    assert "Looking near" in text
    assert "everywhere instead" in text


def test_a_place_typed_where_places_go_is_the_place(client):
    near, _far = published(listing(), listing(service_at_locations=[place(KENORA)]))
    assert found(client, q="naloxone", near="Thunder Bay") == ids(near)


def test_a_word_for_a_need_is_no_place():
    assert understand("hope").place is None
    assert understand("mission").place is None


def test_words_that_nothing_has_with_the_rest_are_left_out_and_said(client):
    service = published()[0]
    text = page(client, q="naloxone saxophone")
    assert found(client, q="naloxone saxophone") == ids(service)
    assert "Left out: saxophone" in text
    assert escape("Search naloxone saxophone instead") in text


def test_words_that_say_nothing_are_not_looked_for(client):
    service = published()[0]
    for words in ("i am looking for naloxone near me", "the naloxone", "j’ai besoin de naloxone"):
        assert found(client, q=words) == ids(service), words


@pytest.mark.parametrize("words", ["the", "i need", "!!", "où"])
def test_words_that_say_nothing_alone_list_everything(client, words):
    service = published()[0]
    assert found(client, q=words) == ids(service)


def test_a_word_reaches_what_comes_by_phone_too(client):
    line = published(remote(), listing())[0]
    assert beside(client, q="overdose prevention line", near="Thunder Bay") == ids(line)


def test_words_of_a_changed_listing_are_known_at_once(client):
    from directory.interchange.actions import write_listings

    document = listing()
    published(document)
    write_listings([document | {"name": "Xylophone lessons"}])
    assert "Showing xylophone." in page(client, q="xylophnoe")


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "🙂🙂",
        "שלום עולם",
        "a" * 200,
        "'; DROP TABLE x; --",
        "\\",
        "&|!:*",
    ],
)
def test_whatever_is_typed_is_only_words(client, words):
    published()
    for near in ("", "Thunder Bay"):
        text = page(client, q=words, near=near)
        assert "<script>alert" not in text
