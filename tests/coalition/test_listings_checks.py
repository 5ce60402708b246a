"""Every listing is asked about before its check is due; one click keeps it true; nobody is
forgotten, and nothing is hidden silently."""

import datetime
import re
import threading

import pytest
from django.core import signing
from django.db import connection
from django.utils import timezone

from coalition.accounts.models import RecordEntry
from coalition.listings import actions, checks
from coalition.listings.models import Care, CheckRequest
from coalition.mail.models import Message
from coalition.members.models import Member
from coalition.review.models import Desk
from directory.models import Proposal, Service
from tests.factories import confidential, listing, published
from tests.people import PASSWORD, coordinator, join, member, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
ONE, OTHER = "7c1f3d1a-0000-4000-8000-000000000001", "7c1f3d1a-0000-4000-8000-000000000002"


def today() -> datetime.date:
    return timezone.localdate()


def days_ago(days: int) -> str:
    return (today() - datetime.timedelta(days=days)).isoformat()


def due_in(days: int, **changes):
    """A member's listing, on a monthly cadence, whose check is due in so many days."""
    owner = changes.pop("owner", None) or person()
    organization = member(owner=owner, check_every=1, **changes)
    set_due(organization.services.get(), days)
    return organization.services.get()


def set_due(service: Service, days: int) -> None:
    """So long ago was it checked that it is due in so many days."""
    wanted = today() + datetime.timedelta(days=days)
    due = Service.objects.with_due_date().filter(pk=service.pk, due_on=wanted)
    for before in (28, 29, 30, 31):
        checked = wanted - datetime.timedelta(days=before)
        Service.objects.filter(pk=service.pk).update(assured_date=checked, assured_by="Jo")
        if due.exists():
            return
    raise AssertionError(f"nothing is due on {wanted}")


def link() -> str:
    """The link of the last message."""
    text = Message.objects.latest("created_at").text
    return re.search(r"https?://[^/\s]+(\S+)", text)[1]


def told_long_ago(service: Service) -> None:
    before = timezone.now() - datetime.timedelta(days=20)
    Care.objects.filter(service=service).update(asked_at=before)


def test_two_weeks_before_it_is_due_each_owner_is_asked_in_their_language():
    owner, other, editor = person(), person(language="fr"), person()
    service = due_in(14, owner=owner, name="Kits", name_fr="Trousses")
    join(other, service.organization)
    join(editor, service.organization, "editor")

    checks.keep_true(today())

    mails = {mail.to: mail for mail in Message.objects.all()}
    assert set(mails) == {owner.email, other.email}
    assert "Kits" in mails[owner.email].subject
    assert "Trousses" in mails[other.email].subject
    assert "/fr/check/" in mails[other.email].text


def test_nobody_is_asked_sooner_or_twice():
    due_in(15)
    due_in(3)
    checks.keep_true(today())
    checks.keep_true(today())
    assert Message.objects.count() == 1


def mail_to(user) -> Message:
    """The only one."""
    return Message.objects.get(to=user.email)


def links_in(text: str) -> list[str]:
    return re.findall(r"https?://[^/\s]+(/\S*check/\S+)", text)


def due_together(owner, *days: int) -> list[Service]:
    """Listings of one organization, each due in so many days."""
    first = due_in(days[0], owner=owner, name="Listing 1.", name_fr="Fiche 1.")
    same = {"check_every": 1, "organization": {"id": str(first.organization_id)}}
    others = published(
        *(
            listing(name=f"Listing {number}.", name_fr=f"Fiche {number}.", **same)
            for number in range(2, len(days) + 1)
        )
    )
    for other, when in zip(others, days[1:], strict=True):
        set_due(other, when)
    return [first, *others]


def test_many_listings_due_together_are_one_mail_to_each_owner_in_their_language():
    owner, other = person(), person(language="fr")
    (service, *_others) = due_together(owner, *[10] * 12)
    join(other, service.organization)

    assert checks.keep_true(today())["asked"] == 12
    checks.keep_true(today())

    message, french = mail_to(owner), mail_to(other)
    assert message.subject == "12 listings: are they still correct?"
    assert french.subject.startswith("12 ")
    for mail, name, start in ((message, "Listing", "/check/"), (french, "Fiche", "/fr/check/")):
        assert all(f"{name} {number}." in mail.text for number in range(1, 13))
        addresses = links_in(mail.text)
        assert len(set(addresses)) == 12
        assert all(address.startswith(start) for address in addresses)
        assert all(f'{address}"' in mail.html for address in addresses)
    assert "Listing 12." not in french.text


def test_each_link_of_such_a_mail_is_for_its_listing_only_and_works_once(client):
    owner = person()
    services = due_together(owner, 10, 10, 10)
    checks.keep_true(today())
    text = mail_to(owner).text
    for number, address in enumerate(links_in(text), 1):
        (service,) = [s for s in services if s.name in text.partition(address)[0].splitlines()[-2]]
        assert service.name in client.get(address).content.decode()
        assert Proposal.objects.count() == number - 1, "opening it changed something"
        assert client.post(address).status_code == 302
        assert Proposal.objects.history(service.pk).count() == 1
        assert client.post(address).status_code == 410
    CheckRequest.objects.update(used_at=None, expires_at=timezone.now())
    assert {client.post(address).status_code for address in links_in(text)} == {410}


def test_one_mail_says_of_each_listing_whether_it_is_due_overdue_or_hidden():
    Desk.objects.create(hide_after_days=60)
    owner = person()
    due, overdue, hidden = due_together(owner, 10, -3, -70)
    Care.objects.create(service=hidden, asked_at=timezone.now() - datetime.timedelta(days=20))
    CheckRequest.objects.create(
        service=hidden, email=owner.email, user=owner, expires_at=timezone.now(), told_at=None
    )

    checks.keep_true(today())

    text = mail_to(owner).text
    places = [
        text.index(words)
        for words in ("Hidden", hidden.name, "Overdue", overdue.name, "Due soon", due.name)
    ]
    assert places == sorted(places)
    assert len(links_in(text)) == 3


def test_an_owner_in_two_organizations_reads_whose_each_listing_is():
    owner = person()
    due_in(10, owner=owner, organization={"id": ONE, "name": "Harbour"})
    due_in(10, owner=owner, organization={"id": OTHER, "name": "Quetico"})
    checks.keep_true(today())
    assert "· Harbour ·" in mail_to(owner).text
    assert "· Quetico ·" in mail_to(owner).text


def test_what_a_run_that_broke_off_had_written_down_is_mailed_by_the_next(monkeypatch):
    owner = person()
    due_together(owner, 10, 10)

    def broken(*_arguments):
        raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(checks, "tell", broken)
        with pytest.raises(InterruptedError):
            checks.keep_true(today())
    assert not Message.objects.exists()

    checks.keep_true(today())
    checks.keep_true(today())
    assert len(links_in(mail_to(owner).text)) == 2


def test_what_was_answered_before_its_mail_was_written_is_not_asked():
    owner = person()
    first, second = due_together(owner, 10, 10)
    for service in (first, second):
        checks.ask(service.pk, today())
    actions.confirm(first, by=owner, who="us", origin="partner")
    checks.keep_true(today())
    message = mail_to(owner)
    assert message.kind == "check-due"
    assert second.name in message.subject


def test_a_listing_nobody_has_checked_is_due_by_when_it_was_published():
    service = due_in(3)
    Service.objects.filter(pk=service.pk).update(
        assured_date=None,
        assured_by="",
        published_at=timezone.now() - datetime.timedelta(days=60),
    )
    assert Service.objects.never_checked().get() == service
    assert Service.objects.overdue(today()).get() == service


def test_opening_the_link_shows_the_listing_and_changes_nothing(client):
    service = due_in(10)
    checks.keep_true(today())
    address = link()

    for _number in range(2):
        response = client.get(address)
        assert response.status_code == 200
        assert "14 Harbour Lane" in response.content.decode()
        assert "807-555-0142" in response.content.decode()
    client.head(address)

    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert not Proposal.objects.exists()
    assert CheckRequest.objects.open().get().service == service


def test_the_link_shows_no_more_than_residents_see(client):
    service = due_in(10, **{k: v for k, v in confidential().items() if k != "organization"})
    checks.keep_true(today())
    text = client.get(link()).content.decode()
    assert service.name in text
    assert "Sekrit" not in text


def test_one_click_says_that_it_is_true(client):
    service = due_in(10)
    checks.keep_true(today())

    response = client.post(link(), follow=True)

    service.refresh_from_db()
    assert response.status_code == 200
    assert not response.cookies
    assert (service.assured_date, service.assured_by) == (today(), str(service.organization))
    assert not Care.objects.exists()
    proposal = Proposal.objects.history(service.pk).get()
    assert proposal.change.user == service.organization.memberships.get().user


def test_the_link_works_once_and_the_other_owners_are_told_it_is_done(client):
    service = due_in(10)
    join(person(), service.organization)
    checks.keep_true(today())
    first, second = (checks.link(request) for request in CheckRequest.objects.all())
    client.post(first)

    for address in (first, second):
        for response in (client.get(address), client.post(address)):
            assert response.status_code == 410
            assert "answered already" in response.content.decode()
    assert Proposal.objects.count() == 1


def test_a_link_that_is_too_old_or_made_up_says_so(client):
    due_in(10)
    checks.keep_true(today())
    address = link()
    CheckRequest.objects.update(expires_at=timezone.now())
    assert client.get(address).status_code == client.post(address).status_code == 410
    assert "does not work any more" in client.get(address).content.decode()

    unknown = signing.dumps("0b0a8f5e-0000-4000-8000-000000000000", salt=checks.SALT)
    for token in (unknown, "made-up", f"{unknown}x"):
        assert client.post(f"/check/{token}/").status_code == 404
        assert "do not know this link" in client.get(f"/check/{token}/").content.decode()


def test_the_link_of_somebody_who_has_left_does_nothing(client):
    service = due_in(10)
    checks.keep_true(today())
    service.organization.memberships.all().delete()
    assert client.post(link()).status_code == 410
    assert not Proposal.objects.exists()


def test_an_overdue_check_is_asked_for_once_more_and_no_oftener():
    service = due_in(10)
    checks.keep_true(today())
    set_due(service, -1)
    CheckRequest.objects.update(created_at=timezone.now() - datetime.timedelta(days=12))

    checks.keep_true(today())
    checks.keep_true(today())

    kinds = sorted(Message.objects.values_list("kind", flat=True))
    assert kinds == ["check-due", "check-overdue"]


def test_a_month_after_it_was_due_coordinators_have_it():
    service = due_in(-29)
    checks.keep_true(today())
    assert not Care.objects.passed_on().exists()

    set_due(service, -30)
    checks.keep_true(today())
    assert Care.objects.passed_on().get().service == service


def test_past_the_limit_it_is_hidden_its_owners_are_told_and_it_is_recorded(client):
    Desk.objects.create(hide_after_days=60)
    service = due_in(-60)
    checks.keep_true(today())
    assert Service.objects.published().filter(pk=service.pk).exists(), "nobody was told before"
    told_long_ago(service)

    checks.keep_true(today())

    assert client.get(f"/services/{service.slug}/").status_code == 404
    assert Message.objects.get(kind="listing-hidden").to
    entry = RecordEntry.objects.get(action="listing.hide")
    assert entry.by_words == "site"
    assert "Not checked since" in entry.note


def test_one_click_brings_a_hidden_listing_back(client):
    service = due_in(-200)
    checks.keep_true(today())
    told_long_ago(service)
    checks.keep_true(today())
    assert list(checks.waits_for_check([service.organization])) == [service]

    page = client.get(link())
    assert service.name in page.content.decode()
    client.post(link())

    assert client.get(f"/services/{service.slug}/").status_code == 200
    assert RecordEntry.objects.filter(action="listing.show").exists()
    checks.keep_true(today())
    assert Message.objects.exclude(kind__in=["check-overdue", "listing-hidden"]).count() == 0


def test_a_listing_that_nobody_ever_checked_is_not_hidden_for_it():
    service = due_in(-200)
    Service.objects.filter(pk=service.pk).update(
        assured_date=None,
        assured_by="",
        published_at=timezone.now() - datetime.timedelta(days=400),
    )
    checks.keep_true(today())
    told_long_ago(service)
    assert checks.keep_true(today())["hidden"] == 0


def test_a_listing_without_owners_goes_to_coordinators_and_asks_nobody():
    (service,) = published(listing(check_every=1))
    set_due(service, -40)
    assert checks.keep_true(today()) == {"asked": 0, "reminded": 0, "passed_on": 1, "hidden": 0}
    assert not Message.objects.exists()


def test_a_suspended_organizations_owners_are_not_asked():
    service = due_in(3)
    Member.objects.update(standing="suspended")
    checks.keep_true(today())
    assert not Message.objects.exists()
    assert service.organization.memberships.exists()


def test_a_round_begins_anew_however_the_listing_was_checked():
    service = due_in(-40)
    checks.keep_true(today())
    assert Care.objects.exists()
    Service.objects.filter(pk=service.pk).update(assured_date=today())
    checks.keep_true(today())
    assert not Care.objects.exists()


def test_to_whom_we_wrote_is_forgotten_once_the_links_are_long_closed():
    service = due_in(10)
    checks.keep_true(today())
    checks.answer(CheckRequest.objects.get())
    checks.keep_true(today())
    assert CheckRequest.objects.exists()
    CheckRequest.objects.update(expires_at=timezone.now() - datetime.timedelta(days=31))
    checks.keep_true(today())
    assert not CheckRequest.objects.filter(service=service).exists()


def test_residents_read_that_a_check_is_overdue_by_the_listings_own_cadence(client):
    late = published(listing(check_every=1, assured_date=days_ago(60), assured_by="Jo"))[0]
    kept = published(listing(check_every=12, assured_date=days_ago(200), assured_by="Jo"))[0]
    cards = client.get("/services/").content.decode().split("<article")

    for service, said in ((late, True), (kept, False)):
        (card,) = [card for card in cards if f'data-service="{service.pk}"' in card]
        for text in (card, client.get(f"/services/{service.slug}/").content.decode()):
            assert ("Not checked since" in text) is said
            assert (": call first" in text) is said
            assert ('data-checked="stale"' in text) is said


def test_an_overdue_listing_stands_lower(client):
    late = published(listing(check_every=1, assured_date=days_ago(60), assured_by="Jo"))[0]
    kept = published(listing(check_every=6, assured_date=days_ago(70), assured_by="Jo"))[0]
    page = client.get("/services/", {"near": "Thunder Bay"}).content.decode()
    assert page.index(str(kept.pk)) < page.index(str(late.pk))


def test_a_coordinator_records_who_confirmed_it_by_phone(client):
    service = due_in(-40)
    checks.keep_true(today())
    cora = coordinator()
    client.login(username=cora.email, password=PASSWORD)
    address = f"/review/check/{service.slug}/"
    page = client.get(address)
    assert "tel:+18075550142" in page.content.decode()

    empty = client.post(address, {"who": " ", "seen": checks.mark(service)})
    assert empty.status_code == 422

    seen = page.context["form"].initial["seen"]
    done = client.post(address, {"who": "Jo at the front desk", "seen": seen})
    assert done.status_code == 302
    service.refresh_from_db()
    assert (service.assured_date, service.assured_by) == (today(), str(service.organization))
    entry = RecordEntry.objects.get(action="listing.check")
    assert (entry.by, entry.note) == (cora, "Jo at the front desk")
    assert not Care.objects.exists()

    again = client.post(address, {"who": "Jo at the front desk", "seen": seen})
    assert again.status_code == 409
    assert "Jo at the front desk" in again.content.decode()
    assert Proposal.objects.count() == 1


def test_only_coordinators_check_for_a_partner(client):
    service = due_in(3)
    owner = service.organization.memberships.get().user
    assert client.get(f"/review/check/{service.slug}/").status_code == 302
    client.login(username=owner.email, password=PASSWORD)
    assert client.get(f"/review/check/{service.slug}/").status_code == 404


def at_once(*calls) -> list:
    """What each of these raised or returned, all begun at the same moment."""
    barrier = threading.Barrier(len(calls))
    results = []

    def run(call):
        try:
            barrier.wait(30)
            results.append(call())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_the_same_link_pressed_twice_at_once_confirms_once():
    due_in(10)
    checks.keep_true(today())
    request = CheckRequest.objects.get()

    results = at_once(*[lambda: checks.answer(request)] * 4)

    refused = [result for result in results if isinstance(result, checks.NotOpen)]
    assert len(refused) == 3, results
    assert Proposal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_answer_at_once_confirm_once():
    service = due_in(10)
    join(person(), service.organization)
    checks.keep_true(today())
    one, other = CheckRequest.objects.all()

    results = at_once(lambda: checks.answer(one), lambda: checks.answer(other))

    assert sum(isinstance(result, checks.NotOpen) for result in results) == 1, results
    assert Proposal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_daily_look_run_twice_at_once_does_nothing_twice():
    owner = person()
    due_together(owner, *[10] * 6)
    due_in(10)
    results = at_once(*[lambda: checks.keep_true(today())] * 4)
    assert sum(done["asked"] for done in results) == 7
    assert Message.objects.count() == 2
    assert len(links_in(mail_to(owner).text)) == 6
    assert actions.LISTING
