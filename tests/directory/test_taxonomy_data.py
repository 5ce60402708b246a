"""The project's own words: terms, synonyms, units and crisis lines as they lie in the files.

No database here: these are the rules a coordinator's edit to the files must keep.
"""

import csv
import json
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "directory" / "taxonomy" / "data"
OPEN_ELIGIBILITY = ROOT.parent / "shared" / "data" / "open_eligibility_terms.csv"

TAXONOMIES = ("category", "serves", "access")
TERM_COLUMNS = [
    "taxonomy",
    "code",
    "parent",
    "name",
    "name_fr",
    "description",
    "description_fr",
    "sensitive",
    "icon",
    "open_eligibility",
]
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# Words that judge a person, for what the site itself says. People search with the words they
# have, so synonyms are exempt.
STIGMATISING = {
    "en": (
        r"addicts?",
        r"alcoholics?",
        r"junk(?:ie|y)s?",
        r"(?:drug|substance|alcohol) (?:ab)?users?",
        r"abus(?:e|er|ers|ing)",
        r"clean",
        r"dirty",
        r"drunks?",
        r"convicts?",
        r"criminals",
        r"offenders?",
        r"inmates?",
        r"prisoners?",
        r"homeless",
        r"prostitut\w*",
        r"suffer\w*",
        r"victims?",
        r"committed suicide",
        r"relapses?",
        r"marijuana",
    ),
    "fr": (
        r"toxicomanes?",
        r"drogu[ée]\w*",
        r"junkies?",
        r"alcooliques?",
        r"abus",
        r"ivrognes?",
        r"itin[ée]rante?s?",
        r"clochards?",
        r"sans-abris?",
        r"d[ée]tenu\w*",
        r"criminels?",
        r"d[ée]linquant\w*",
        r"prostitu\w*",
        r"victimes?",
        r"souffr\w*",
        r"rechutes?",
        r"marijuana",
    ),
}
ALLOWED = {"drogue", "drogues"}

# What the shipped imports map onto. A code removed from the file would orphan those listings.
RELIED_UPON = {
    "category": {
        "harm-reduction",
        "naloxone",
        "hiv-hep-c-testing",
        "hiv-hep-c-care",
        "treatment",
        "peer",
        "indigenous-led",
        "indigenous-health",
        "basic-needs",
        "mental-health",
        "community-health-centre",
        "public-health-unit",
        "nurse-led-clinic",
        "nursing-station",
        "pharmacy",
        "family-youth",
        "legal-rights",
    },
    "serves": {"youth", "indigenous-peoples", "co-occurring"},
    "access": {"no-id", "walk-in", "free"},
}


def _rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _folded(text):
    """The text as search compares it: no accents, no case, one kind of apostrophe."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _twice(values):
    return sorted(value for value, count in Counter(values).items() if count > 1)


TERMS = _rows("terms.csv")
SYNONYMS = _rows("synonyms.csv")
UNITS = _rows("units.csv")
LINES = json.loads((DATA / "crisis_lines.json").read_text(encoding="utf-8"))

TERM_KEYS = {(term["taxonomy"], term["code"]) for term in TERMS}
PARENTS = {(term["taxonomy"], term["parent"]) for term in TERMS if term["parent"]}


@pytest.mark.parametrize("name", ["terms.csv", "synonyms.csv", "units.csv", "crisis_lines.json"])
def test_files_are_plain_utf8_with_unix_lines_and_composed_accents(name):
    raw = (DATA / name).read_bytes()
    text = raw.decode("utf-8")
    assert b"\r" not in raw
    assert not text.startswith("\ufeff")
    assert text.endswith("\n")
    assert text == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("terms.csv", TERM_COLUMNS),
        ("synonyms.csv", ["taxonomy", "code", "language", "text"]),
        ("units.csv", ["identifier", "name", "name_fr"]),
    ],
)
def test_columns_are_the_ones_the_loader_reads(name, columns):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert table[0] == columns
    assert [row for row in table if len(row) != len(columns)] == []


@pytest.mark.parametrize("rows", [TERMS, SYNONYMS, UNITS], ids=["terms", "synonyms", "units"])
def test_no_cell_has_a_stray_space(rows):
    stray = [row for row in rows for cell in row.values() if cell != cell.strip() or "  " in cell]
    assert stray == []


def test_a_code_is_a_slug_and_stands_once_in_its_taxonomy():
    assert {term["taxonomy"] for term in TERMS} == set(TAXONOMIES)
    assert [term["code"] for term in TERMS if not SLUG.fullmatch(term["code"])] == []
    assert _twice((term["taxonomy"], term["code"]) for term in TERMS) == []


def test_a_parent_comes_before_its_children_and_has_no_parent_itself():
    seen = {}
    wrong = []
    for term in TERMS:
        parent = term["parent"]
        if parent and seen.get((term["taxonomy"], parent)) != "":
            wrong.append(term["code"])
        seen[term["taxonomy"], term["code"]] = parent
    assert wrong == []


def test_every_top_category_holds_terms_to_filter_by():
    tops = {(t["taxonomy"], t["code"]) for t in TERMS if t["taxonomy"] == "category"} - {
        (t["taxonomy"], t["code"]) for t in TERMS if t["parent"]
    }
    assert tops <= PARENTS


@pytest.mark.parametrize("column", ["name", "name_fr", "description", "description_fr"])
def test_a_term_speaks_both_languages(column):
    assert [term["code"] for term in TERMS if not term[column]] == []


@pytest.mark.parametrize("column", ["name", "name_fr"])
def test_a_name_fits_a_filter_label_and_names_one_term(column):
    assert [term[column] for term in TERMS if len(term[column]) > 42] == []
    assert [term[column] for term in TERMS if term[column].endswith(".")] == []
    assert _twice((term["taxonomy"], _folded(term[column])) for term in TERMS) == []


@pytest.mark.parametrize("column", ["description", "description_fr"])
def test_a_description_is_one_plain_sentence(column):
    not_one_sentence = [
        term["code"]
        for term in TERMS
        if not term[column].endswith(".") or re.search(r"[.!?] ", term[column])
    ]
    assert not_one_sentence == []
    assert [term["code"] for term in TERMS if len(term[column]) > 140] == []


def test_what_the_site_says_uses_typographic_apostrophes():
    straight = [
        term["code"]
        for term in TERMS
        for column in ("name", "name_fr", "description", "description_fr")
        if "'" in term[column]
    ]
    straight += [
        line["code"]
        for line in LINES
        for key in ("name", "name_fr", "what", "what_fr")
        if "'" in line[key]
    ]
    assert straight == []


def test_sensitive_is_yes_or_no():
    assert {term["sensitive"] for term in TERMS} == {"0", "1"}


@pytest.mark.parametrize(
    "code",
    [
        "supervised-consumption",
        "hiv-hep-c-testing",
        "hiv-hep-c-care",
        "withdrawal-management",
        "opioid-agonist-treatment",
        "sexual-violence-support",
        "violence-shelter",
    ],
)
def test_a_category_that_could_expose_a_person_is_sensitive(code):
    (term,) = (t for t in TERMS if (t["taxonomy"], t["code"]) == ("category", code))
    assert term["sensitive"] == "1"


def _stigmatising(text, language):
    pattern = r"\b(?:" + "|".join(STIGMATISING[language]) + r")\b"
    return [w for w in re.findall(pattern, text, re.IGNORECASE) if w.casefold() not in ALLOWED]


def test_no_name_or_description_judges_a_person():
    said = [
        (row["code"], text, language)
        for rows, keys in (
            (TERMS, (("name", "en"), ("name_fr", "fr"))),
            (TERMS, (("description", "en"), ("description_fr", "fr"))),
            (LINES, (("what", "en"), ("what_fr", "fr"))),
        )
        for row in rows
        for key, language in keys
        for text in [row[key]]
    ]
    found = [(code, words) for code, text, lang in said if (words := _stigmatising(text, lang))]
    assert found == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("For addicts", "en"), ("Clean needles", "en"), ("Pour les toxicomanes", "fr")],
)
def test_the_stigma_check_catches_what_it_should(text, language):
    assert _stigmatising(text, language)


@pytest.mark.parametrize("taxonomy", TAXONOMIES)
def test_codes_that_imports_rely_on_are_there(taxonomy):
    codes = {code for owner, code in TERM_KEYS if owner == taxonomy}
    assert RELIED_UPON[taxonomy] - codes == set()


def test_open_eligibility_terms_exist_where_named():
    if not OPEN_ELIGIBILITY.exists():
        pytest.skip("the Open Eligibility list is not beside this checkout")
    with OPEN_ELIGIBILITY.open(encoding="utf-8-sig", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    named = [term["open_eligibility"] for term in TERMS if term["open_eligibility"]]
    assert named
    assert [identifier for identifier in named if identifier not in known] == []


def test_a_synonym_belongs_to_a_term_and_a_language():
    assert [s for s in SYNONYMS if (s["taxonomy"], s["code"]) not in TERM_KEYS] == []
    assert {synonym["language"] for synonym in SYNONYMS} == {"en", "fr"}
    assert [s for s in SYNONYMS if not s["text"]] == []


def test_a_synonym_stands_once_for_its_term_and_language_whatever_its_accents():
    said = ((s["taxonomy"], s["code"], s["language"], _folded(s["text"])) for s in SYNONYMS)
    assert _twice(said) == []


def test_a_synonym_is_a_word_or_a_short_phrase_as_typed():
    assert [s["text"] for s in SYNONYMS if len(s["text"]) > 80] == []
    assert [s["text"] for s in SYNONYMS if re.search(r"[<>;|’\"]", s["text"])] == []


def test_synonyms_of_one_term_lie_together_in_the_order_of_the_terms():
    order = [(term["taxonomy"], term["code"]) for term in TERMS]
    blocks = list(dict.fromkeys((s["taxonomy"], s["code"], s["language"]) for s in SYNONYMS))
    expected = [
        (*key, language) for key in order for language in ("en", "fr") if (*key, language) in blocks
    ]
    assert blocks == expected
    rows = [(s["taxonomy"], s["code"], s["language"]) for s in SYNONYMS]
    assert rows == sorted(rows, key=expected.index)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_leaf_category_has_two_synonyms_in_each_language(language):
    counts = Counter(
        s["code"] for s in SYNONYMS if (s["taxonomy"], s["language"]) == ("category", language)
    )
    leaves = [
        code
        for taxonomy, code in TERM_KEYS
        if taxonomy == "category" and (taxonomy, code) not in PARENTS
    ]
    assert sorted(code for code in leaves if counts[code] < 2) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("narcan", "naloxone"),
        ("detox", "withdrawal-management"),
        ("safe injection site", "supervised-consumption"),
        ("OPS", "supervised-consumption"),
        ("rehab", "residential-treatment"),
        ("suboxone", "opioid-agonist-treatment"),
        ("sublocade", "opioid-agonist-treatment"),
        ("kadian", "opioid-agonist-treatment"),
        ("safe supply", "safer-supply"),
        ("rigs", "needle-distribution"),
        ("crack kit", "safer-use-supplies"),
        ("fentanyl strips", "drug-checking"),
        ("AA", "mutual-aid"),
        ("Nar-Anon", "family-groups"),
        ("my son is using", "family-groups"),
        ("somewhere to sleep", "shelter"),
        ("somewhere warm", "warming-cooling"),
        ("hungry", "food"),
        ("someone to talk to", "support-line"),
        ("suicidal", "crisis-line"),
        ("lost my ID", "id-clinic"),
        ("ride", "transport"),
        ("sweat lodge", "cultural-programs"),
        ("friendship center", "friendship-centre"),
        ("sevrage", "withdrawal-management"),
        ("désintox", "withdrawal-management"),
        ("cure", "residential-treatment"),
        ("méthadone", "opioid-agonist-treatment"),
        ("seringues", "needle-distribution"),
        ("site d'injection supervisée", "supervised-consumption"),
        ("refuge", "shelter"),
        ("banque alimentaire", "food"),
        ("parler à quelqu'un", "support-line"),
        ("ligne d'écoute", "support-line"),
    ],
)
def test_a_word_people_use_leads_to_the_help_they_mean(text, code):
    assert code in {s["code"] for s in SYNONYMS if _folded(s["text"]) == _folded(text)}


def test_units_are_unique_and_named_in_both_languages():
    assert [u["identifier"] for u in UNITS if not SLUG.fullmatch(u["identifier"])] == []
    assert _twice(unit["identifier"] for unit in UNITS) == []
    assert [u["identifier"] for u in UNITS if not (u["name"] and u["name_fr"])] == []


LINE_KEYS = {
    "code",
    "name",
    "name_fr",
    "what",
    "what_fr",
    "call",
    "tel",
    "text",
    "text_body",
    "text_body_fr",
    "hours",
    "hours_fr",
    "languages",
    "scope",
    "audience",
    "order",
    "last_confirmed",
    "sources",
    "published",
    "note",
}
PROVINCES = {"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"}


def test_emergency_comes_first_and_988_next():
    ordered = sorted(LINES, key=lambda line: line["order"])
    assert [line["code"] for line in ordered[:2]] == ["emergency", "988"]
    assert ordered == LINES
    assert _twice(line["order"] for line in LINES) == []
    assert _twice(line["code"] for line in LINES) == []


@pytest.mark.parametrize("line", LINES, ids=[line["code"] for line in LINES])
def test_a_crisis_line_says_for_whom_and_what_happens_in_both_languages(line):
    assert set(line) == LINE_KEYS
    assert all(line[key] for key in ("name", "name_fr", "what", "what_fr", "call", "tel"))
    for key in ("what", "what_fr"):
        assert line[key].endswith(".")
        assert not re.search(r"[.!?] ", line[key])
    assert bool(line["hours"]) == bool(line["hours_fr"])
    assert not line["text_body"] or line["text"]


@pytest.mark.parametrize("line", LINES, ids=[line["code"] for line in LINES])
def test_a_crisis_line_is_dialled_as_it_is_written(line):
    assert re.sub(r"\D", "", line["call"]) == line["tel"]
    assert re.fullmatch(r"\d{3}|1\d{10}", line["tel"])
    assert re.fullmatch(r"\d*", line["text"])


@pytest.mark.parametrize("line", LINES, ids=[line["code"] for line in LINES])
def test_a_crisis_line_names_where_it_serves_whom_and_where_it_was_read(line):
    serves = {code for taxonomy, code in TERM_KEYS if taxonomy == "serves"}
    assert line["scope"] == "national" or line["scope"] in PROVINCES
    assert line["audience"] == "everyone" or line["audience"] in serves
    assert line["sources"]
    assert all(source.startswith(("https://", "http://")) for source in line["sources"])
    if line["last_confirmed"] is not None:
        date.fromisoformat(line["last_confirmed"])


def test_a_line_nobody_could_confirm_is_kept_back_with_the_reason():
    (nors,) = (line for line in LINES if line["code"] == "nors")
    assert nors["published"] is False
    assert [line["code"] for line in LINES if not line["published"] and not line["note"]] == []
