"""An address that should never have been shown: out of sight the moment somebody says so, removed
for good once it is confirmed, put back where the report was mistaken."""

import copy
import datetime
import re

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from coalition.accounts.models import RecordEntry
from coalition.listings import actions, addresses, corrections
from coalition.listings.models import Correction, Draft
from coalition.mail.models import Message
from coalition.members.models import Member
from coalition.review import actions as review
from coalition.review.models import Desk, Submission
from directory.interchange import proposals
from directory.interchange.forgetting import still_forgotten
from directory.models import Location, Service, SourceRecord
from tests.at_once import at_once
from tests.factories import ALWAYS, listing, location, published
from tests.people import coordinator, join, member, person

pytestmark = pytest.mark.django_db
STREET = "77 Sekrit Street"
AT = (48.40123, -89.30321)


def house(**changes) -> dict:
    """A place on a street that turns out to be a secret."""
    return location(
        AT,
        name="Juniper House",
        address={"address_1": STREET, "address_2": "Unit 4", "postal_code": "P7C 9Z9"},
        **changes,
    )


def shelter(**changes):
    """A member's listing that shows the address."""
    place = {"location": house(), "schedules": [ALWAYS]}
    return member(
        owner=person(), **{"name": "Safe nights", "service_at_locations": [place]} | changes
    ).services.get()


def report(service, **fields) -> Correction:
    return corrections.report(service, **{"wrong": "address", "language": "en"} | fields)


def decide(correction, outcome: str, by=None):
    reason = "" if outcome == "approved" else "The door is public"
    return review.decide(
        correction.submission_id, outcome, by=by or coordinator(), round=1, reason=reason
    )


def shown_anywhere(client, *words: str) -> list[str]:
    """Pages, files, map and suggestions in which one of these words stands."""
    addresses = [
        "/services/",
        "/services/?near=Thunder Bay&map=1",
        "/services/?format=csv",
        "/services/?format=csv&near=Thunder Bay",
        "/services/?near=48.401,-89.303&within=1",
        "/suggest/?q=sekr",
        "/suggest/?q=juni",
    ]
    addresses += [f"/services/{slug}/" for slug in Service.objects.values_list("slug", flat=True)]
    addresses += [
        f"/organizations/{slug}/"
        for slug in Service.objects.values_list("organization__slug", flat=True)
    ]
    found = []
    for address in addresses:
        response = client.get(address)
        content = b"".join(response) if response.streaming else response.content
        # What was typed is said back, and is in the links of the page.
        text = re.sub(r'value="[^"]*"|“[^”]*”|\?[^"]*"', "", content.decode())
        found += [f"{address}: {word}" for word in words if word in text]
    return found


def in_tables(*words: str) -> list[str]:
    """Tables in which one of these words stands, in whatever column."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT "{table}"::text FROM "{table}"')
            text = str(cursor.fetchall()).casefold()
            found += [f"{table}: {word}" for word in words if word.casefold() in text]
    return found


def test_the_sweep_of_pages_sees_what_is_shown(client):
    shelter()
    assert shown_anywhere(client, "Sekrit")
    assert in_tables("Sekrit")


def test_it_is_hidden_that_moment_everywhere(client):
    service = shelter()

    correction = report(service, text="My sister hides there")

    assert correction.hid
    assert shown_anywhere(client, "Sekrit", "Juniper", "P7C", "48.40", "89.30") == []
    assert client.get(f"/services/{service.slug}/").status_code == 200
    assert str(service.pk) not in client.get("/services/?q=Sekrit").content.decode()
    assert Location.objects.get().visibility == "confidential"
    assert proposals.current(service.pk)["service_at_locations"][0]["location"]["addresses"]


def test_anyone_can_report_it_on_the_listings_page(client):
    service = shelter(
        service_at_locations=[{"location": house()}, {"location": location((48.5, -89.1))}]
    )
    page = client.get(f"/services/{service.slug}/correct/")
    assert STREET in page.content.decode()
    place = next(p for p in addresses.shown_places(service) if p.name == "Juniper House")
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=5)):
        response = client.post(
            f"/services/{service.slug}/correct/",
            {"stamp": page.context["stamp"], "wrong": "address", "place": str(place.pk)},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
    assert response.status_code == 302
    assert shown_anywhere(client, "Sekrit") == []
    assert "14 Harbour Lane" in client.get(f"/services/{service.slug}/").content.decode()


def test_it_comes_first_in_the_queue_and_is_told(client):
    service = shelter()
    other = member(owner=person()).services.get()
    corrections.report(other, wrong="details", language="en", text="The phone is dead")
    cora = coordinator(language="fr")

    correction = report(service)

    assert Submission.objects.waiting().first() == correction.submission
    assert Submission.objects.waiting().first().kind == "address"
    told = {message.to: message for message in Message.objects.filter(kind__startswith="address")}
    owner = service.organization.memberships.get().user
    assert set(told) == {cora.email, owner.email}
    assert not [m for m in told.values() if "Sekrit" in m.text + m.subject]
    assert RecordEntry.objects.filter(action="address.hide").exists()


def test_other_listings_that_share_the_place_hide_it_too(client):
    service = shelter()
    place = proposals.current(service.pk)["service_at_locations"][0]["location"]
    other = published(
        listing(name="Soup", service_at_locations=[{"location": {"id": place["id"]}}])
    )[0]
    assert "Sekrit" in client.get(f"/services/{other.slug}/").content.decode()

    report(service)

    assert shown_anywhere(client, "Sekrit") == []
    assert client.get(f"/services/{other.slug}/").status_code == 200


def test_so_do_other_places_of_the_organization_at_the_same_address(client):
    service = shelter()
    published(
        listing(
            name="Soup",
            organization={"id": str(service.organization_id)},
            service_at_locations=[{"location": house()}],
        )
    )
    report(service)
    assert shown_anywhere(client, "Sekrit") == []
    assert set(Location.objects.values_list("visibility", flat=True)) == {"confidential"}


@pytest.mark.parametrize(
    "words",
    [
        {"description": f"Ring at {STREET}, second door."},
        {"organization_words": f"We are at {STREET}."},
        {"phones": []},
    ],
)
def test_a_listing_whose_words_tell_it_or_that_nobody_could_reach_goes_out_of_sight(client, words):
    words = dict(words)
    organization = listing()["organization"]
    if said := words.pop("organization_words", ""):
        organization["description"] = said
    service = shelter(organization=organization, **words)

    correction = report(service)

    assert correction.withdrawn == [service.pk]
    assert client.get(f"/services/{service.slug}/").status_code == 404
    assert shown_anywhere(client, "Sekrit") == []


def test_another_listing_of_the_organization_whose_words_tell_it_goes_too(client):
    service = shelter()
    other = published(
        listing(
            name="Soup",
            description=f"Cooked at {STREET}.",
            organization={"id": str(service.organization_id)},
        )
    )[0]
    correction = report(service)
    assert correction.withdrawn == [other.pk]
    assert shown_anywhere(client, "Sekrit") == []


def test_only_the_place_that_was_named_is_hidden():
    service = shelter(
        service_at_locations=[{"location": house()}, {"location": location((48.5, -89.1))}]
    )
    place = next(p for p in addresses.shown_places(service) if p.name == "Juniper House")
    report(service, places=[place.pk])
    shown = dict(Location.objects.values_list("name", "visibility"))
    assert shown == {"Juniper House": "confidential", "": "public"}


def test_a_phone_line_without_a_place_stays_and_waits_for_a_person(client):
    service = shelter(service_at_locations=[], delivery=["phone"])
    correction = report(service, text="They said where they are")
    assert not correction.hid
    assert client.get(f"/services/{service.slug}/").status_code == 200
    assert correction.submission.urgent


def test_past_the_limit_reports_alert_and_wait(client):
    Desk.objects.create(hidden_addresses_per_hour=1)
    cora = coordinator()
    report(shelter())
    second = shelter()

    correction = report(second)

    assert not correction.hid
    assert "Sekrit" in client.get(f"/services/{second.slug}/").content.decode()
    alert = Message.objects.filter(kind="address-reported", to=cora.email).latest("created_at")
    assert "Decide now" in alert.subject
    assert correction.submission.urgent

    Submission.objects.update(submitted_at=timezone.now() - corrections.HOUR)
    assert report(shelter()).hid


def test_the_same_address_reported_again_is_one_item():
    service = shelter()
    report(service)
    assert report(service, text="Please").times == 2
    assert Submission.objects.of("address").count() == 1


def confirmed(service, correction=None, **fields):
    correction = correction or report(service, **fields)
    decide(correction, "approved")
    return correction


def everything_written_about(service) -> None:
    """What a listing gathers: history, a draft, what its source said, notes, a waiting change."""
    owner = service.organization.memberships.get().user
    document = proposals.current(service.pk)
    proposals.change(
        document | {"description": f"Now at {STREET}."}, origin="partner", by="", note=STREET
    )
    proposals.change(
        document | {"description": "Moved text."}, origin="partner", by="", note="words"
    )
    waiting = copy.deepcopy(document)
    waiting["application_process"] = f"Come to {STREET.upper()}"
    proposals.propose(waiting, origin="import", by="a source")
    draft = actions.start_draft(service.organization, by=owner, service=service)
    actions.save_draft(draft, {**draft.document, "alert": f"Enter from {STREET}"})
    SourceRecord.objects.create(source="test", source_id="1", service=service, document=document)
    organization = proposals.current(service.organization_id, "organization")
    proposals.change(
        organization | {"description": f"Office: {STREET}"},
        origin="coordinator",
        by="",
        subject="organization",
    )


def test_on_confirmation_it_is_removed_from_everything_that_is_kept(client):
    service = shelter()
    everything_written_about(service)
    correction = report(service, text=f"They write {STREET}!", contact="jo@example.org")

    confirmed(service, correction)

    assert in_tables(STREET, "Sekrit Street", "48.40123", "89.30321", "P7C 9Z9", "Juniper") == []
    assert shown_anywhere(client, "Sekrit", "Juniper") == []
    assert in_tables("jo@example.org") == ["coalition_message: jo@example.org"]  # the thanks
    address = Location.objects.get().addresses.get()
    assert (address.city, address.address_1) == ("Thunder Bay", "")
    assert Draft.objects.get().document["alert"] == "Enter from […]"
    assert ProcrastinateJob.objects.filter(task_name="recount_words").exists()


def test_a_listing_that_was_out_of_sight_comes_back_without_it(client):
    service = shelter(description=f"Ring at {STREET}, second door.")
    correction = report(service)
    assert client.get(f"/services/{service.slug}/").status_code == 404

    confirmed(service, correction)

    page = client.get(f"/services/{service.slug}/").content.decode()
    assert "Ring at […], second door." in page
    assert "Sekrit" not in page


def test_a_listing_that_nobody_could_reach_stays_out_of_sight_and_its_owner_is_told(client):
    service = shelter(phones=[])
    confirmed(service)
    assert client.get(f"/services/{service.slug}/").status_code == 404
    assert "not shown now" in Message.objects.get(kind="address-removed").text


def test_an_address_past_the_limit_is_removed_on_confirmation_too(client):
    Desk.objects.create(hidden_addresses_per_hour=0)
    service = shelter()
    confirmed(service)
    assert in_tables(STREET) == []
    assert shown_anywhere(client, "Sekrit") == []


def test_no_earlier_document_brings_it_back(client):
    service = shelter()
    everything_written_about(service)
    confirmed(service)
    for proposal in proposals.Proposal.objects.filter(record_id=service.pk):
        assert "Sekrit" not in str(proposal.before) + str(proposal.after)
        for document in filter(None, (proposal.before, proposal.after)):
            place = document["service_at_locations"][0]["location"]
            assert place["visibility"] == "confidential"
            assert "latitude" not in place


def test_what_the_address_was_when_it_was_reported_goes_too(client):
    service = shelter()
    correction = report(service)
    document = proposals.current(service.pk)
    document["service_at_locations"][0]["location"]["addresses"][0]["address_1"] = "9 New Road"
    document["description"] = f"Not at {STREET} any more."
    proposals.change(document, origin="partner", by="")
    confirmed(service, correction)
    assert in_tables(STREET, "9 New Road") == []


def test_an_import_does_not_bring_it_back():
    service = shelter(description=f"Ring at {STREET}.")
    incoming = proposals.current(service.pk)
    assert still_forgotten(incoming, proposals.current(service.pk)) == incoming
    confirmed(service)

    found = still_forgotten(incoming, proposals.current(service.pk))

    assert "Sekrit" not in str(found)
    assert "48.40123" not in str(found)
    assert found["description"] == "Ring at […]."


def test_a_name_in_the_address_of_the_page_goes_too(client):
    service = shelter(name=STREET, name_fr="")
    assert "sekrit" in service.slug
    confirmed(service)
    assert in_tables("sekrit-street", STREET) == []
    service.refresh_from_db()
    assert service.name == "[…]"


def test_the_same_street_in_another_town_is_somebody_elses(client):
    service = shelter()
    other = published(
        listing(
            name="Soup",
            organization={"id": str(service.organization_id)},
            service_at_locations=[
                {
                    "location": location(
                        (49.77, -94.49), address={"address_1": STREET, "city": "Kenora"}
                    )
                }
            ],
        )
    )[0]
    report_ = report(service)
    # Its page names the street, which is not told apart: it waits out of sight, and comes back.
    confirmed(service, report_)
    assert STREET in client.get(f"/services/{other.slug}/").content.decode()


def test_a_mistaken_report_is_put_back_as_it_was(client):
    service = shelter(description=f"Ring at {STREET}.")
    before = proposals.current(service.pk)
    correction = report(service)

    decide(correction, "declined")

    assert STREET in client.get(f"/services/{service.slug}/").content.decode()
    assert proposals.current(service.pk) == before
    assert RecordEntry.objects.filter(action="address.show").exists()
    assert Message.objects.filter(kind="address-restored").exists()


def test_what_another_report_hides_stays_hidden(client):
    service = shelter()
    first = report(service)
    place = first.places[0]
    other = published(
        listing(name="Soup", service_at_locations=[{"location": {"id": str(place)}}])
    )[0]
    report(other)

    decide(first, "declined")

    assert shown_anywhere(client, "Sekrit") == []


def test_a_suspended_organizations_listing_does_not_come_back(client):
    service = shelter(description=f"Ring at {STREET}.")
    correction = report(service)
    Member.objects.update(standing="suspended")
    decide(correction, "declined")
    assert client.get(f"/services/{service.slug}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_reports_at_once_at_the_limit_one_hides_and_one_waits():
    Desk.objects.create(hidden_addresses_per_hour=1)
    one, other = shelter(), shelter()
    results = at_once(lambda: report(one), lambda: report(other))
    assert sorted(result.hid for result in results) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_the_same_address_reported_twice_at_once_is_one_item():
    service = shelter()
    results = at_once(*[lambda: report(service)] * 2)
    assert sorted(result.times for result in results) == [1, 2], results


@pytest.mark.django_db(transaction=True)
def test_a_partner_who_saves_at_that_moment_does_not_show_it():
    service = shelter()
    organization = service.organization
    editor = person()
    join(editor, organization, "editor")
    Member.objects.update(trusted=True)
    draft = actions.start_draft(organization, by=editor, service=service)
    actions.save_draft(draft, {**draft.document, "name": "Safe nights, all year"})

    results = at_once(lambda: report(service), lambda: actions.send_in(draft, by=editor))

    assert not [result for result in results if isinstance(result, Exception)], results
    service.refresh_from_db()
    assert service.name == "Safe nights, all year"
    assert Location.objects.get().visibility == "confidential"
    call_command("check")
