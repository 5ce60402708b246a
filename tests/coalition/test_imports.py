"""A list brought in: what it may not overwrite waits for a person; a whole run can be undone."""

from functools import partial

import pytest
from django.core.management import call_command
from django.urls import reverse

from coalition.catalogue import imports
from coalition.review import actions as review
from coalition.review.enums import State
from coalition.review.models import Submission
from directory.interchange import proposals
from directory.interchange.actions import publish, write_listings
from directory.models import ImportRun, Organization, Origin, Proposal, Service
from tests.at_once import at_once
from tests.directory.test_import_services import HARBOUR, ONTARIO, Source, listing_of, row
from tests.people import coordinator, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tmp_path) -> Source:
    return Source(tmp_path / "providers.csv")


def bring_in(source, *rows):
    return imports.bring_in(source.write(*rows).path, ONTARIO, apply=True).run


def set_by_a_person(**values) -> dict:
    """A person gives the listing other values."""
    document = listing_of(HARBOUR) | values
    write_listings([document])
    return document


def people_set(organization_name: str) -> None:
    document = listing_of(HARBOUR)
    document["organization"] |= {"name": organization_name}
    write_listings([document])


# Proposals


def test_what_an_import_writes_is_in_the_history_under_its_run(source):
    run = bring_in(source, row("1"), row("2", ENGLISH_NAME="Elm House"))

    assert (run.added, run.changed, run.held) == (2, 0, 0)
    assert run.file_name == "providers.csv"
    assert {proposal.origin for proposal in run.proposals.applied()} == {Origin.IMPORT}
    assert Proposal.objects.history(listing_of(HARBOUR)["id"]).get().before is None


def test_an_import_that_changes_nothing_leaves_no_trace(source):
    bring_in(source, row())

    assert bring_in(source, row()) is None

    assert ImportRun.objects.count() == Proposal.objects.count() == 1


def test_what_a_person_set_stays_and_the_sources_value_waits(source):
    bring_in(source, row())
    set_by_a_person(service_at_locations=moved("12 Elm Street"))

    run = bring_in(source, row(ADDRESS_LINE_1="90 Pine Street", ENGLISH_NAME="Harbour House Inc"))

    assert street_of(listing_of(HARBOUR)) == "12 Elm Street"
    assert (run.changed, run.held) == (1, 1)
    waiting = run.proposals.get(applied_at=None)
    assert street_of(waiting.before) == "12 Elm Street"
    assert street_of(waiting.after) == "90 Pine Street"
    # All else is as it was written.
    assert waiting.after["organization"] == waiting.before["organization"]


def moved(street: str) -> list:
    places = listing_of(HARBOUR)["service_at_locations"]
    places[0]["location"]["addresses"][0]["address_1"] = street
    return places


def street_of(document: dict) -> str:
    return document["service_at_locations"][0]["location"]["addresses"][0]["address_1"]


def test_what_waits_is_on_the_desk_and_approved_it_takes_the_persons_place(source, client):
    bring_in(source, row())
    set_by_a_person(service_at_locations=moved("12 Elm Street"))
    bring_in(source, row(ADDRESS_LINE_1="90 Pine Street"))
    submission = Submission.objects.get(kind="import", state=State.WAITING)
    assert (submission.area, submission.organization.name) == ("ON", "Harbour House")
    client.force_login(coordinator())
    page = client.get(reverse("coalition:submission", args=[submission.pk])).content.decode()
    assert "90 Pine Street" in page

    review.decide(submission.pk, "approved", by=coordinator(), round=1)

    assert street_of(listing_of(HARBOUR)) == "90 Pine Street"


def test_approving_what_an_import_says_does_not_show_what_was_hidden(source):
    bring_in(source, row())
    set_by_a_person(service_at_locations=moved("12 Elm Street"))
    bring_in(source, row(ADDRESS_LINE_1="90 Pine Street"))
    service = Service.objects.get()
    imports.withdraw([service.pk])

    review.decide(Submission.objects.get().pk, "approved", by=coordinator(), round=1)

    assert not Service.objects.published().exists()
    assert street_of(listing_of(HARBOUR)) == "90 Pine Street"


def test_the_same_is_not_asked_twice(source):
    bring_in(source, row())
    set_by_a_person(service_at_locations=moved("12 Elm Street"))
    changed = row(ADDRESS_LINE_1="90 Pine Street")
    bring_in(source, changed)
    bring_in(source, row())

    bring_in(source, changed)

    asked = [s.change.proposal.after for s in Submission.objects.filter(state=State.WAITING)]
    assert sorted(map(street_of, asked)) == ["14 Harbour Lane", "90 Pine Street"]


def test_an_organizations_value_waits_once_for_all_its_listings(source):
    rows = [row("1"), row("2", ADDRESS_LINE_1="9 Oak Street")]
    bring_in(source, *rows)
    people_set("Harbour House of Hope")

    run = bring_in(
        source,
        *(one | {"ENGLISH_NAME": "Harbour House Two"} for one in rows),
    )

    (waiting,) = run.proposals.filter(applied_at=None)
    assert waiting.subject == "organization"
    assert waiting.after["name"] == "Harbour House Two"
    assert Organization.objects.get().name == "Harbour House of Hope"


def test_a_trial_proposes_nothing(source):
    imports.bring_in(source.write(row()).path, ONTARIO)
    assert not ImportRun.objects.exists()


def test_the_command_brings_in_and_asks(source, capsys):
    bring_in(source, row())
    set_by_a_person(service_at_locations=moved("12 Elm Street"))
    source.write(row(ADDRESS_LINE_1="90 Pine Street"))

    call_command("import_services", str(source.path), "--apply")

    assert "1 change waits" in capsys.readouterr().out
    assert Submission.objects.count() == 1


# Undoing


def undo(run, by=None):
    return imports.undo(run, by=by or coordinator())


def test_undoing_hides_what_was_added_and_restores_what_was_changed(source):
    bring_in(source, row("1"))
    before = listing_of(HARBOUR)
    run = bring_in(source, row("1", ADDRESS_LINE_1="90 Pine Street"), row("2", ENGLISH_NAME="Elm"))

    done = undo(run)

    assert (len(done.restored), len(done.withdrawn), done.left) == (1, 1, [])
    now = listing_of(HARBOUR)
    assert street_of(now) == street_of(before) == "14 Harbour Lane"
    assert [str(s.pk) for s in Service.objects.published()] == [before["id"]]
    run.refresh_from_db()
    assert run.undone_by == "Cora Coordinator"
    assert Proposal.objects.history(before["id"]).first().origin == Origin.COORDINATOR


def test_what_was_undone_can_be_brought_in_again_and_undone_again(source):
    rows = row("1"), row("2", ENGLISH_NAME="Elm House")
    undo(bring_in(source, *rows))
    assert not Service.objects.published().exists()

    for _time in range(2):
        again = bring_in(source, row("1", ADDRESS_LINE_1="90 Pine Street"), rows[1])
        assert (again.added, again.changed, again.held) == (2, 0, 0)
        assert Service.objects.published().count() == 2
        assert street_of(listing_of(HARBOUR)) == "90 Pine Street"
        assert bring_in(source, row("1", ADDRESS_LINE_1="90 Pine Street"), rows[1]) is None
        assert len(undo(again).withdrawn) == 2
        assert not Service.objects.published().exists()


def test_what_a_person_wrote_since_an_undo_stays_when_it_is_brought_in_again(source):
    undo(bring_in(source, row("1")))
    document = proposals.current(Service.objects.get().pk) | {"description": "Ring twice."}
    proposals.change(document, origin=Origin.COORDINATOR, by="Cora")

    bring_in(source, row("1"))

    assert listing_of(HARBOUR)["description"] == "Ring twice."
    assert not Service.objects.published().exists(), "who hid it decides when it is shown"


def test_undoing_leaves_what_has_changed_since(source):
    run = bring_in(source, row("1"), row("2", ENGLISH_NAME="Elm House"))
    set_by_a_person(description="Open late.")

    done = undo(run)

    assert (len(done.withdrawn), done.left) == (1, [listing_of(HARBOUR)["name"]])
    assert listing_of(HARBOUR)["description"] == "Open late."
    assert Service.objects.published().get().pk == Service.objects.get(description="Open late.").pk


def test_undoing_leaves_what_a_person_published(source):
    run = bring_in(source, row("1", ENGLISH_NAME="Harbour Women’s Shelter"))
    assert not Service.objects.published().exists()
    document = listing_of(HARBOUR) | {"phones": [{"number": "807-555-0142"}]}
    write_listings([document])
    Proposal.objects.update(after=proposals.current(document["id"]))  # as if it had come with it
    publish([document["id"]], by="Cora")

    done = undo(run)

    assert len(done.left) == 1
    assert Service.objects.published().exists()


def test_undoing_restores_an_organization_with_all_its_listings(source):
    rows = [row("1"), row("2", ADDRESS_LINE_1="9 Oak Street")]
    bring_in(source, *rows)
    run = bring_in(source, *(one | {"ENGLISH_NAME": "Harbour Home"} for one in rows))
    assert Organization.objects.get().name == "Harbour Home"

    done = undo(run)

    assert len(done.restored) == 2
    assert done.left == []
    assert Organization.objects.get().name == "Harbour House"


def test_undoing_withdraws_what_waits(source):
    bring_in(source, row())
    set_by_a_person(service_at_locations=moved("12 Elm Street"))
    run = bring_in(source, row(ADDRESS_LINE_1="90 Pine Street"))

    undo(run)

    assert Submission.objects.get().state == State.WITHDRAWN


def test_a_run_is_undone_once(source):
    run = bring_in(source, row())
    undo(run)
    with pytest.raises(imports.AlreadyUndone):
        undo(run)


@pytest.mark.django_db(transaction=True)
def test_of_two_undos_at_once_one_counts(source):
    run = bring_in(source, row("1"), row("2", ENGLISH_NAME="Elm House"))
    people = [coordinator(), coordinator()]

    results = at_once(*[partial(imports.undo, run, by=by) for by in people])

    assert sorted(type(one).__name__ for one in results) == ["AlreadyUndone", "Undoing"]
    assert not Service.objects.published().exists()


# Pages


def test_a_coordinator_undoes_a_run_from_its_page(source, client):
    run = bring_in(source, row())
    client.force_login(coordinator())
    assert "providers.csv" in client.get(reverse("coalition:imports")).content.decode()
    address = reverse("coalition:import_run", args=[run.pk])
    assert "Undo the whole import" in client.get(address).content.decode()

    response = client.post(address, follow=True)

    assert "1 hidden" in response.content.decode()
    assert not Service.objects.published().exists()
    again = client.post(address)
    assert again.status_code == 409
    assert "Cora Coordinator" in again.content.decode()


def test_the_pages_of_imports_are_for_coordinators(source, client):
    run = bring_in(source, row())
    client.force_login(person())
    for address in (reverse("coalition:imports"), reverse("coalition:import_run", args=[run.pk])):
        assert client.get(address).status_code == 404
    assert client.post(reverse("coalition:import_run", args=[run.pk])).status_code == 404
    assert Service.objects.published().exists()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_of_imports_take_a_fixed_number_of_queries(
    source, client, count, django_assert_num_queries
):
    for number in range(count):
        run = bring_in(source, *(row(str(n), ENGLISH_NAME=f"House {n}") for n in range(number + 1)))
    client.force_login(coordinator())
    client.get(reverse("coalition:imports"))
    with django_assert_num_queries(4):
        client.get(reverse("coalition:imports"))
    with django_assert_num_queries(5):
        client.get(reverse("coalition:import_run", args=[run.pk]))


def test_the_way_back_stops_where_something_else_changed():
    steps = [({"v": 1}, {"v": 2}), ({"v": 0}, {"v": 1})]
    assert imports.way_back({"v": 2}, steps) == ({"v": 0}, True)
    assert imports.way_back({"v": 9}, steps) == ({"v": 9}, False)
    assert imports.way_back({"v": 2}, [steps[0], ({"v": 0}, {"v": 7})]) == ({"v": 1}, False)
