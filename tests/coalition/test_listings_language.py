"""Words that hurt are pointed out with better ones; names people gave themselves are not."""

import csv

import pytest

from coalition.listings.language import DATA, WHY, find, terms


def found(text, language="en", **options):
    return [hint.found for hint in find(text, language, **options)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("For addicts and their families", ["addicts"]),
        ("SUBSTANCE ABUSE counselling", ["SUBSTANCE ABUSE"]),
        ("Addiction medicine", []),
        ("An unaddicted word, addictive", []),
        ("A recovering addict, once an addict", ["recovering addict", "addict"]),
        ("It works on vice-versa terms and clean sheets", []),
        ("addict, addict and addicts", ["addict"]),
    ],
)
def test_whole_words_in_any_case_once_each(text, words):
    assert found(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Aide aux toxicomanes", ["toxicomanes"]),
        ("L’alcoolique et l'abus d’alcool", ["alcoolique", "abus d’alcool"]),
        ("Personnes qui consomment des drogues", []),
        ("Les Alcooliques Anonymes se réunissent", []),
        ("Ex-toxicomane", ["Ex-toxicomane"]),
    ],
)
def test_in_french_too(text, words):
    assert found(text, "fr") == words


@pytest.mark.parametrize(
    "name", ["Alcoholics Anonymous", "alcoholics anonymous", "Narcotics Anonymous"]
)
def test_proper_names_are_exempt(name):
    assert found(f"{name} meets on Mondays") == []


def test_an_organizations_own_name_is_exempt():
    name = "Drug Users’ Union"
    assert found(f"The {name} meets") == ["Drug Users"]
    assert found(f"The {name} meets. For drug users.", exempt=[name, ""]) == ["drug users"]


def test_a_hint_says_what_is_better_and_why():
    (hint,) = find("alcoholics", "en")
    assert hint.better == ["person with alcohol use disorder"]
    assert str(hint.why)
    assert hint.source


def test_every_row_of_the_list_is_whole():
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 60
    for row in rows:
        assert row["language"] in ("en", "fr")
        assert all(row[key] for key in ("avoid", "prefer", "source"))
        assert row["why"] in WHY
        assert row["severity"] in ("high", "medium", "low", "context")
    for language in ("en", "fr"):
        for words, term in terms(language).items():
            assert term in [terms(language)[word] for word in (words,)]
            assert find(words, language), words


def test_strange_text_does_no_harm():
    for text in ("", "\0", "\u202e", "İstanbul addict", "a" * 100_000, "(((", "addict\nabuser"):
        find(text, "en")
    assert found("İ addict") == ["addict"]
