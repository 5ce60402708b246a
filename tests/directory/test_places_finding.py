"""What people type, and the place it names."""

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from directory.places.atlas import atlas, postal_areas, rural_codes
from directory.places.finding import LONGEST
from directory.places.gazetteer import Problem, Status, complete, find, point

TOWNS = {
    "thunder bay": "Thunder Bay, ON",
    "THUNDER BAY ON": "Thunder Bay, ON",
    "Thunder Bay, Ontario": "Thunder Bay, ON",
    "  Thunder   Bay ,ont. ": "Thunder Bay, ON",
    "thunderbay": "Thunder Bay, ON",
    "Thunder Bay, ON, Canada": "Thunder Bay, ON",
    "Thunder Bay ON Canada": "Thunder Bay, ON",
    "City of Thunder Bay": "Thunder Bay, ON",
    "12 Main St, Thunder Bay, ON": "Thunder Bay, ON",
    "montreal": "Montreal, QC",
    "Montréal": "Montreal, QC",
    "MONTRE\u0301AL (QUE\u0301BEC)": "Montreal, QC",
    "ville de montréal": "Montreal, QC",
    "quebec": "Quebec City, QC",
    "Québec (Québec)": "Quebec City, QC",
    "Quebec City": "Quebec City, QC",
    "trois rivieres": "Trois-Rivières, QC",
    "Trois-Rivières, PQ": "Trois-Rivières, QC",
    "Ste-Marie": "Sainte-Marie, QC",
    "l'assomption": "L'Assomption, QC",
    "L Assomption": "L'Assomption, QC",
    "St. John's": "St. John's, NL",
    "St Johns NL": "St. John's, NL",
    "St. John’s, Terre-Neuve-et-Labrador": "St. John's, NL",
    "saint john": "Saint John, NB",
    "Saint John N.-B.": "Saint John, NB",
    "grand-sault nb": "Grand Falls, NB",
    "sault ste marie": "Sault Ste. Marie, ON",
    "Sault Sainte Marie": "Sault Ste. Marie, ON",
    "Sault-Sainte-Marie (Ontario)": "Sault Ste. Marie, ON",
    "the soo": "Sault Ste. Marie, ON",
    "Iqaluit": "Iqaluit, NU",
    "frobisher bay": "Iqaluit, NU",
    "ft mcmurray": "Fort McMurray, AB",
    "Mt. Pearl": "Mount Pearl, NL",
    "Kashechewan": "Kashechewan, ON",
    "Pikangikum": "Pikangikum, ON",
    "attawapiskat": "Attawapiskat, ON",
    "Fort Albany": "Fort Albany, ON",
    "Moosonee": "Moosonee, ON",
    "Moose Factory": "Moose Factory, ON",
    "Sandy Lake, ON": "Sandy Lake, ON",
    "Sandy Lake 88, ON": "Sandy Lake, ON",
    "Big Trout Lake": "Kitchenuhmaykoosib Inninuwug, ON",
    "Sioux Lookout": "Sioux Lookout, ON",
    "Nain": "Nain, NL",
    "Old Crow YT": "Old Crow, YT",
    "lutselke nwt": "Łutselk'e, NT",
    "Port aux Basques": "Channel-Port aux Basques, NL",
    "windsor ns": "Windsor, NS",
    "Windsor (Québec)": "Windsor, QC",
    "victoria bc": "Victoria, BC",
    "Victoria, B.C.": "Victoria, BC",
    "Moonbeam": "Moonbeam, ON",
}

POSTAL = {
    "P7B": "P7B",
    "p7b": "P7B",
    "p7b 5e1": "P7B",
    "P7B5E1": "P7B",
    "p7b-5e1": "P7B",
    " P7B  5E1 ": "P7B",
    "P7B 5E": "P7B",
    "Ｐ７Ｂ": "P7B",
    "M5V 3L9": "M5V",
    "POV": "P0V",
    "P0V 2L0": "P0V 2L0",
    "pov 2lo": "P0V 2L0",
    "xoa oho": "X0A 0H0",
    "L9LIL9": "L9L",
    "Thunder Bay, ON P7B 5E1": "P7B",
    "Pikangikum ON P0V2L0": "P0V 2L0",
    "Sandy Lake, ON P0V": "Sandy Lake, ON",
}


@pytest.mark.parametrize("typed", TOWNS)
def test_a_town_is_found_however_it_is_typed(typed):
    found = find(typed)
    assert (found.status, found.place and found.place.key) == (Status.ONE, TOWNS[typed])


@pytest.mark.parametrize("typed", POSTAL)
def test_a_postal_code_is_found_however_it_is_typed(typed):
    found = find(typed)
    assert (found.status, found.place and found.place.key) == (Status.ONE, POSTAL[typed])


@pytest.mark.parametrize(
    "typed",
    [
        "48.38,-89.25",
        "48.38, -89.25",
        "48.38;-89.25",
        "48.38 -89.25",
        "48.38,−89.25",
        "+48.3809,-89.2477",
        "48.38° N, 89.25° W",
        "48.38N 89.25O",
        "48,38; -89,25",
        "48,38 −89,25",
    ],
)
def test_a_position_is_found_however_it_is_typed(typed):
    place = find(typed).place
    assert (place.kind, place.key, place.near) == ("point", "48.38,-89.25", "Thunder Bay")
    assert (place.province, place.timezone) == ("ON", "America/Toronto")


def test_a_position_is_kept_to_two_decimals_only():
    place = find("43.653226,-79.383184").place
    assert (place.lat, place.lon, place.key) == (43.65, -79.38, "43.65,-79.38")


def test_a_full_postal_code_in_a_town_is_kept_to_its_first_half():
    place = find("M5V 3L9").place
    assert place.name == "M5V"
    assert "3L9" not in f"{place.key} {place.label} {place!r}"


def test_every_place_is_found_again_by_its_key():
    places = [*atlas().towns, *postal_areas().values()]
    assert [p.key for p in places if find(p.key).place != p] == []


def test_every_rural_code_is_found_again_by_its_key():
    codes = list(rural_codes())
    assert [code for code in codes if find(code).place.key != code] == []


def test_keys_are_unique():
    keys = [place.key for place in atlas().towns]
    assert len(keys) == len(set(keys))


def test_a_much_larger_namesake_wins_and_the_others_are_offered():
    found = find("Windsor")
    assert found.place.key == "Windsor, ON"
    assert {"Windsor, NS", "Windsor, QC"} <= {p.key for p in found.others}


@pytest.mark.parametrize("name", ["London", "Toronto", "Hamilton", "Kingston", "Sydney"])
def test_a_large_city_needs_no_province(name):
    assert find(name).status is Status.ONE


def test_namesakes_of_like_size_are_asked_about_largest_first():
    found = find("woodstock")
    assert (found.status, found.place, found.problem) == (Status.SEVERAL, None, Problem.AMBIGUOUS)
    assert [p.key for p in found.others[:2]] == ["Woodstock, ON", "Woodstock, NB"]


def test_namesakes_in_one_province_are_told_apart():
    found = find("Fairview, AB")
    assert found.status is Status.SEVERAL
    assert "Fairview (Calgary), AB" in {p.key for p in found.others}
    assert find("Fairview (Calgary), AB").place.near == "Calgary"


def test_one_town_in_two_provinces_is_no_question():
    assert find("Lloydminster").place.key == "Lloydminster, AB"
    assert find("Lloydminster SK").place.key == "Lloydminster, SK"


def test_a_district_is_found_beside_its_city():
    assert find("Scarborough, Toronto, ON").place.key == "Scarborough, ON"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Thunder By", "Thunder Bay, ON"),
        ("Tunder Bay", "Thunder Bay, ON"),
        ("Thudner Bay", "Thunder Bay, ON"),
        ("tunder bay on", "Thunder Bay, ON"),
        ("Thunder Bay, BC", "Thunder Bay, ON"),
        ("Vancuver", "Vancouver, BC"),
        ("otawa", "Ottawa, ON"),
        ("Winipeg", "Winnipeg, MB"),
        ("Montrael", "Montreal, QC"),
        ("Mississagua", "Mississauga, ON"),
        ("Bownmanville", "Bowmanville, ON"),
        ("Etobicke", "Etobicoke, ON"),
        ("Kitchner", "Kitchener, ON"),
        ("Southhampton ont", "Southampton, ON"),
        ("Chicoutmi", "Chicoutimi, QC"),
        ("Kashechwan", "Kashechewan, ON"),
    ],
)
def test_a_misspelt_town_is_suggested_first(typed, meant):
    found = find(typed)
    assert (found.status, found.problem) == (Status.UNKNOWN, Problem.UNKNOWN_TOWN)
    assert found.others[0].key == meant
    assert len(found.others) <= 5


def test_a_rural_area_says_it_is_rough_and_names_its_communities():
    found = find("P0V")
    assert found.place.rough_km > 100
    assert {"Pikangikum, ON", "Sandy Lake, ON"} <= {p.key for p in found.within}


def test_a_full_rural_code_is_as_near_as_its_community():
    assert find("X0A 0H0").place.rough_km <= 5
    assert find("X0A 0H0").place.near == "Iqaluit"


def test_a_town_and_a_rural_area_together_mean_the_town():
    assert find("Red Lake, ON P0V").place.key == "Red Lake, ON"


def test_an_unknown_postal_area_offers_those_beside_it():
    found = find("P7X 1A1")
    assert (found.status, found.problem) == (Status.UNKNOWN, Problem.UNKNOWN_POSTAL)
    assert found.others
    assert all(p.key.startswith("P7") for p in found.others)


@pytest.mark.parametrize(
    ("typed", "status", "problem"),
    [
        ("", Status.BAD, Problem.EMPTY),
        ("   ", Status.BAD, Problem.EMPTY),
        ("\u202e\u200b", Status.BAD, Problem.EMPTY),
        ("x" * 5000, Status.BAD, Problem.TOO_LONG),
        ("Thunder\0Bay", Status.BAD, Problem.UNREADABLE),
        ("\ud800", Status.BAD, Problem.UNREADABLE),
        ("😀", Status.BAD, Problem.UNREADABLE),
        ("!!!", Status.BAD, Problem.UNREADABLE),
        ("900,10", Status.BAD, Problem.NOT_A_POSITION),
        ("10,900", Status.BAD, Problem.NOT_A_POSITION),
        ("nan,nan", Status.BAD, Problem.NOT_A_POSITION),
        ("inf,-inf", Status.BAD, Problem.NOT_A_POSITION),
        ("1e400,1", Status.BAD, Problem.NOT_A_POSITION),
        ("0,0", Status.BAD, Problem.OUTSIDE_CANADA),
        ("41.88,-87.63", Status.BAD, Problem.OUTSIDE_CANADA),
        ("48.86,2.35", Status.BAD, Problem.OUTSIDE_CANADA),
        ("Ontario", Status.UNKNOWN, Problem.WHOLE_PROVINCE),
        ("nouveau-brunswick", Status.UNKNOWN, Problem.WHOLE_PROVINCE),
        ("90210", Status.UNKNOWN, Problem.UNKNOWN_TOWN),
        ("'; DROP TABLE towns; --", Status.UNKNOWN, Problem.UNKNOWN_TOWN),
        ("<script>alert(1)</script>", Status.UNKNOWN, Problem.UNKNOWN_TOWN),
        ("שלום", Status.UNKNOWN, Problem.UNKNOWN_TOWN),
        ("D1A 1A1", Status.UNKNOWN, Problem.UNKNOWN_POSTAL),
        ("H0H 0H0", Status.UNKNOWN, Problem.UNKNOWN_POSTAL),
    ],
)
def test_absurd_input_gets_a_reason(typed, status, problem):
    found = find(typed)
    assert (found.status, found.place, found.problem) == (status, None, problem)
    assert str(problem.label)


PIECES = [
    "P7B",
    "5E1",
    "Thunder Bay",
    "ON",
    "Canada",
    ",",
    "(",
    ")",
    "48.38",
    "-89",
    "e9",
    "nan",
    "'",
]


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=LONGEST + 5),
        st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map(" ".join),
        st.from_regex(r"\A[+-]?\d{1,4}(\.\d{0,9})?(e-?\d{1,4})?[,; ][+-]?\d{1,4}(\.\d{0,9})?\Z"),
        st.from_regex(r"\A[A-Za-z][0-9OIL][A-Za-z]? ?[0-9OIL]?[A-Za-z]?[0-9OIL]?\Z"),
    )
)
@example("\n,\n")
@example("canada")
@example("on on on on")
def test_nothing_typed_ever_raises(text):
    found = find(text)
    assert (found.status is Status.ONE) == (found.place is not None)
    assert (found.status is Status.ONE) == (found.problem is None)
    if found.place:
        assert found.place.label
        assert find(found.place.key).place == found.place
    assert isinstance(complete(text, 5), list)


def test_labels_read_as_each_language_writes_them():
    town, quebec, area = find("thunder bay").place, find("quebec").place, find("P7B").place
    assert town.label == "Thunder Bay, Ontario"
    assert quebec.label == "Quebec City, Quebec"
    assert area.label == "P7B, Thunder Bay, Ontario"
    assert point(48.38, -89.25).label == "near Thunder Bay, Ontario"
    with translation.override("fr"):
        assert town.label == "Thunder Bay (Ontario)"
        assert quebec.label == "Québec (Québec)"
        assert area.label == "P7B, Thunder Bay (Ontario)"
        assert find("Fairview (Calgary), AB").place.label == "Fairview, Calgary (Alberta)"
        assert "Thunder Bay (Ontario)" in point(48.38, -89.25).label


def test_suggestions_while_typing_come_by_size():
    assert complete("thun", 1)[0].key == "Thunder Bay, ON"
    assert [p.key for p in complete("st jo", 2)] == ["St. John's, NL", "Saint John, NB"]
    assert complete("mont", 1)[0].key == "Montreal, QC"
    assert "Stratford, ON" in {p.key for p in complete("strat", 3)}
    assert "Saint John, NB" in {p.key for p in complete("saint-j", 5)}


def test_suggestions_while_typing_know_provinces_and_postal_areas():
    assert complete("windsor, n", 1)[0].key == "Windsor, NS"
    assert complete("windsor, québec", 1)[0].key == "Windsor, QC"
    assert [p.key for p in complete("p7", 2)] == ["P7A", "P7B"]


@pytest.mark.parametrize("prefix", ["", "   ", "\0", "😀", ",", "x" * 500, "(("])
def test_suggestions_for_nothing_are_none(prefix):
    assert complete(prefix, 5) == []
