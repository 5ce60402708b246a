"""What is a word, what people write around a need, and what to offer when nothing is found.

No database here: these are the rules that the files of `search` and `taxonomy` keep.
"""

import csv
import mmap
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from directory.places.gazetteer import fold
from directory.search import dictionary, extraction
from directory.search.dictionary import is_word

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "directory" / "search" / "data"
TAXONOMY = ROOT / "directory" / "taxonomy" / "data"


def _rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _typed(text):
    """As a question is read: in words, apart at apostrophes."""
    return " ".join(fold(word) for word in re.findall(r"[^\W_]+", text))


def _twice(values):
    return sorted(value for value, count in Counter(values).items() if count > 1)


def _words(name):
    for line in (DATA / name).read_text("ascii").splitlines():
        word = re.match("[a-z]+", line)[0]
        yield word
        for shared, rest in re.findall("([A-Z])([a-z]*)", line):
            word = word[: ord(shared) - ord("A")] + rest
            yield word


WORDS = {name: list(_words(name)) for name in dictionary.FILES}
BY_HAND = _rows(DATA / "words_by_hand.csv")
WEAK = _rows(DATA / "weak_words.csv")
RELATED = _rows(TAXONOMY / "related.csv")
CATEGORIES = [row for row in _rows(TAXONOMY / "terms.csv") if row["taxonomy"] == "category"]


# The words of both languages


@pytest.mark.parametrize("name", dictionary.FILES)
def test_words_are_sorted_unique_and_folded(name):
    words = WORDS[name]
    assert words == sorted(set(words))
    assert [word for word in words if not re.fullmatch("[a-z]{3,}", word)] == []
    assert [word for word in words if fold(word) != word] == []


@pytest.mark.parametrize("name", dictionary.FILES)
def test_words_are_written_as_the_command_writes_them(name):
    assert (DATA / name).read_text("ascii") == "".join(extraction.lines(WORDS[name]))


def test_the_files_are_small_enough_to_keep():
    assert sum((DATA / name).stat().st_size for name in dictionary.FILES) < 2_000_000


@pytest.mark.parametrize("name", dictionary.FILES)
def test_every_word_is_found_where_it_lies(name):
    words = WORDS[name]
    some = [words[0], words[-1], *words[::37]]
    assert [word for word in some if not is_word(word)] == []


def test_what_lies_between_two_words_is_none():
    known = {word for words in WORDS.values() for word in words}
    between = [word + "zq" for words in WORDS.values() for word in words[::211]]
    assert [word for word in ("aaaa", "zzzzz", *between) if is_word(word) != (word in known)] == []


ENGLISH = """
    needle needles alone hungry withdrawal sleeping kids custody somewhere landlord drinking drunk
    quit quitting counseling counselling counsellor counselor centre center neighbour neighbor
    labour labor licence license program programme programs favourite colour color judgement
    pregnant lonely homeless evicted shelter shelters women children mental health suicidal
    overdosed relapsed craving sober doctor dentist ride buses showers laundry lawyer refugee
    doesnt couldnt thats womens unhoused intersex tuesday january steve paul haiti
"""
FRENCH = """
    besoin manger dormir aiguilles seul sevrage enfants quelqu parler cherchons cherchez cherche
    cherchait chercherais trouve trouverons consomme consommer consommait boire bois buvait veux
    voudrais pourrais pouvez arreter arretez sommes etes suis avons coeur soeur oeufs garcon
    logement logements itinerante itinerance intervenante enceinte accoucher blessee autiste
    coloc clope ouais courriel texto pantoute choisit aujourdhui quelquun louise chine somalie
"""


@pytest.mark.parametrize("word", [*ENGLISH.split(), *FRENCH.split()])
def test_a_word_people_use_is_known_in_all_its_forms(word):
    assert is_word(word)


SLIPS = """
    naloxne nalxoone suboxoen methadoen counsling councelling sheltr shelte needls hungery
    withdrawl detoxx sevrge aiguiles logemnt desintxo methdone addction recovry housng
    prescripton mefais safre surrey victoria
"""


@pytest.mark.parametrize("slip", SLIPS.split())
def test_a_slip_is_no_word_and_a_town_stays_a_town(slip):
    assert not is_word(slip)


@pytest.mark.parametrize(
    "text",
    ["", "a", "de", "l'aide", "two words", "Needle", "évité", "24", "abc1", "needle\n", "ᓄᓇ"],
)
def test_what_is_not_three_plain_letters_or_more_is_no_word(text):
    assert is_word(text) is False


def test_a_word_of_any_length_may_be_asked_for():
    assert is_word("a" * 100_000) is False


def test_no_list_of_words_is_held_in_memory():
    is_word("needle")
    assert all(isinstance(words, mmap.mmap) for words in dictionary.lists())
    held = [v for v in vars(dictionary).values() if isinstance(v, (list, tuple, set, frozenset))]
    assert all(len(value) <= len(dictionary.FILES) for value in held)


def test_looking_a_word_up_takes_less_than_fifty_microseconds():
    some = [word for words in WORDS.values() for word in words[::401]]
    best = float("inf")
    for _attempt in range(3):
        start = time.process_time()
        for word in some:
            is_word(word)
        best = min(best, (time.process_time() - start) / len(some))
    assert best < 50e-6


# What people decide about words


def test_words_by_hand_are_well_formed():
    assert {row["language"] for row in BY_HAND} == {"en", "fr"}
    assert {row["known"] for row in BY_HAND} == {"0", "1"}
    assert _twice((row["language"], row["word"]) for row in BY_HAND) == []
    assert [row["word"] for row in BY_HAND if not extraction.WORD.fullmatch(row["word"])] == []


def test_what_was_decided_by_hand_is_in_the_files():
    words = {name: set(found) for name, found in WORDS.items()}
    wrong = [
        row
        for row in BY_HAND
        if (row["word"] in words[f"words_{row['language']}.txt"]) != (row["known"] == "1")
    ]
    assert wrong == []


# Making the files


@pytest.fixture
def source(tmp_path):
    """The packages as they unpack, with a handful of words."""
    scowl = tmp_path / extraction.SCOWL
    scowl.mkdir(parents=True)
    (scowl / "english-words.10").write_text("need\nneed's\nflambé\nit\n", "latin-1")
    (scowl / "american-words.35").write_text("center\n", "latin-1")
    (scowl / "english-words.70").write_text("unacademic\n", "latin-1")
    (scowl / "english-contractions.10").write_text("doesn't\n", "latin-1")
    (scowl / "english-upper.50").write_text("Haiti\nHaiti's\nToronto\n", "latin-1")
    hunspell = tmp_path / extraction.HUNSPELL
    hunspell.mkdir(parents=True)
    (hunspell / "fr.aff").write_text(
        "FLAG long\n\n"
        "SFX a0 Y 5\n"
        "SFX a0 er er/n'q' er po:infi\n"
        "SFX a0 er ons/n'q' [^cg]er po:ipre po:1pl\n"
        "SFX a0 ger geons/n'q' ger po:ipre po:1pl\n"
        "SFX a0 er a/n'q' er po:ipsi po:3sg\n"
        "SFX a0 er e/n'q' er po:ipre po:ipsi po:3sg\n"
        "SFX S. Y 2\n"
        "SFX S. 0 0 [^s] is:sg\n"
        "SFX S. 0 s [^s] is:pl\n"
        "PFX D' Y 1\n"
        "PFX D' 0 d' [aé]\n",
        "utf-8",
    )
    (hunspell / "fr.dic").write_text(
        "6\n"
        "manger/a0() po:v1_it____a\n"
        "œuf/S.() po:nom is:mas\n"
        "loin/-- po:adv\n"
        "Pérou/L'D' po:nom is:mas\n"
        "Claude/L'D' po:prn is:epi\n"
        "Renault/L'D' po:npr is:epi\n",
        "utf-8",
    )
    return tmp_path


def test_english_is_the_common_words_of_every_spelling_with_names(source):
    by_hand = {row["word"] for row in BY_HAND}
    assert extraction.extract(source)["en"] - by_hand == {
        "need", "flambe", "center", "doesnt", "haiti",
    }  # fmt: skip


def test_french_is_every_form_but_those_of_novels(source):
    by_hand = {row["word"] for row in BY_HAND}
    assert extraction.extract(source)["fr"] - by_hand == {
        "manger", "mangeons", "mange", "oeuf", "oeufs", "loin", "perou", "claude",
    }  # fmt: skip


def test_the_command_writes_nothing_unless_told_and_names_what_is_missing(source, tmp_path):
    before = [(DATA / name).stat().st_mtime_ns for name in dictionary.FILES]
    call_command("extract_words", str(source), verbosity=0)
    assert [(DATA / name).stat().st_mtime_ns for name in dictionary.FILES] == before
    with pytest.raises(CommandError, match="apt-get download scowl"):
        call_command("extract_words", str(tmp_path / "nowhere"))


# What people write around a need


def test_weak_words_have_a_language_a_kind_and_a_text_once():
    assert list(WEAK[0]) == ["language", "kind", "text"]
    pairs = {(row["language"], row["kind"]) for row in WEAK}
    assert pairs == {(lang, kind) for lang in ("en", "fr") for kind in ("filler", "near", "time")}
    assert _twice((row["language"], _typed(row["text"])) for row in WEAK) == []


def test_a_weak_phrase_is_as_typed_and_no_longer_than_search_looks():
    assert [row["text"] for row in WEAK if row["text"] != row["text"].strip().lower()] == []
    assert [row["text"] for row in WEAK if "’" in row["text"]] == []
    assert [row["text"] for row in WEAK if not 1 <= len(_typed(row["text"]).split()) <= 6] == []


def test_no_weak_phrase_is_a_synonym_or_the_name_of_a_term():
    said = {_typed(row["text"]) for row in _rows(TAXONOMY / "synonyms.csv")}
    for row in _rows(TAXONOMY / "terms.csv"):
        said |= {_typed(row["name"]), _typed(row["name_fr"])}
    assert [row["text"] for row in WEAK if _typed(row["text"]) in said] == []


@pytest.mark.parametrize(
    "text",
    ["help", "aide", "aider", "talk", "parler", "someone to talk to", "my son", "proche", "proches",
     "free", "stay", "urgence", "place", "service", "soutien"],
)  # fmt: skip
def test_what_carries_meaning_is_not_weak(text):
    assert _typed(text) not in {_typed(row["text"]) for row in WEAK}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("where can I get", "filler"),
        ("I’m", "filler"),
        ("im", "filler"),
        ("j'ai besoin de", "filler"),
        ("jai besoin de", "filler"),
        ("Où trouver", "filler"),
        ("ou trouver", "filler"),
        ("near me", "near"),
        ("près de chez moi", "near"),
        ("tonight", "time"),
        ("24/7", "time"),
        ("ouvert", "time"),
    ],
)
def test_what_people_write_around_a_need_is_known_however_typed(text, kind):
    assert kind in {row["kind"] for row in WEAK if _typed(row["text"]) == _typed(text)}


# What to offer next


def test_every_category_has_others_to_offer_in_the_order_of_the_terms():
    assert list(RELATED[0]) == ["code", "related"]
    codes = [row["code"] for row in CATEGORIES]
    counts = Counter(row["code"] for row in RELATED)
    assert list(dict.fromkeys(row["code"] for row in RELATED)) == codes
    assert [code for code in codes if not 2 <= counts[code] <= 5] == []


def test_what_is_offered_is_another_category_named_once():
    codes = {row["code"] for row in CATEGORIES}
    pairs = [(row["code"], row["related"]) for row in RELATED]
    assert [pair for pair in pairs if pair[1] not in codes or pair[0] == pair[1]] == []
    assert _twice(pairs) == []


def test_nothing_found_leads_neither_to_its_parent_nor_to_what_it_already_holds():
    parents = {row["code"]: row["parent"] for row in CATEGORIES}
    pairs = [(row["code"], row["related"]) for row in RELATED]
    assert [(a, b) for a, b in pairs if parents[a] == b or parents[b] == a] == []
