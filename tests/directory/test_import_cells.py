"""Cells of a source: mended where that is certain, refused where not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.interchange.importing import addresses, cleaning, names
from directory.interchange.importing.cleaning import BadValue
from directory.interchange.importing.drafts import LeftOut, Refused, draft
from directory.interchange.importing.profiles import load_profile
from directory.interchange.importing.report import harmless
from directory.interchange.importing.rows import Row

ACRONYMS = frozenset(["HIV", "AIDS", "YMCA", "EarlyON"])


# Text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  Harbour   House ", "Harbour House"),
        ("Harbour\r\nHouse", "Harbour House"),
        ("Town Of Innisfil\xa0 - Mobile", "Town Of Innisfil - Mobile"),
        ("1245 Danforth Avenue,", "1245 Danforth Avenue"),
        ("Niagara Inc.Welland", "Niagara Inc. Welland"),
        ("St.Catharines", "St. Catharines"),
        ("Centre de sante\u0301", "Centre de santé"),
        ("nye>s", "nye>s"),
    ],
)
def test_spaces_are_put_right_without_a_word(raw, text):
    assert cleaning.tidy(raw) == cleaning.Tidied(text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Centre de santÃ©", "Centre de santé"),
        ("Lâ€™Ã‰quipe", "L’Équipe"),
        ("Brock &amp; Sons", "Brock & Sons"),
        ("Harbour\x00 House", "Harbour House"),
        ("Harbour\u202e House", "Harbour House"),
        ("Harb\u200bour House", "Harbour House"),
    ],
)
def test_what_was_garbled_is_mended_and_said(raw, text):
    tidied = cleaning.tidy(raw)
    assert tidied.text == text
    assert tidied.mended


@given(st.text(max_size=60))
def test_tidied_text_is_fit_to_be_shown_and_stays_so(raw):
    text = cleaning.tidy(raw).text
    assert "\x00" not in text
    assert text == text.strip()
    assert "  " not in text
    assert "\n" not in text


# Postal codes


@pytest.mark.parametrize("raw", ["P7B5E1", "p7b 5e1", "P7B-5E1", " P7B 5E1 ", "P 7 B 5 E 1"])
def test_a_postal_code_in_any_spelling_is_written_one_way(raw):
    assert cleaning.postal_code(raw) == cleaning.Tidied("P7B 5E1")


@pytest.mark.parametrize(
    ("raw", "code"), [("L9LIL9", "L9L 1L9"), ("POT2J0", "P0T 2J0"), ("K1AOB1", "K1A 0B1")]
)
def test_a_letter_that_can_only_be_a_digit_is_read_as_it(raw, code):
    found = cleaning.postal_code(raw)
    assert found.text == code
    assert raw in found.mended[0]


@pytest.mark.parametrize("raw", ["P7B", "90210", "P7B 5EE", "D7B 5E1", "P7B 5E11", "é", "L9LLL9"])
def test_what_cannot_be_a_postal_code_is_refused(raw):
    with pytest.raises(BadValue):
        cleaning.postal_code(raw)


# Numbers, addresses of pages and mail, positions


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("8075550142", ("807-555-0142", None)),
        ("(807) 555-0142", ("807-555-0142", None)),
        ("+1 807.555.0142 ext. 12", ("807-555-0142", 12)),
        ("1-807-555-0142 poste 4", ("807-555-0142", 4)),
        ("988", ("988", None)),
    ],
)
def test_phone_numbers_are_written_one_way(raw, number):
    assert cleaning.phone(raw) == number


@pytest.mark.parametrize("raw", ["555-0142", "call us", "0075550142", "807-555-0142 or 0143", "1"])
def test_what_is_no_phone_number_is_refused(raw):
    with pytest.raises(BadValue):
        cleaning.phone(raw)


def test_a_website_gets_its_scheme_and_a_script_is_none():
    assert cleaning.website("www.example.org/kits") == "https://www.example.org/kits"
    for raw in ["javascript:alert(1)", "ftp://example.org", "not a page"]:
        with pytest.raises(BadValue):
            cleaning.website(raw)


def test_mail_addresses_are_checked():
    assert cleaning.email("mailto:hello@example.org") == "hello@example.org"
    with pytest.raises(BadValue):
        cleaning.email("hello at example.org")


def test_degrees_are_numbers():
    assert cleaning.degrees(" -89.25 ") == -89.25
    assert cleaning.degrees("48,38") == 48.38
    assert cleaning.degrees("") is None
    for raw in ["north", "1e3", "nan", "1.2.3", "12345", "48°23'"]:
        with pytest.raises(BadValue):
            cleaning.degrees(raw)


def test_no_position_and_null_island_are_no_position():
    assert cleaning.point(None, None) is None
    assert cleaning.point(0.0, 0.0) is None


@pytest.mark.parametrize("point", [(900.0, -89.0), (48.4, 0.0), (-89.2, 48.4), (48.4, None)])
def test_a_position_outside_the_source_is_refused(point):
    with pytest.raises(BadValue):
        cleaning.point(*point)


# Names


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (
            "Dave Smith Youth Centre / Centre De Traitement Pour Jeunes Dave Smith",
            ("Dave Smith Youth Centre", "Centre De Traitement Pour Jeunes Dave Smith"),
        ),
        (
            "Centre De Counselling Familial De Timmins Inc./Timmins Family Counselling Centre",
            ("Timmins Family Counselling Centre", "Centre De Counselling Familial De Timmins Inc."),
        ),
        (
            "Health Sciences North/ Horizon Santé-Nord",
            ("Health Sciences North", "Horizon Santé-Nord"),
        ),
    ],
)
def test_a_name_in_both_languages_is_taken_apart(name, parts):
    assert names.split_languages(name) == parts


@pytest.mark.parametrize(
    "name",
    [
        "HIV/AIDS Regional Services",
        "Jane/Finch Centre",
        "Muskoka / Parry Sound Sexual Assault Services",
        "Patient/Client And Family Council",
        "Action Positive Vih/Sida",
        "Hunt Club/Riverside Site",
        "Centre De Santé / Centre De Jour",
        "A/B/C De Santé",
    ],
)
def test_other_slashes_stay(name):
    assert names.split_languages(name) == (name, "")


@pytest.mark.parametrize(
    ("name", "cased"),
    [
        ("Mental Health Association (Mha) Algoma", "Mental Health Association (MHA) Algoma"),
        ("Associated Youth Services Of Peel (Aysp)", "Associated Youth Services of Peel (AYSP)"),
        ("Services And Housing In The Park (Ship)", "Services and Housing in the Park (SHIP)"),
        ("Charity House (Windsor)", "Charity House (Windsor)"),
        ("Lake Of The Woods District Hospital", "Lake of the Woods District Hospital"),
        ("Centre De Santé Communautaire De L'Estrie", "Centre de Santé Communautaire de l'Estrie"),
        ("Centre Le Cap", "Centre Le Cap"),
        ("Society Of St. Vincent De Paul", "Society of St. Vincent de Paul"),
        ("Sistering - A Woman's Place", "Sistering - A Woman's Place"),
        ("West Elgin Health Centre The Hub", "West Elgin Health Centre The Hub"),
        ("Ymca Of Greater Toronto", "YMCA of Greater Toronto"),
        ("Earlyon Child And Family Centre", "EarlyON Child and Family Centre"),
        ("Loft Community Services, Mcewan House", "Loft Community Services, McEwan House"),
        ("HARBOUR LANE HEALTH CENTRE OF KENORA", "Harbour Lane Health Centre of Kenora"),
        ("CAMH", "CAMH"),
        ("De dwa da dehs nye>s Health Centre", "De dwa da dehs nye>s Health Centre"),
    ],
)
def test_capitals_stand_where_they_belong(name, cased):
    assert names.cased(name, ACRONYMS) == cased
    assert names.cased(cased, ACRONYMS) == cased


def test_an_inverted_article_goes_first():
    assert names.straightened("Ottawa Hospital, The") == "The Ottawa Hospital"
    assert names.straightened("Lanark, Leeds And Grenville") == "Lanark, Leeds And Grenville"


def test_numbers_of_companies_and_stores_are_no_names():
    assert names.is_numbered_company("2324317 Ontario Ltd.")
    assert not names.is_numbered_company("360 Degree Clinic")
    assert names.without_store_number("Rexall #1008") == "Rexall"
    assert names.without_store_number("Drugstore Pharmacy 4277") == "Drugstore Pharmacy"
    assert names.without_store_number("Pharmacy 1") == "Pharmacy 1"
    remark = "Erie Shores Healthcare (Hospital Effective Nov.7/23)"
    assert names.without_remarks(remark) == "Erie Shores Healthcare"


def test_spellings_that_people_would_take_for_one_name_have_one_key():
    spellings = [
        "The Windsor-Essex Community Health Centre, Inc.",
        "Windsor Essex Community Health Centre",
        "WINDSOR ESSEX COMMUNITY HEALTH CENTRE (WECHC)",
    ]
    assert len(set(map(names.key, spellings))) == 1
    assert names.key("Centre de santé") == names.key("Centre De Sante")
    assert names.key("!!") != names.key("??")


def test_the_common_start_of_names_is_the_organization():
    centres = "Kingston Community Health Centres"
    sites = [f"{centres} Weller Site", f"{centres} Barrack Site"]
    assert names.common_start(sites) == centres
    assert names.rest_of(sites[0], centres) == "Weller Site"
    bracketed = ["Essex County Clinic (Essex)", "Essex County Clinic (Windsor)"]
    assert names.common_start(bracketed) == "Essex County Clinic"
    assert names.rest_of(bracketed[1], "Essex County Clinic") == "Windsor"
    assert names.common_start(["Centre A", "Centre B"]) == ""
    assert names.common_start(["Bureau de Santé du Nord", "Bureau de Santé du Sud"]) == (
        "Bureau de Santé"
    )


# Streets


@pytest.mark.parametrize(
    ("lines", "street", "unit"),
    [
        (("80 Bradford Street", "Suite: 143"), "80 Bradford Street", "Suite 143"),
        (("46 Front Street", "Suite: Unit C2"), "46 Front Street", "Unit C2"),
        (("12 Sunray Street", "Suite: Suites 1-4"), "12 Sunray Street", "Suites 1-4"),
        (("23 Bath Road", "Suite: D4; Frontenac Mall"), "23 Bath Road", "Suite D4, Frontenac Mall"),
        (("429 Exmouth Street Suite 100", ""), "429 Exmouth Street", "Suite 100"),
        (("700 Lawrence Avenue, Ste 440B", "Mall"), "700 Lawrence Avenue", "Suite 440B, Mall"),
        (("64 Cameron Street East, P.O. Box 69", ""), "64 Cameron Street East", "PO Box 69"),
        (("19 Hospital Drive Po Box 664", ""), "19 Hospital Drive", "PO Box 664"),
        (("41 Main Street", "Post Office Bag #99"), "41 Main Street", "PO Bag 99"),
        (("19 Road", "Unit 3 / Po Box 94"), "19 Road", "Unit 3, PO Box 94"),
        (("Po Box 8", "Highway 651"), "Highway 651", "PO Box 8"),
        (("General Delivery, Bear Island", ""), "Bear Island", "General Delivery"),
        (("57 Mason Drive", "R.R. #1"), "57 Mason Drive", "RR 1"),
        (("#10-460 Christina Street North", ""), "10-460 Christina Street North", ""),
        (("6-150 Pinebush Road", ""), "6-150 Pinebush Road", ""),
        (("234-236 Carlton Street", ""), "234-236 Carlton Street", ""),
        (("158/25 Mclaughlin Road", ""), "158/25 McLaughlin Road", ""),
        (("2398 Yonge Street", "Station, The"), "2398 Yonge Street", "The Station"),
        (("2777 Lane", "#611"), "2777 Lane", "#611"),
        (("Suite 5", "14 Harbour Lane"), "14 Harbour Lane", "Suite 5"),
    ],
)  # fmt: skip
def test_an_address_is_put_in_order(lines, street, unit):
    assert addresses.street(*lines) == addresses.Street(street, unit)


def test_in_care_of_is_not_a_place():
    found = addresses.street("270 Windsor Street", "C/O Boys & Girls Club")
    assert found == addresses.Street("270 Windsor Street", "", "Boys & Girls Club")


@pytest.mark.parametrize(
    "lines", [("Po Box 349", ""), ("P.O. Box 12", "RR 2"), ("General Delivery", ""), ("", "")]
)
def test_a_box_alone_is_nowhere_to_go(lines):
    with pytest.raises(BadValue):
        addresses.street(*lines)


def test_spellings_of_one_street_have_one_key():
    assert addresses.street_key("10 King Street West") == addresses.street_key("10 King St. W")
    assert addresses.street_key("10 King Street West") != addresses.street_key(
        "12 King Street West"
    )


# Cells that leave


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "\t=1", "-cmd"])
def test_no_cell_of_a_report_is_a_formula(cell):
    assert harmless(cell)[0] not in "=+-@\t"


@pytest.mark.parametrize("cell", ["", "-89.25", "48.4", "Harbour House", "nye>s"])
def test_plain_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell


def test_a_report_cell_holds_nothing_that_moves_a_terminal():
    assert harmless("\x1b[31mred") == "�[31mred"


# Whole rows

ONTARIO = load_profile("ontario")
COLUMNS = list(ONTARIO.columns.values())
cells = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "/", "(Cmha)", "1", "P7B5E1", "Po Box 1", "-89.2", "48.4", "'", "\ud800"]),
)


@settings(max_examples=300)
@given(
    kind=st.sampled_from([kind for kind in ONTARIO.kinds.values() if kind.code]),
    values=st.fixed_dictionaries(dict.fromkeys(COLUMNS, cells)),
    known=st.booleans(),
)
def test_no_row_whatever_is_in_it_breaks_an_import(kind, values, known):
    values["SERVICE_TYPE"] = kind.value
    if known and kind.details:
        values["SERVICE_TYPE_DETAIL"] = kind.details[0].values[0]
    try:
        found = draft(Row(2, values), ONTARIO, frozenset(["pharmacy"]))
    except (Refused, LeftOut):
        return
    assert found.name or found.name_fr
    assert found.street.street
    assert found.town
