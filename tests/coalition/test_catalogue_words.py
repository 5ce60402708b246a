"""The catalogue's own words are kept at the desk, and search follows."""

import re
from functools import partial

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from coalition.accounts.models import RecordEntry
from coalition.catalogue import words
from coalition.catalogue.tasks import refresh_term
from directory.models import Synonym, Taxonomy, TaxonomyTerm
from directory.search import vocabulary
from directory.search.models import Word
from tests.at_once import at_once
from tests.factories import listing, published
from tests.people import coordinator, person

pytestmark = pytest.mark.django_db


def term(code="naloxone") -> TaxonomyTerm:
    return TaxonomyTerm.objects.get(taxonomy__code="category", code=code)


def labels(term: TaxonomyTerm, **changes) -> dict:
    return {name: getattr(term, name) for name in words.LABELS} | changes


def change(values: dict, *, by=None):
    return words.change_term(term(), values, by=by or coordinator(), seen=words.mark(term()))


def found(client, text: str) -> int:
    caches["memory"].clear()  # as it is a minute later
    return client.get("/services/", {"q": text, "exact": "1"}).content.decode().count("<article")


def test_a_synonym_leads_to_its_term(client):
    published(listing())
    assert found(client, "zizzer") == 0
    client.force_login(coordinator())
    address = reverse("coalition:synonym_add", args=[term().pk])

    client.post(address, {"language": "en", "text": " zizzer "})

    assert found(client, "zizzer") == 1
    assert RecordEntry.objects.get(action="words.synonym-add").note == "en: zizzer"
    assert Word.objects.filter(text="zizzer").exists()


def test_a_synonym_taken_away_leads_nowhere(client):
    published(listing())
    added = words.add_synonym(term(), "en", "zizzer", by=coordinator())
    client.force_login(coordinator())
    address = reverse("coalition:synonym_remove", args=[term().pk, added.pk])
    client.post(address)
    assert client.post(address).status_code == 302
    assert found(client, "zizzer") == 0
    assert RecordEntry.objects.filter(action="words.synonym-remove").count() == 1


@pytest.mark.parametrize("text", ["Méthadone", "methadone", "  ", "x" * 101])
def test_a_word_that_is_there_already_or_is_none_is_refused_by_the_field(client, text):
    Synonym.objects.get_or_create(term=term(), language="en", text="méthadone")
    client.force_login(coordinator())
    before = Synonym.objects.count()
    response = client.post(
        reverse("coalition:synonym_add", args=[term().pk]), {"language": "en", "text": text}
    )
    assert response.status_code == 422
    assert 'id="id_text_error"' in response.content.decode()
    assert Synonym.objects.count() == before


def test_a_synonym_of_another_term_is_not_reached(client):
    other = words.add_synonym(term("shelter"), "en", "zizzer", by=coordinator())
    client.force_login(coordinator())
    client.post(reverse("coalition:synonym_remove", args=[term().pk, other.pk]))
    assert Synonym.objects.filter(pk=other.pk).exists()


def test_another_name_reaches_what_search_shows_and_finds(client):
    published(listing())
    changed = change(labels(term(), name="Zizzer kits"))
    job = ProcrastinateJob.objects.get(task_name="refresh_term")
    assert job.args == {"term_id": str(changed.pk)}

    refresh_term(**job.args)

    page = client.get("/services/?q=zizzer").content.decode()
    assert "Zizzer kits" in page.partition("<article")[2]


def test_a_name_above_reaches_the_listings_of_the_terms_below():
    published(listing())
    assert words.refresh_listings(term("harm-reduction").pk) == 1
    assert words.refresh_listings(term("shelter").pk) == 0


def test_another_description_makes_nothing_anew():
    change(labels(term(), description="A kit."))
    assert not ProcrastinateJob.objects.filter(task_name="refresh_term").exists()
    assert "A kit." in RecordEntry.objects.get(action="words.change").note


def test_a_change_of_nothing_is_not_recorded():
    change(labels(term()))
    assert not RecordEntry.objects.exists()


def test_the_code_of_a_term_never_changes(client):
    client.force_login(coordinator())
    data = labels(term(), name="Kits", code="kits", sensitive="on", seen=words.mark(term()))
    client.post(reverse("coalition:term", args=[term().pk]), data)
    changed = term()
    assert (changed.name, changed.code, changed.sensitive) == ("Kits", "naloxone", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 43), ("description_fr", "x" * 141), ("name", "Shelter")],
)
def test_what_no_term_may_be_called_is_said_by_the_field(client, field, value):
    TaxonomyTerm.objects.filter(pk=term("shelter").pk).update(name="Shelter")
    client.force_login(coordinator())
    response = client.post(
        reverse("coalition:term", args=[term().pk]),
        labels(term(), **{field: value}, seen=words.mark(term())),
    )
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()


def new(client, **changes):
    data = {
        "code": "drug-checking-mail",
        "parent": str(term("harm-reduction").pk),
        "name": "Checking by mail",
        "name_fr": "Analyse par la poste",
        "description": "Send a sample.",
        "description_fr": "Envoyez un échantillon.",
    }
    client.force_login(coordinator())
    return client.post(reverse("coalition:term_new", args=["category"]), data | changes)


def test_a_term_is_added_below_another_and_search_offers_it(client):
    assert new(client).status_code == 302
    added = term("drug-checking-mail")
    assert added.parent == term("harm-reduction")
    caches["memory"].clear()
    assert vocabulary.codes("category")["drug-checking-mail"] == "Checking by mail"
    assert client.get("/services/?category=drug-checking-mail").status_code == 200
    assert RecordEntry.objects.filter(action="words.add").exists()


@pytest.mark.parametrize("code", ["naloxone", "No Spaces", "", "-x"])
def test_a_code_is_new_and_plain(client, code):
    response = new(client, code=code)
    assert response.status_code == 422
    assert "Checking by mail" in response.content.decode()


def test_a_term_does_not_stand_below_a_second_level_or_in_another_taxonomy(client):
    assert new(client, parent=str(term().pk)).status_code == 422
    youth = TaxonomyTerm.objects.get(taxonomy__code="serves", code="youth")
    assert new(client, parent=str(youth.pk)).status_code == 422
    with pytest.raises(ValidationError):
        words.add_term(
            Taxonomy.objects.get(code="category"), youth, "x", labels(term()), by=coordinator()
        )


def test_the_list_takes_a_fixed_number_of_queries(client, django_assert_num_queries):
    client.force_login(coordinator())
    client.get(reverse("coalition:words"))
    with django_assert_num_queries(5):
        page = client.get(reverse("coalition:words")).content.decode()
    assert "narcan" in page.lower()
    words.add_synonym(term(), "fr", "zizzeur", by=coordinator())
    with django_assert_num_queries(5):
        client.get(reverse("coalition:words"))


def test_the_pages_are_for_coordinators(client):
    client.force_login(person())
    pk = term().pk
    for name, args in (
        ("words", []),
        ("term", [pk]),
        ("term_new", ["category"]),
        ("synonym_add", [pk]),
        ("synonym_remove", [pk, 1]),
    ):
        address = reverse(f"coalition:{name}", args=args)
        assert client.get(address).status_code == client.post(address).status_code == 404


def test_who_wrote_after_somebody_else_is_told_and_can_keep_theirs(client):
    client.force_login(coordinator())
    address = reverse("coalition:term", args=[term().pk])
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).content.decode())[1]
    change(labels(term(), name="Kits of another"))
    mine = labels(term(), name="My kits", seen=seen)
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Kits of another" in page
    assert 'value="My kits"' in page
    assert term().name == "Kits of another"
    now = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert client.post(address, mine | {"seen": now}).status_code == 302
    assert term().name == "My kits"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_word_a_term_at_once_one_counts_and_the_other_is_told():
    seen, people = words.mark(term()), [coordinator(name="Ann"), coordinator(name="Bo")]

    def word(by):
        return words.change_term(
            term(), labels(term(), name=f"Kits of {by.name}"), by=by, seen=seen
        )

    results = at_once(*[partial(word, by) for by in people])

    assert sorted(type(one).__name__ for one in results) == ["ChangedSince", "TaxonomyTerm"]
    assert RecordEntry.objects.filter(action="words.change").count() == 1
