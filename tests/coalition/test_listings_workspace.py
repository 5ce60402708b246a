"""The workspace: what needs somebody today, their listings, and one-step changes to them."""

import copy
import datetime
import html
import re
import uuid

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from coalition.accounts.models import RecordEntry
from coalition.listings import actions
from coalition.listings.models import Correction, Problem
from coalition.members.models import Invitation
from coalition.review import actions as review
from coalition.review.models import Submission
from directory.interchange.actions import withdraw
from directory.interchange.proposals import current
from directory.models import Origin, Proposal, Service
from tests.factories import listing, location, published
from tests.forms import form_in
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db
HOME = "/partner/"


@pytest.fixture
def owner():
    return person(name="Olive")


def page(client, path=HOME) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def press(client, name, pk, **data):
    return client.post(reverse(f"coalition:{name}", args=[pk]), data)


def beds(**changes) -> dict:
    return {
        "capacities": [
            {
                "unit": {"identifier": "bed"},
                "available": 2,
                "maximum": 9,
                "updated": "2026-11-23T15:00:00+00:00",
            }
        ],
        **changes,
    }


def test_a_visitor_is_asked_to_sign_in(client):
    response = client.get(HOME)
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


def test_somebody_without_an_organization_is_told_how_to_join(client, owner):
    client.force_login(owner)
    assert "You are not in an organization yet" in page(client)


def test_what_needs_somebody_today_comes_first(client, owner):
    organization = member(owner=owner, assured_date="2020-01-01", assured_by="us")
    service = organization.services.get()
    submission = Submission.objects.create(
        kind="correction", title="x", organization=organization, submitted_by=None
    )
    Correction.objects.create(
        submission=submission, service=service, wrong="details", text="The door is green"
    )
    draft = actions.start_draft(organization, by=owner)
    draft = actions.save_draft(draft, without_ids(listing(name="Sent back")))
    actions.send_in(draft, by=owner)
    sent = Submission.objects.get(kind="listing")
    review.decide(sent.pk, "returned", by=coordinator(), round=1, reason="Which door?")
    begun = actions.start_draft(organization, by=owner)
    actions.save_draft(begun, {"name": "Half written"})
    Invitation.objects.create(organization=member(), email=owner.email.upper())
    client.force_login(owner)

    text = page(client)

    for words in (
        "Still correct?",
        "The door is green",
        "Which door?",
        "Half written",
        "Invitation",
    ):
        assert words in text


def without_ids(document: dict) -> dict:
    return {k: v for k, v in document.items() if k not in ("id", "organization")}


def test_yes_still_correct_in_one_tap(client, owner):
    organization = member(owner=owner, assured_date="2020-01-01", assured_by="us")
    client.force_login(owner)
    press(client, "service_confirm", organization.services.get().pk)
    service = organization.services.get()
    assert service.assured_date >= datetime.date(2026, 1, 1)
    assert "Still correct?" not in page(client)


def test_a_correction_that_was_answered_by_an_edit_needs_nobody_here(client, owner):
    organization = member(owner=owner, trusted=True)
    service = organization.services.get()
    submission = Submission.objects.create(kind="correction", title="x", organization=organization)
    Correction.objects.create(submission=submission, service=service, wrong="details", text="Old")
    client.force_login(owner)
    assert "Somebody says" in page(client)
    press(client, "service_confirm", service.pk)
    assert "Somebody says" not in page(client)


def test_each_state_of_a_listing_is_said(client, owner):
    organization = member(owner=owner, trusted=True)
    service = organization.services.get()
    client.force_login(owner)
    assert "Public" in page(client)
    for status, words in (
        ("temporarily closed", "Closed for a while"),
        ("defunct", "No longer offered"),
    ):
        Service.objects.filter(pk=service.pk).update(status=status)
        assert f'<span class="count">{words}' in page(client)
    Service.objects.filter(pk=service.pk).update(
        status="active", published_at=None, published_by=""
    )
    assert '<span class="count">Hidden' in page(client)


def test_a_trusted_member_closes_reopens_and_retires_at_once(client, owner):
    organization = member(owner=owner, trusted=True)
    service = organization.services.get()
    client.force_login(owner)

    press(client, "service_close", service.pk, alert="Back in January")
    service.refresh_from_db()
    assert (service.status, service.alert) == ("temporarily closed", "Back in January")

    press(client, "service_close", service.pk, alert="Back in January")  # twice
    assert Proposal.objects.history(service.pk).count() == 1

    press(client, "service_reopen", service.pk)
    service.refresh_from_db()
    assert (service.status, service.alert) == ("active", "")

    press(client, "service_retire", service.pk)
    assert client.get(f"/services/{service.slug}/").status_code == 404

    press(client, "service_reopen", service.pk)  # it is out of sight: a coordinator decides
    submission = Submission.objects.get()
    review.decide(submission.pk, "approved", by=coordinator(), round=1)
    assert client.get(f"/services/{service.slug}/").status_code == 200


def test_a_new_members_closing_waits_and_is_not_sent_in_twice(client, owner):
    organization = member(owner=owner)
    service = organization.services.get()
    client.force_login(owner)
    for _time in range(2):
        press(client, "service_close", service.pk, alert="Back in January")
    service.refresh_from_db()
    assert service.status == "active"
    assert Submission.objects.get().state == "waiting"
    assert "A change waits" in page(client)


def test_too_long_a_notice_is_refused_beside_its_field(client, owner):
    organization = member(owner=owner)
    client.force_login(owner)
    response = press(client, "service_close", organization.services.get().pk, alert="x" * 20_000)
    assert response.status_code == 422
    assert 'id="id_alert_error"' in response.content.decode()


def test_a_copy_is_a_draft_with_identifiers_of_its_own(client, owner):
    organization = member(owner=owner)
    service = organization.services.get()
    client.force_login(owner)
    press(client, "service_duplicate", service.pk)
    draft = owner.listing_drafts.get()
    original = current(service.pk)
    assert draft.document["name"] == "Naloxone kits and training (copy)"
    assert not ids_in(draft.document, skip="organization") & ids_in(original, skip="organization")
    actions.send_in(draft, by=owner)
    review.decide(Submission.objects.get().pk, "approved", by=coordinator(), round=1)
    assert organization.services.count() == 2


def ids_in(value, skip: str) -> set[str]:
    if isinstance(value, list):
        return set().union(*(ids_in(item, skip) for item in value))
    if not isinstance(value, dict):
        return set()
    own = {value["id"]} if "id" in value else set()
    return own.union(*(ids_in(item, skip) for key, item in value.items() if key != skip))


def test_editing_goes_on_with_ones_own_draft(client, owner):
    organization = member(owner=owner)
    service = organization.services.get()
    client.force_login(owner)
    first = press(client, "service_edit", service.pk)
    assert press(client, "service_edit", service.pk).url == first.url
    assert owner.listing_drafts.count() == 1


def test_a_draft_is_thrown_away_with_what_it_had_sent_in(client, owner):
    organization = member(owner=owner)
    draft = actions.start_draft(organization, by=owner, service=organization.services.get())
    draft = actions.save_draft(draft, {**draft.document, "name": "Another"})
    actions.send_in(draft, by=owner)
    client.force_login(owner)
    press(client, "draft_discard", draft.pk)
    assert Submission.objects.get().state == "withdrawn"
    assert not owner.listing_drafts.exists()


def test_free_beds_in_two_taps(client, owner):
    organization = member(owner=owner, **beds())
    service = organization.services.get()
    capacity = service.capacities.get()
    url = reverse("coalition:beds", args=[organization.slug])
    client.force_login(owner)
    fields = form_in(page(client, url), css_class="beds")

    client.post(url, fields | {"step": f"more-{capacity.pk}"})
    capacity.refresh_from_db()
    assert capacity.available == 3
    assert capacity.updated.year >= 2026

    client.post(url, fields | {f"free-{capacity.pk}": "0"})
    capacity.refresh_from_db()
    assert capacity.available == 0
    newest = Proposal.objects.history(service.pk).first()
    assert (newest.note, newest.change.user) == ("capacity", owner)


@pytest.mark.parametrize("number", ["10", "-1", "many", "", "9999999", "²", "1\0"])
def test_a_number_that_cannot_be_is_refused_beside_its_field(client, owner, number):
    organization = member(owner=owner, **beds())
    service = organization.services.get()
    capacity = service.capacities.get()
    client.force_login(owner)
    url = reverse("coalition:beds", args=[organization.slug])
    response = client.post(url, {"service": service.pk, f"free-{capacity.pk}": number})
    assert response.status_code == 422
    assert f'id="error-{service.pk}"' in response.content.decode()
    capacity.refresh_from_db()
    assert capacity.available == 2


def test_beds_of_another_organization_are_out_of_reach(client, owner):
    organization = member(owner=owner, **beds())
    other = member(**beds()).services.get()
    client.force_login(owner)
    url = reverse("coalition:beds", args=[organization.slug])
    data = {"service": other.pk, f"free-{other.capacities.get().pk}": "5"}
    assert client.post(url, data).status_code == 404


def test_a_trusted_member_changes_what_is_said_of_it_at_once(client, owner):
    organization = member(owner=owner, trusted=True)
    client.force_login(owner)
    url = reverse("coalition:organization_edit", args=[organization.slug])
    fields = form_in(page(client, url), css_class="editor")
    changes = {
        "about-description": "We are here.",
        "phones-0-it-number": "807-555-0100",
        "about-website": "https://harbour.example.org",
    }
    assert client.post(url, fields | changes).status_code == 302
    organization.refresh_from_db()
    assert organization.description == "We are here."
    assert organization.phones.get().number == "807-555-0100"


def test_a_new_members_own_words_about_itself_wait(client, owner):
    organization = member(owner=owner)
    client.force_login(owner)
    url = reverse("coalition:organization_edit", args=[organization.slug])
    fields = form_in(page(client, url), css_class="editor")
    for _time in range(2):
        client.post(url, fields | {"about-description": "We are here."})
    organization.refresh_from_db()
    assert organization.description == ""
    review.decide(Submission.objects.get().pk, "approved", by=coordinator(), round=1)
    organization.refresh_from_db()
    assert organization.description == "We are here."


def test_nothing_about_an_organization_is_public_before_it_is_saved(client, owner):
    organization = member(owner=owner, trusted=True)
    client.force_login(owner)
    url = reverse("coalition:organization_edit", args=[organization.slug])
    fields = form_in(page(client, url), css_class="editor")
    response = client.post(url, fields | {"about-description": "Half", "add": "phones"})
    again = form_in(response.content.decode(), css_class="editor")
    assert (again["about-description"], again["phones-count"]) == (["Half"], ["2"])
    organization.refresh_from_db()
    assert organization.description == ""


def test_an_organization_without_a_name_is_refused_and_a_stale_page_is_said(client, owner):
    organization = member(owner=owner, trusted=True)
    client.force_login(owner)
    url = reverse("coalition:organization_edit", args=[organization.slug])
    fields = form_in(page(client, url), css_class="editor")
    response = client.post(url, fields | {"about-name": "", "about-name_fr": ""})
    assert response.status_code == 422
    client.post(url, fields | {"about-description": "First"})
    response = client.post(url, fields | {"about-description": "Second"})
    assert response.status_code == 409
    assert "Second" in response.content.decode()
    organization.refresh_from_db()
    assert organization.description == "First"


def test_a_place_other_organizations_show_is_not_changed_for_them(owner):
    organization = member(owner=owner, trusted=True)
    service = organization.services.get()
    shared = current(service.pk)["service_at_locations"][0]["location"]
    other = published(listing(service_at_locations=[{"location": shared}]))[0]
    draft = actions.start_draft(organization, by=owner, service=service)
    draft.document["service_at_locations"][0]["location"]["name"] = "Moved"
    draft = actions.save_draft(draft, draft.document)
    actions.send_in(draft, by=owner)
    assert current(service.pk)["service_at_locations"][0]["location"]["name"] == "Moved"
    assert "name" not in current(other.pk)["service_at_locations"][0]["location"]


NUMBER, LINK = "807-343-123", "https://gone.example.org/"


def broken(service, kind: str, value: str) -> None:
    Problem.objects.create(
        service=service, kind=kind, value=value, said="404" if kind == "link" else "wrong-length"
    )


def put_right(client, *, number: int = 0):
    """Press the button beside what is broken: the page it leads to."""
    forms = html5lib.parse(page(client), namespaceHTMLElements=False).iter("form")
    found = [form for form in forms if form.find("input[@name='holds']") is not None]
    fields = {one.get("name"): one.get("value") for one in found[number].iter("input")}
    return client.post(found[number].get("action"), fields)


@pytest.mark.parametrize(
    ("kind", "value", "section", "changes"),
    [
        ("link", LINK, "contact", {"url": LINK}),
        ("link", LINK, "contact", {"additional_urls": [{"url": LINK}]}),
        ("phone", NUMBER, "contact", {"phones": [{"number": NUMBER}]}),
        (
            "phone",
            NUMBER,
            "contact",
            {"service_at_locations": [{"location": location(phones=[{"number": NUMBER}])}]},
        ),
        (
            "link",
            LINK,
            "where",
            {"service_at_locations": [{"location": location(url=LINK)}]},
        ),
    ],
)
def test_what_is_broken_is_said_with_the_way_to_its_part_of_the_editor(
    client, owner, kind, value, section, changes
):
    service = member(owner=owner, **changes).services.get()
    broken(service, kind, value)
    client.force_login(owner)
    text = page(client)
    assert f"<p>{value}</p>" in text
    assert ("The page answers “404”." if kind == "link" else "digits") in text

    response = put_right(client)

    draft = owner.listing_drafts.get()
    assert response.url == reverse("coalition:draft_section", args=[draft.pk, section])
    assert f'value="{value}"' in page(client, response.url)
    assert value in page(client, reverse("coalition:draft", args=[draft.pk]))


def test_what_is_broken_of_the_organization_leads_to_its_own_page(client, owner):
    organization = {"id": str(uuid.uuid4()), "name": "Harbour", "phones": [{"number": NUMBER}]}
    found = member(owner=owner, organization=organization)
    broken(found.services.get(), "phone", NUMBER)
    client.force_login(owner)
    response = put_right(client)
    assert response.url == reverse("coalition:organization_edit", args=[found.slug])
    assert not owner.listing_drafts.exists()


def test_what_is_broken_is_gone_once_it_is_put_right_and_the_rest_stays(client, owner):
    service = member(
        owner=owner, trusted=True, phones=[{"number": NUMBER}], url=LINK
    ).services.get()
    broken(service, "phone", NUMBER)
    broken(service, "link", LINK)
    client.force_login(owner)
    draft = actions.start_draft(service.organization, by=owner, service=service)
    phones = [draft.document["phones"][0] | {"number": "807-343-1234"}]
    draft = actions.save_draft(draft, draft.document | {"phones": phones})
    assert NUMBER in page(client), "it is still said"

    actions.send_in(draft, by=owner)

    assert NUMBER not in page(client)
    assert LINK in page(client)


def test_what_waits_for_a_coordinator_is_broken_until_it_is_approved(client, owner):
    service = member(owner=owner, url=LINK).services.get()
    broken(service, "link", LINK)
    client.force_login(owner)
    draft = actions.start_draft(service.organization, by=owner, service=service)
    actions.save_draft(draft, {**draft.document, "url": "https://example.org/"})
    actions.send_in(draft, by=owner)
    assert LINK in page(client)
    review.decide(Submission.objects.get().pk, "approved", by=coordinator(), round=1)
    assert LINK not in page(client)


def test_a_number_of_the_organization_put_right_is_gone_too(client, owner):
    organization = {"id": str(uuid.uuid4()), "name": "Harbour", "phones": [{"number": NUMBER}]}
    found = member(owner=owner, trusted=True, organization=organization)
    broken(found.services.get(), "phone", NUMBER)
    client.force_login(owner)
    url = reverse("coalition:organization_edit", args=[found.slug])
    fields = form_in(page(client, url), css_class="editor")
    client.post(url, fields | {"phones-0-it-number": "807-343-1234"})
    assert NUMBER not in page(client)


def test_what_is_broken_elsewhere_or_out_of_sight_needs_nobody_here(client, owner):
    own = member(owner=owner).services.get()
    broken(own, "link", LINK)
    broken(member().services.get(), "link", "https://theirs.example.org/")
    withdraw([own.pk])
    client.force_login(owner)
    assert "A link that does not open" not in page(client)


def queries(client, path=HOME) -> int:
    with CaptureQueriesContext(connection) as seen:
        page(client, path)
    return len(seen)


def test_the_number_of_queries_does_not_grow(client, owner):
    organization = member(owner=owner, assured_date="2020-01-01", assured_by="us", **beds())
    client.force_login(owner)
    pages = (HOME, reverse("coalition:beds", args=[organization.slug]))
    broken(organization.services.get(), "link", LINK)
    page(client)  # what a process remembers for a minute
    few = [queries(client, path) for path in pages]
    more = published(
        *(
            listing(
                organization={"id": str(organization.pk)},
                assured_date="2020-01-01",
                assured_by="us",
                **beds(),
            )
            for _number in range(3)
        )
    )
    for number in range(3):
        broken(more[number], "link", LINK)
        begun = actions.start_draft(organization, by=owner)
        actions.save_draft(begun, {"name": f"Draft {number}"})
        Invitation.objects.create(organization=member(), email=owner.email)
    assert [queries(client, path) for path in pages] == few


def test_listings_come_in_pages_of_the_chosen_organization(client, owner):
    organization = member(owner=owner)
    second = member(owner=owner, name="Elsewhere")
    published(
        *(
            listing(name=f"Listing {n:02}", organization={"id": str(organization.pk)})
            for n in range(30)
        )
    )
    client.force_login(owner)
    text = page(client, f"{HOME}?of={organization.slug}")
    assert "Listing 00" in text
    assert "Listing 29" not in text
    assert "Listing 29" in page(client, f"{HOME}?of={organization.slug}&page=2")
    assert "Elsewhere" in page(client, f"{HOME}?of={second.slug}")
    assert client.get(f"{HOME}?of={member().slug}&page=x%00").status_code == 200


PAGES = ("what", "who", "where", "when", "contact", "cost", "capacity", "notices", "", "preview")


@pytest.mark.parametrize("language", ["", "/fr"])
def test_each_page_is_well_formed(client, owner, settings, language):
    settings.TEMPLATES = copy.deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED-%s"
    monthly = {"freq": "MONTHLY", "byday": "2TU", "opens_at": "09:00", "closes_at": "12:00"}
    organization = member(owner=owner, schedules=[monthly], name="Help for addicts", **beds())
    service = organization.services.get()
    draft = actions.start_draft(organization, by=owner, service=service)
    client.force_login(owner)
    paths = [f"/partner/listings/{draft.pk}/{code}/".replace("//", "/") for code in PAGES]
    paths += [HOME, f"/partner/{organization.slug}/beds/", f"/partner/{organization.slug}/about/"]
    paths += [f"/partner/services/{service.pk}/close/", f"/partner/services/{service.pk}/retire/"]
    for path in paths:
        with override("en"):  # what a French page leaves active is not the next test's
            text = client.get(language + path).content.decode()
        html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        assert "UNDEFINED-" not in text, path
        tree = html5lib.parse(text, namespaceHTMLElements=False)
        identifiers = [e.get("id") for e in tree.iter() if e.get("id")]
        assert len(identifiers) == len(set(identifiers)), path


def test_listings_and_organizations_are_called_by_their_names_in_the_readers_language(
    client, owner
):
    organization = member(owner=owner, trusted=True)
    client.force_login(owner)
    text = client.get(f"/fr{HOME}").content.decode()
    assert "Trousses de naloxone et formation" in text
    assert "Centre de santé Harbour Lane" in text
    with override("fr"):
        service = organization.services.get()
        actions.confirm(
            service, by=owner, who=service.organization.filed_name, origin=Origin.PARTNER
        )
        actions.hide(service, by=owner, why="x")
    service.refresh_from_db()
    assert service.assured_by == "Harbour Lane Health Centre"
    assert RecordEntry.objects.get().about == "Naloxone kits and training"


@pytest.mark.parametrize(
    ("language", "said"), [("", "A new listing"), ("/fr", "Une nouvelle fiche")]
)
def test_a_draft_without_a_name_is_not_called_by_its_identifier(client, owner, language, said):
    organization = member(owner=owner)
    draft = actions.start_draft(organization, by=owner)
    client.force_login(owner)
    for path in (HOME, f"/partner/listings/{draft.pk}/", f"/partner/listings/{draft.pk}/where/"):
        text = re.sub(r"<[^>]+>", "", client.get(language + path).content.decode())
        assert said in text
        assert str(draft.pk) not in text
