"""Bringing a source in: tried first, whole or not at all, and never over what a person set."""

import csv
import io
import random
import tracemalloc

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from directory.interchange.actions import withdraw, write_listings
from directory.interchange.importing import actions
from directory.interchange.importing.actions import ImportFailed, import_services
from directory.interchange.importing.plan import Outcome
from directory.interchange.importing.profiles import load_profile
from directory.interchange.importing.rows import UnreadableFile
from directory.interchange.publication import public_listings
from directory.interchange.read import read_listing
from directory.models import Organization, Service, SourceRecord, TaxonomyTerm
from directory.search.models import SearchRow
from tests.factories import WEEKDAYS

pytestmark = pytest.mark.django_db

ONTARIO = load_profile("ontario")
MENTAL_HEALTH = "Mental Health and Addiction Organization"
HIV = "HIV AIDS and Hep C Program"
FIELDS = list(ONTARIO.columns.values())


def row(identifier="1", **changes) -> dict[str, str]:
    """A mental health service of Harbour House in Thunder Bay, unless told otherwise."""
    return {
        **dict.fromkeys(FIELDS, ""),
        "MOH_SERVICE_PROVIDER_IDENT": identifier,
        "SERVICE_TYPE": MENTAL_HEALTH,
        "SERVICE_TYPE_DETAIL": "Mental Health Services",
        "ENGLISH_NAME": "Harbour House",
        "ADDRESS_LINE_1": "14 Harbour Lane",
        "COMMUNITY": "Thunder Bay",
        "POSTAL_CODE": "P7B5E1",
        "X": "-89.2461",
        "Y": "48.3822",
        **changes,
    }


class Source:
    """A CSV file that tests write and import, in the Ontario list's own columns."""

    def __init__(self, path):
        self.path = path
        self.results = []
        self.gone = []

    def add(self, result):
        self.results.append(result)

    def add_gone(self, gone):
        self.gone.append(gone)

    def write(self, *rows, fields=FIELDS):
        with self.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fields)
            writer.writeheader()
            writer.writerows(rows)
        return self

    def run(self, **options):
        self.results, self.gone = [], []
        summary = import_services(self.path, ONTARIO, sinks=[self], **options)
        assert summary.rows == summary.outcomes.total() == len(self.results)
        return summary

    def apply(self, *rows, **options):
        return self.write(*rows).run(apply=True, **options)

    def outcomes(self) -> list[str]:
        return [str(result.outcome) for result in self.results]


@pytest.fixture
def source(tmp_path) -> Source:
    return Source(tmp_path / "providers.csv")


def listing_of(source_id: str) -> dict:
    return read_listing(SourceRecord.objects.get(source_id=source_id).service_id)


def address_of(listing: dict) -> dict:
    return listing["service_at_locations"][0]["location"]["addresses"][0]


def state() -> list:
    """Everything an import could touch, with the times it was touched."""
    return [
        list(Service.objects.order_by("pk").values()),
        list(Organization.objects.order_by("pk").values()),
        list(SourceRecord.objects.order_by("pk").values()),
        list(SearchRow.objects.order_by("pk").values_list("pk", "service_id", "card")),
    ]


HARBOUR = "mental-health-addiction:1"


# A trial, then the thing itself


def test_a_trial_writes_nothing_and_says_what_would_be(source):
    before = state()
    summary = source.write(row("1"), row("2", ENGLISH_NAME="Elm House")).run()
    assert summary.outcomes == {Outcome.ADDED: 2}
    assert state() == before


def test_what_is_added_is_published_and_found(source):
    source.apply(row())
    service = Service.objects.published().get()
    assert service.published_by == f"Import: {ONTARIO.title}"
    assert SearchRow.objects.filter(service_id=service.pk).exists()


def test_what_the_source_does_not_say_is_not_known(source):
    source.apply(row())
    listing = listing_of(HARBOUR)
    for key in ("phones", "schedules", "assured_date", "assured_by", "cost_options", "url"):
        assert key not in listing
    assert "schedules" not in listing["service_at_locations"][0]
    assert "no phone number, opening hours or cost" in listing["description"]
    assert "ni numéro de téléphone, ni heures d’ouverture, ni coût" in listing["description_fr"]


def test_a_listing_says_what_it_is_who_runs_it_and_where(source):
    source.apply(row(ENGLISH_NAME="Harbour Hospital, The", ADDRESS_LINE_2="Suite: 2"))
    listing = listing_of(HARBOUR)
    assert listing["name"] == "Mental health services"
    assert listing["name_fr"] == "Services en santé mentale"
    assert listing["organization"]["name"] == "The Harbour Hospital"
    assert listing["delivery"] == ["in_person"]
    location = listing["service_at_locations"][0]["location"]
    assert (location["latitude"], location["longitude"]) == (48.3822, -89.2461)
    address = address_of(listing)
    assert (address["address_1"], address["address_2"]) == ("14 Harbour Lane", "Suite 2")
    assert (address["city"], address["postal_code"]) == ("Thunder Bay", "P7B 5E1")
    assert [a["taxonomy_term"]["code"] for a in listing["attributes"]] == ["mental-health"]


def test_several_offers_make_one_name(source):
    detail = "At Site, CBAESP, HIV POC Testing, HR Program"
    source.apply(row(SERVICE_TYPE=HIV, SERVICE_TYPE_DETAIL=detail))
    listing = listing_of("hiv-hep-c:1")
    assert listing["name"] == (
        "Anonymous and rapid HIV testing, harm reduction and HIV education and support"
    )
    codes = {attribute["taxonomy_term"]["code"] for attribute in listing["attributes"]}
    assert codes == {"hiv-hep-c-testing", "harm-reduction", "hiv-hep-c-care"}


def test_places_of_one_operator_are_told_apart_only_as_far_as_needed(source):
    source.apply(
        row("1"),
        row("2", COMMUNITY="Kenora", POSTAL_CODE="", X="-94.4894", Y="49.7670"),
        row("3", ADDRESS_LINE_1="9 Elm Street"),
        row("4", ENGLISH_NAME="Elm House"),
    )
    names = [listing_of(f"mental-health-addiction:{n}")["name"] for n in "1234"]
    assert names == [
        "Mental health services – 14 Harbour Lane, Thunder Bay",
        "Mental health services – Kenora",
        "Mental health services – 9 Elm Street, Thunder Bay",
        "Mental health services",
    ]


def test_a_branch_is_a_site_of_its_organization(source):
    kind, site = {"SERVICE_TYPE": "Community Health Centre"}, {"ADDRESS_LINE_1": "2 Elm Street"}
    source.apply(
        row("77", ENGLISH_NAME="Harbour Centre Main Site", SERVICE_TYPE_DETAIL="Main", **kind),
        row(
            "771",
            ENGLISH_NAME="Harbour Centre Food Bank",
            SERVICE_TYPE_DETAIL="Satellite",
            **kind,
            **site,
        ),
    )
    assert Organization.objects.get().name == "Harbour Centre"
    listing = listing_of("community-health-centre:771")
    assert listing["name"] == "Community health centre – Food Bank"


def test_who_runs_a_nursing_station_stands_in_its_other_name(source):
    source.apply(
        row(
            SERVICE_TYPE="Nursing Station",
            SERVICE_TYPE_DETAIL="Site",
            ENGLISH_NAME="Upsala Nursing Station",
            ENGLISH_NAME_ALT="Harbour Regional Hospital",
        )
    )
    listing = listing_of("nursing-station:1")
    assert listing["name"] == "Upsala Nursing Station"
    assert listing["organization"]["name"] == "Harbour Regional Hospital"


def test_nobody_is_called_indigenous_led(source):
    source.apply(
        row(
            SERVICE_TYPE="Indigenous Primary Health Care Organization",
            SERVICE_TYPE_DETAIL="Site",
            ENGLISH_NAME="De Dwa Da Dehs Nye>S Aboriginal Health Centre",
        )
    )
    listing = listing_of("indigenous-primary-care:1")
    assert listing["indigenous_led"] is False
    terms = [a["taxonomy_term"] for a in listing["attributes"]]
    assert [(t["taxonomy"], t["code"]) for t in terms] == [
        ("category", "primary-care"),
        ("serves", "indigenous-peoples"),
    ]
    assert listing["organization"]["name"] == "De dwa da dehs nye>s Aboriginal Health Centre"


def test_an_administrative_office_says_so(source):
    source.apply(row(ADDRESS_DESCRIPTOR="Administrative Office"))
    assert "administrative office" in listing_of(HARBOUR)["description"]
    assert "bureau administratif" in listing_of(HARBOUR)["description_fr"]


def test_the_time_zone_is_that_of_the_place(source):
    source.apply(row(), row("2", COMMUNITY="Kenora", POSTAL_CODE="P9N1G1", X="-94.49", Y="49.77"))
    assert listing_of(HARBOUR)["timezone"] == "America/Toronto"
    kenora = listing_of("mental-health-addiction:2")
    assert kenora["timezone"] == "America/Winnipeg"
    assert kenora["service_at_locations"][0]["location"]["timezone"] == "America/Winnipeg"


# Again


def test_a_second_run_changes_nothing_and_says_so(source):
    rows = [row(str(n), ENGLISH_NAME=f"House {n}") for n in range(6)]
    source.apply(*rows)
    before = state()
    summary = source.apply(*rows)
    assert summary.outcomes == {Outcome.LEFT_ALONE: 6}
    assert summary.changes_nothing
    assert state() == before
    random.Random(7).shuffle(rows)
    assert source.apply(*rows).outcomes == {Outcome.LEFT_ALONE: 6}
    assert state() == before


def test_what_the_source_changes_is_changed_and_nothing_else(source):
    source.apply(row("1"), row("2", ENGLISH_NAME="Elm House"))
    before = listing_of("mental-health-addiction:2")
    summary = source.apply(
        row("1", ADDRESS_LINE_1="20 Harbour Lane"), row("2", ENGLISH_NAME="Elm House")
    )
    assert summary.outcomes == {Outcome.CHANGED: 1, Outcome.LEFT_ALONE: 1}
    assert source.results[0].changes == ["service_at_locations.location.addresses.address_1"]
    assert address_of(listing_of(HARBOUR))["address_1"] == "20 Harbour Lane"
    assert listing_of("mental-health-addiction:2") == before


def test_a_trial_of_a_change_says_what_the_change_will_be(source):
    source.apply(row())
    before = state()
    assert source.write(row(POSTAL_CODE="P7B5E2")).run().outcomes == {Outcome.CHANGED: 1}
    assert state() == before


def test_what_is_gone_from_the_source_is_named_and_stays(source):
    source.apply(row("1"), row("2", ENGLISH_NAME="Elm House"))
    summary = source.apply(row("1"))
    assert summary.gone == 1
    assert [gone.source_id for gone in source.gone] == ["mental-health-addiction:2"]
    assert Service.objects.published().count() == 2


def test_a_row_that_is_refused_now_is_not_gone(source):
    source.apply(row())
    summary = source.apply(row(POSTAL_CODE="nowhere"))
    assert summary.outcomes == {Outcome.REFUSED: 1}
    assert summary.gone == 0


def test_a_kind_is_published_only_if_turned_on_and_is_not_gone_if_turned_off(source):
    pharmacy = row(
        SERVICE_TYPE="Pharmacy", SERVICE_TYPE_DETAIL="Retail Pharmacy", ENGLISH_NAME="Rx #12"
    )
    assert source.apply(pharmacy).outcomes == {Outcome.LEFT_OUT: 1}
    assert "--turn-on pharmacy" in source.results[0].reason
    assert source.apply(pharmacy, turn_on=["pharmacy"]).outcomes == {Outcome.ADDED: 1}
    listing = listing_of("pharmacy:1")
    assert {a["taxonomy_term"]["code"] for a in listing["attributes"]} == {"naloxone", "pharmacy"}
    assert listing["organization"]["name"] == "Rx"
    summary = source.apply(pharmacy)
    assert summary.outcomes == {Outcome.LEFT_OUT: 1}
    assert summary.gone == 0
    with pytest.raises(ImportFailed, match="hospital"):
        source.run(turn_on=["hospital"])


def test_what_a_coordinator_withdrew_stays_withdrawn(source):
    source.apply(row())
    withdraw(Service.objects.values_list("pk", flat=True))
    source.apply(row(ADDRESS_LINE_1="20 Harbour Lane"))
    assert not Service.objects.published().exists()


# People


def edit(source_id: str, change) -> None:
    """A person changes the listing."""
    listing = listing_of(source_id)
    change(listing)
    write_listings([listing])


def test_what_a_person_set_is_kept_and_the_rest_follows_the_source(source):
    source.apply(row())
    edit(HARBOUR, lambda listing: listing.update(name="Someone to talk to"))
    moved = row(ADDRESS_LINE_1="20 Harbour Lane", SERVICE_TYPE_DETAIL="Addiction Services")
    for _again in range(2):
        source.apply(moved)
        listing = listing_of(HARBOUR)
        assert listing["name"] == "Someone to talk to"
        assert listing["name_fr"] == "Services en dépendance"
        assert address_of(listing)["address_1"] == "20 Harbour Lane"
        assert [a["taxonomy_term"]["code"] for a in listing["attributes"]] == ["treatment"]
    assert source.outcomes() == ["left_alone"]


def test_keeping_what_a_person_set_is_reported(source):
    source.apply(row())
    edit(HARBOUR, lambda listing: listing.update(description="Ask for Sam."))
    source.apply(row(ADDRESS_DESCRIPTOR="Administrative Office"))
    assert any("description" in warning for warning in source.results[0].warnings)
    assert listing_of(HARBOUR)["description"] == "Ask for Sam."
    before = state()
    source.run(apply=True)
    assert source.outcomes() == ["left_alone"]
    assert state() == before


def test_what_a_person_added_or_removed_stays_so(source):
    source.apply(row(SERVICE_TYPE_DETAIL="Addiction Services And Mental Health Services"))

    def change(listing):
        listing["phones"] = [{"number": "807-555-0142"}]
        listing["schedules"] = [WEEKDAYS]
        listing["assured_date"], listing["assured_by"] = "2026-01-05", "Sam"
        listing["attributes"] = listing["attributes"][:1]

    edit(HARBOUR, change)
    source.apply(
        row(
            SERVICE_TYPE_DETAIL="Addiction Services And Mental Health Services",
            ADDRESS_LINE_1="20 Harbour Lane",
        )
    )
    listing = listing_of(HARBOUR)
    assert listing["phones"][0]["number"] == "807-555-0142"
    assert len(listing["schedules"]) == 1
    assert listing["assured_by"] == "Sam"
    assert [a["taxonomy_term"]["code"] for a in listing["attributes"]] == ["treatment"]


def test_an_organization_a_person_renamed_keeps_its_name_in_all_its_listings(source):
    rows = [row(str(n), ADDRESS_LINE_1=f"{n} Harbour Lane") for n in (1, 2)]
    source.apply(*rows)
    edit(HARBOUR, lambda listing: listing["organization"].update(name="House by the Harbour"))
    for changed in rows:
        changed["ENGLISH_NAME_ALT"] = "The Old Customs House"
    source.apply(*rows, row("3", ADDRESS_LINE_1="3 Harbour Lane"))
    organization = Organization.objects.get()
    assert organization.name == "House by the Harbour"
    assert organization.alternate_name == "The Old Customs House"
    assert organization.services.count() == 3
    for changed in rows:
        changed["ENGLISH_NAME"] = "HARBOUR HOUSE"
        changed["FRENCH_NAME"] = "Maison Du Port"
    source.apply(*rows)
    assert Organization.objects.get().name == "House by the Harbour"
    assert Organization.objects.get().name_fr == "Maison du Port"


def test_a_trial_says_what_an_import_then_does_however_many_batches_it_takes(source, monkeypatch):
    monkeypatch.setattr(actions, "DRAFTS", 1)
    rows = [row(str(n), ADDRESS_LINE_1=f"{n} Harbour Lane") for n in range(1, 4)]
    source.apply(*rows)
    for changed in rows:
        changed["ENGLISH_NAME_ALT"] = "The Old Customs House"
    trial = source.write(*rows).run().outcomes
    assert trial == {Outcome.CHANGED: 3}
    assert [result.changes for result in source.results] == [["organization.alternate_name"]] * 3
    assert source.run(apply=True).outcomes == trial
    assert source.run(apply=True).changes_nothing


def test_a_listing_a_person_gave_to_another_organization_stays_there(source):
    source.apply(row("1"), row("2", ENGLISH_NAME="Elm House"))
    elm = listing_of("mental-health-addiction:2")["organization"]
    edit(HARBOUR, lambda listing: listing.update(organization={"id": elm["id"]}))
    source.apply(
        row("1", ADDRESS_LINE_1="20 Harbour Lane", ENGLISH_NAME_ALT="Customs House"),
        row("2", ENGLISH_NAME="Elm House", ENGLISH_NAME_ALT="The Elms"),
    )
    listing = listing_of(HARBOUR)
    assert listing["organization"]["id"] == elm["id"]
    assert listing["organization"]["alternate_name"] == "The Elms"
    assert address_of(listing)["address_1"] == "20 Harbour Lane"


def test_an_organization_the_source_renames_stays_the_same_one(source):
    rows = [row(str(n), ADDRESS_LINE_1=f"{n} Harbour Lane") for n in (1, 2)]
    source.apply(*rows)
    edit(HARBOUR, lambda listing: listing["organization"].update(website="https://example.org"))
    for changed in rows:
        changed["ENGLISH_NAME"] = "Lighthouse"
    source.apply(*rows, row("3", ENGLISH_NAME="Lighthouse", ADDRESS_LINE_1="3 Harbour Lane"))
    organization = Organization.objects.get()
    assert organization.name == "Lighthouse"
    assert organization.website == "https://example.org"
    before = state()
    assert source.run(apply=True).changes_nothing
    assert state() == before


def test_an_identifier_given_to_another_place_is_refused_until_accepted(source):
    source.apply(row())
    edit(HARBOUR, lambda listing: listing.update(phones=[{"number": "807-555-0142"}]))
    windsor = {"COMMUNITY": "Windsor", "POSTAL_CODE": "N9A1A1", "X": "-83.03", "Y": "42.31"}
    source.apply(row(ENGLISH_NAME="Pine Lodge", **windsor))
    assert source.outcomes() == ["refused"]
    assert "Harbour House" in source.results[0].reason
    assert HARBOUR in source.results[0].reason
    assert source.run(apply=True, accept=[HARBOUR]).outcomes == {Outcome.CHANGED: 1}


# One row says what another says


def test_rows_that_say_the_same_become_one_listing_in_whatever_order_they_come(source):
    first, second = row("1"), row("2", ADDRESS_LINE_1="14 Harbour Ln.")
    second["ADDRESS_LINE_1"] = "14 HARBOUR LANE"
    source.apply(second, first)
    assert source.outcomes() == ["duplicate", "added"]
    assert source.results[0].reason == "It says the same as row 3."
    assert source.apply(first, second).changes_nothing
    assert source.outcomes() == ["left_alone", "duplicate"]


def test_the_row_imported_before_stands_for_its_duplicates(source):
    source.apply(row("2"))
    source.apply(row("1"), row("2"))
    assert source.outcomes() == ["duplicate", "left_alone"]
    assert source.gone == []


def test_the_same_name_at_the_same_place_is_reported_and_imported(source):
    source.apply(row("1"), row("2", ADDRESS_LINE_2="Suite 5"), row("3", ENGLISH_NAME="Elm House"))
    assert source.outcomes() == ["added", "added", "added"]
    assert [result.near for result in source.results] == [[3], [2], []]


def test_one_identifier_with_two_contents_is_refused_wherever_it_stands(source):
    source.apply(row("1"), row("1", ADDRESS_LINE_1="9 Elm Street"), row("2", ENGLISH_NAME="Elm"))
    assert source.outcomes() == ["refused", "refused", "added"]
    assert "Rows 2, 3" in source.results[0].reason


def test_the_same_identifier_of_another_kind_is_another_listing(source):
    source.apply(
        row("1"), row("1", SERVICE_TYPE="Public Health Unit Office", SERVICE_TYPE_DETAIL="")
    )
    assert source.outcomes() == ["added", "added"]


# Bad rows


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"SERVICE_TYPE": "Dragon Sanctuary"}, "SERVICE_TYPE"),
        ({"SERVICE_TYPE": ""}, "SERVICE_TYPE"),
        ({"SERVICE_TYPE_DETAIL": "Dragon Riding"}, "SERVICE_TYPE_DETAIL"),
        ({"SERVICE_TYPE_DETAIL": ""}, "SERVICE_TYPE_DETAIL"),
        ({"SERVICE_TYPE": HIV, "SERVICE_TYPE_DETAIL": "CBAESP, XYZ"}, "SERVICE_TYPE_DETAIL"),
        ({"MOH_SERVICE_PROVIDER_IDENT": " "}, "MOH_SERVICE_PROVIDER_IDENT"),
        ({"ENGLISH_NAME": ""}, "ENGLISH_NAME"),
        ({"ENGLISH_NAME": "x" * 301}, "ENGLISH_NAME"),
        ({"ENGLISH_NAME_ALT": "x" * 301}, "ENGLISH_NAME_ALT"),
        ({"ADDRESS_LINE_1": ""}, "ADDRESS_LINE_1"),
        ({"ADDRESS_LINE_1": "PO Box 12"}, "ADDRESS_LINE_1"),
        ({"ADDRESS_LINE_2": "y" * 201}, "ADDRESS_LINE_2"),
        ({"COMMUNITY": ""}, "COMMUNITY"),
        ({"POSTAL_CODE": "90210"}, "POSTAL_CODE"),
        ({"X": "west"}, "X"),
        ({"Y": "900"}, "Y, X"),
        ({"X": "48.38", "Y": "-89.24"}, "Y, X"),
    ],
)
def test_a_wrong_value_refuses_its_row_alone_with_column_value_and_reason(source, changes, column):
    source.apply(row("1"), row("2", **changes), row("3", ENGLISH_NAME="Elm House"))
    assert source.outcomes() == ["added", "refused", "added"]
    refused = source.results[1]
    assert refused.row == 3
    assert refused.column == column
    assert refused.reason


def test_a_row_with_too_few_or_too_many_columns_is_refused_alone(source):
    source.write(row("1"), row("2", ENGLISH_NAME="Elm House"))
    lines = source.path.read_text(encoding="utf-8").splitlines()
    lines[1:1] = ["1,2,3", lines[1] + ",more"]
    source.path.write_text("\n".join(lines), encoding="utf-8")
    source.run(apply=True)
    assert source.outcomes() == ["refused", "refused", "added", "added"]


def test_a_file_without_a_mapped_column_is_refused_by_its_name(source):
    source.write(fields=[field for field in FIELDS if field != "COMMUNITY"])
    with pytest.raises(UnreadableFile, match="COMMUNITY"):
        source.run()


def test_a_file_of_a_header_alone_adds_nothing_and_names_what_is_gone(source):
    source.apply(row())
    summary = source.apply()
    assert summary.rows == 0
    assert summary.gone == 1


def test_dirt_in_rows_that_are_left_out_has_a_name_too(source):
    source.apply(row(SERVICE_TYPE="Hospital", POSTAL_CODE="L9LIL9", ENGLISH_NAME="Caf\u00c3\u00a9"))
    assert source.outcomes() == ["left_out"]
    mended = " ".join(source.results[0].mended)
    assert "“L9LIL9” read as L9L 1L9" in mended
    assert "ENGLISH_NAME" in mended


def test_a_mended_row_is_right_and_says_what_was_mended(source):
    source.apply(
        row(
            POSTAL_CODE="p7b 5ei",
            COMMUNITY="Thunder Bya",
            ENGLISH_NAME="Harbour House of Care/ Maison De Soins Du Port",
        )
    )
    listing = listing_of(HARBOUR)
    assert listing["organization"]["name"] == "Harbour House of Care"
    assert listing["organization"]["name_fr"] == "Maison de Soins du Port"
    assert address_of(listing)["city"] == "Thunder Bay"
    assert address_of(listing)["postal_code"] == "P7B 5E1"
    mended = " ".join(source.results[0].mended)
    assert "POSTAL_CODE: “p7b 5ei” read as P7B 5E1" in mended
    assert "COMMUNITY: “Thunder Bya” read as “Thunder Bay”" in mended
    assert "ENGLISH_NAME: taken apart" in mended


@pytest.mark.parametrize(
    ("english", "french", "stored"),
    [
        ("Harbour House", "Harbour House", ("Harbour House", None)),
        ("Maison Du Port", "Maison Du Port", ("Maison du Port", "Maison du Port")),
        ("Maison Du Port", "", ("Maison du Port", "Maison du Port")),
        ("Harbour House", "Maison Du Port", ("Harbour House", "Maison du Port")),
        ("", "Maison Du Port", (None, "Maison du Port")),
    ],
)
def test_a_name_stands_in_the_languages_it_is_in(source, english, french, stored):
    source.apply(row(ENGLISH_NAME=english, FRENCH_NAME=french))
    organization = listing_of(HARBOUR)["organization"]
    assert (organization.get("name"), organization.get("name_fr")) == stored


def test_the_number_of_a_company_is_no_name(source):
    source.apply(row(ENGLISH_NAME_ALT="2324317 Ontario Ltd."))
    assert "alternate_name" not in listing_of(HARBOUR)["organization"]
    assert "2324317" in " ".join(source.results[0].mended)


def test_a_position_far_from_town_and_postal_code_is_not_believed(source):
    source.apply(row(X="-79.4", Y="43.7"))
    location = listing_of(HARBOUR)["service_at_locations"][0]["location"]
    assert location["latitude"] == pytest.approx(48.4, abs=0.2)
    assert location["timezone"] == "America/Toronto"
    assert any("centre of Thunder Bay" in warning for warning in source.results[0].warnings)


def test_a_postal_code_of_another_town_is_worth_a_look(source):
    source.apply(row(POSTAL_CODE="M5V3B1"))
    assert source.outcomes() == ["added"]
    assert any("M5V 3B1" in warning for warning in source.results[0].warnings)


def test_no_position_is_not_null_island(source):
    source.apply(row(X="0", Y="0"))
    location = listing_of(HARBOUR)["service_at_locations"][0]["location"]
    assert "latitude" not in location
    assert location["timezone"] == "America/Toronto"


def test_what_may_be_a_shelter_waits_for_a_person_with_its_address_kept_private(source):
    source.apply(row(ENGLISH_NAME="Harbour Women's Shelter"))
    assert any("shelter" in warning for warning in source.results[0].warnings)
    service = Service.objects.get()
    assert service.published_at is None
    location = read_listing(service.pk)["service_at_locations"][0]["location"]
    assert location["visibility"] == "confidential"
    assert not SearchRow.objects.exists()


# Whole or not at all


def test_a_profile_with_terms_the_catalogue_lacks_imports_nothing(source):
    TaxonomyTerm.objects.filter(code="nursing-station").delete()
    with pytest.raises(ImportFailed, match="category:nursing-station"):
        source.write(row()).run(apply=True)
    assert not Service.objects.exists()


def test_an_import_that_breaks_half_way_leaves_nothing(source):
    rows = [row(str(n), ENGLISH_NAME=f"House {n}") for n in range(600)]

    def break_off(done, total):
        raise KeyboardInterrupt

    before = state()
    with pytest.raises(KeyboardInterrupt):
        source.write(*rows).run(apply=True, progress=break_off)
    assert state() == before


def test_progress_counts_up_to_the_last_row(source):
    calls = []
    source.write(*(row(str(n), ENGLISH_NAME=f"House {n}") for n in range(3)))
    source.run(progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (3, 3)


def test_ten_times_the_rows_take_no_more_queries(source):
    counts = []
    for rows in (3, 30):
        source.write(*(row(str(n), ENGLISH_NAME=f"House {n}") for n in range(rows)))
        for _again in range(2):
            with CaptureQueriesContext(connection) as queries:
                source.run(apply=True)
            counts.append(len(queries))
    assert counts[0] >= counts[2]
    assert counts[1] == counts[3]


def test_memory_does_not_grow_with_the_text_of_the_file(source):
    def peak(count: int) -> int:
        padding = "x" * 4000
        with source.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            for number in range(count):
                writer.writerow(row(str(number), SERVICE_TYPE="Hospital", ENGLISH_NAME_ALT=padding))
        tracemalloc.start()
        import_services(source.path, ONTARIO)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)  # what is loaded once
    assert peak(3000) - peak(500) < 3_000_000  # the text alone is 10 MB more


# On the command line


def command(*arguments) -> str:
    out = io.StringIO()
    call_command("import_services", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_tries_first_and_tells_it_as_a_table(source):
    source.write(row("1"), row("2", POSTAL_CODE="x"), row("3", SERVICE_TYPE="Hospital"))
    out = command(source.path)
    assert "This was a trial: nothing is written. --apply adds 1, changes 0." in out
    assert "row 3 · Harbour House · POSTAL_CODE “x”" in out
    assert "Hospital" in out
    assert not Service.objects.exists()


def test_the_command_applies_and_then_has_nothing_to_change(source):
    source.write(row())
    assert "Done: 1 added (1 of them published), 0 changed." in command(source.path, "--apply")
    assert "Nothing to change" in command(source.path, "--apply")


def test_the_report_has_a_line_for_every_row_and_no_formula(source, tmp_path):
    source.apply(row("9", ENGLISH_NAME="Gone House"))
    report = tmp_path / "report.csv"
    source.write(
        row("1", ENGLISH_NAME="=cmd|' /C calc'!A0"),
        row("2", POSTAL_CODE="+1"),
        row("3", SERVICE_TYPE="Hospital"),
    )
    command(source.path, "--report", report)
    with report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["row"], line["outcome"]) for line in lines] == [
        ("2", "added"),
        ("3", "refused"),
        ("4", "left_out"),
        ("", "gone"),
    ]
    assert lines[0]["name"].startswith("'=")
    assert lines[1]["value"] == "+1"  # a number, nothing more
    assert lines[3]["name"] == "Mental health services"


def test_a_failed_import_leaves_no_report_that_says_otherwise(source, tmp_path):
    source.path.write_bytes(b"")
    report = tmp_path / "report.csv"
    with pytest.raises(CommandError, match="empty"):
        command(source.path, "--report", report)
    assert list(tmp_path.iterdir()) == [source.path]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--profile", "nowhere"], "There is no profile"),
        (["--turn-on", "dragons"], "cannot be turned on"),
        (["--report", "/nowhere/report.csv"], "Cannot write"),
        (["--report", "/"], "Cannot write"),
    ],
)
def test_the_command_says_what_it_cannot_do(source, arguments, message):
    source.write(row())
    with pytest.raises(CommandError, match=message):
        command(source.path, *arguments)


def test_a_report_in_french_still_has_its_codes(source):
    with translation.override("fr"):
        source.write(row(POSTAL_CODE="x")).run()
    assert source.results[0].outcome == "refused"
    assert source.results[0].kind.startswith("Organismes")


def test_nothing_private_is_in_what_anyone_may_see(source):
    source.apply(row())
    (public,) = public_listings(Service.objects.values_list("pk", flat=True))
    assert public["organization"]["name"] == "Harbour House"
    assert "assurer_email" not in public
