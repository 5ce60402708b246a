"""The database itself refuses what must not be, and says why."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from directory import models

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)


@pytest.fixture
def made():
    """A row of everything that others hang on."""
    organization = models.Organization.objects.create(name="Org", slug="org")
    service = models.Service.objects.create(name="S", slug="s", organization=organization)
    place = models.Location.objects.create()
    term = models.TaxonomyTerm.objects.get(taxonomy__code="category", code="naloxone")
    return {
        "organization": organization,
        "service": service,
        "location": place,
        "term": term,
        "unit": models.Unit.objects.get(identifier="bed"),
    }


def service(**values):
    return lambda made: models.Service.objects.create(
        **{"name": "X", "slug": "x", "organization": made["organization"]} | values
    )


def part(model, **values):
    """A row of `model` under the service; a value that names something made stands for it."""

    def create(made):
        given = {key: made[key] if value is ... else value for key, value in values.items()}
        return model.objects.create(**{"service": made["service"]} | given)

    return create


def twice(model, **values):
    def create(made):
        for _ in range(2):
            part(model, **values)(made)

    return create


def line(**values):
    given = {"code": "x", "name": "X", "call": "9-8-8", "tel": "988"} | values
    return lambda made: models.CrisisLine.objects.create(**given)


def missed_twice(made):
    for _ in range(2):
        models.MissedSearch.objects.create(week=TODAY, province="ON", word_hash="x")


def proposal(**values):
    return lambda made: models.Proposal.objects.create(
        **{"record_id": made["service"].pk, "after": {}} | values
    )


def schedule(**values):
    opening = {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"}
    return part(models.Schedule, **opening | values)


def address(**values):
    return lambda made: models.Address.objects.create(
        **{"location": made["location"], "city": "Kenora", "state_province": "ON"} | values
    )


BROKEN = {
    "organization_has_a_name": lambda made: models.Organization.objects.create(slug="none"),
    "program_has_a_name": lambda made: models.Program.objects.create(
        organization=made["organization"]
    ),
    "taxonomy_has_a_name": lambda made: models.Taxonomy.objects.create(code="t"),
    "taxonomyterm_has_a_name": lambda made: models.TaxonomyTerm.objects.create(
        taxonomy=made["term"].taxonomy, code="new"
    ),
    "taxonomyterm_code_is_unique": lambda made: models.TaxonomyTerm.objects.create(
        taxonomy=made["term"].taxonomy, code="naloxone", name="Again"
    ),
    "missedsearch_is_unique": missed_twice,
    "synonym_is_unique": lambda made: [
        models.Synonym.objects.create(term=made["term"], language="en", text="zz") for _ in "12"
    ],
    "unit_has_a_name": lambda made: models.Unit.objects.create(identifier="u"),
    "location_has_both_coordinates": lambda made: models.Location.objects.create(latitude=48),
    "location_visibility_is_known": lambda made: models.Location.objects.create(visibility="x"),
    "address_province_is_known": address(state_province="XX"),
    "address_postal_code_is_canadian": address(postal_code="12345"),
    "service_has_a_name": service(name=""),
    "service_status_is_known": service(status="asleep"),
    "service_delivery_is_known": service(delivery=["teleport"]),
    "service_ages_are_in_order": service(minimum_age=30, maximum_age=20),
    "service_indigenous_led_has_a_steward": service(indigenous_led=True, steward="Council"),
    "service_published_with_consent": service(
        indigenous_led=True,
        steward="Council",
        indigenous_community="Fort William First Nation",
        published_at=timezone.now(),
        published_by="test",
    ),
    "service_assured_by_someone": service(assured_date=TODAY),
    "service_published_by_someone": service(published_at=timezone.now()),
    "service_cadence_is_known": service(check_every=2),
    "importrun_undone_by_someone": lambda made: models.ImportRun.objects.create(
        source="x", undone_by="test"
    ),
    "proposal_origin_is_known": proposal(origin="stars"),
    "proposal_applied_has_a_number": proposal(origin="import", applied_at=timezone.now()),
    "serviceatlocation_is_unique": twice(models.ServiceAtLocation, location=...),
    "attribute_is_unique": lambda made: [
        models.Attribute.objects.create(service=made["service"], taxonomy_term=made["term"])
        for _ in "12"
    ],
    "costoption_amount_is_not_negative": part(models.CostOption, amount=-1),
    "servicearea_has_a_name": part(models.ServiceArea),
    "servicecapacity_within_maximum": part(
        models.ServiceCapacity, unit=..., available=3, maximum=2, updated=timezone.now()
    ),
    "contact_has_one_parent": part(models.Contact, location=...),
    "phone_has_one_parent": part(models.Phone, number="807-555-0100", organization=...),
    "phone_type_is_known": part(models.Phone, number="807-555-0100", type="pigeon"),
    "url_has_one_parent": part(models.Url, url="https://example.org", organization=...),
    "language_has_one_parent": part(models.Language, name="Cree", code="cr", location=...),
    "language_has_a_name": part(models.Language, code="cr"),
    "schedule_has_one_parent": schedule(location=...),
    "schedule_state_is_known": schedule(state="asleep"),
    "schedule_freq_is_known": schedule(freq="DAILY"),
    "schedule_holidays_is_known": schedule(holidays="maybe"),
    "schedule_has_both_times": schedule(state="closed", closes_at=None),
    "schedule_times_differ": schedule(closes_at="09:00"),
    "schedule_open_has_times": schedule(opens_at=None, closes_at=None),
    "schedule_says_which_days": schedule(byday=""),
    "schedule_interval_has_a_start": schedule(interval=2),
    "schedule_dates_are_in_order": schedule(dtstart="2026-02-01", until="2026-01-01"),
    "schedule_has_both_season_ends": schedule(season_from="05-01"),
    "crisisline_has_a_name": line(name=""),
    "crisisline_shown_once_confirmed": line(published=True, unconfirmed=True),
    "crisisline_province_is_known": line(province="ZZ"),
    "sourcerecord_is_unique": twice(models.SourceRecord, source="x", source_id="1", document={}),
}


def constraints():
    for model in apps.get_app_config("directory").get_models():
        yield from model._meta.constraints


def test_every_constraint_has_a_case_and_words():
    assert {c.name for c in constraints()} == set(BROKEN)
    default = "Constraint “%(name)s” is violated."
    assert not [c.name for c in constraints() if c.violation_error_message == default]


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(made, name):
    def broken() -> None:
        with transaction.atomic():
            BROKEN[name](made)
            connection.check_constraints()  # those the database leaves until the end

    with pytest.raises(IntegrityError) as refused:
        broken()
    assert refused.value.__cause__.diag.constraint_name == name


def test_identifiers_are_uuids(made):
    assert isinstance(made["service"].pk, uuid.UUID)
