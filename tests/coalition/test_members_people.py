"""The people of an organization: asked in, given roles, taken out; there is always an owner."""

import re
import threading
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from coalition.accounts.models import RecordEntry, User
from coalition.mail.models import Message
from coalition.members import actions, links
from coalition.members.models import Invitation, Membership
from tests.people import PASSWORD, coordinator, join, member, person

pytestmark = pytest.mark.django_db

ASKED = {"email": "new@example.org", "role": "editor", "language": "fr"}


@pytest.fixture
def owner():
    return person(name="Olive Owner")


@pytest.fixture
def organization(owner):
    return member(owner=owner)


def people(organization, rest="") -> str:
    return f"/partner/{organization.slug}/people/{rest}"


def roles(organization) -> dict[str, str]:
    return {m.user.name: m.role for m in organization.memberships.select_related("user")}


def invitation(organization, email="new@example.org", role="editor", **changes) -> Invitation:
    found = actions.invite(
        organization,
        email=email,
        role=role,
        language="en",
        by=organization.memberships.first().user,
    )
    Invitation.objects.filter(pk=found.pk).update(**changes)
    found.refresh_from_db()
    return found


def link(found: Invitation) -> str:
    return f"/invitation/{links.invitation_token(found)}/"


def test_an_owner_asks_somebody_in_by_mail(client, owner, organization):
    client.force_login(owner)

    response = client.post(people(organization), ASKED, follow=True)

    page = response.content.decode()
    assert "on its way to new@example.org" in page
    assert page.count("new@example.org") > 1
    message = Message.objects.get(kind="invitation")
    assert (message.to, message.language) == ("new@example.org", "fr")
    assert "/fr/invitation/" in message.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "new"}, "email"),
        ({"email": f"{'x' * 250}@example.org"}, "email"),
        ({"role": "king"}, "role"),
        ({"language": ""}, "language"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, owner, organization, changes, field):
    client.force_login(owner)
    response = client.post(people(organization), ASKED | changes)
    assert response.status_code == 422
    assert response.context["form"].errors[field]
    assert not Invitation.objects.exists()


def test_nobody_is_asked_twice_at_a_time(client, owner, organization):
    client.force_login(owner)
    client.post(people(organization), ASKED)
    again = client.post(people(organization), ASKED | {"email": "NEW@example.org"})
    assert again.status_code == 422
    assert "has been invited already" in again.content.decode()

    assert Invitation.objects.count() == Message.objects.filter(kind="invitation").count() == 1
    there = client.post(people(organization), ASKED | {"email": owner.email})
    assert "in this organization already" in there.content.decode()


def test_one_address_is_not_flooded_with_invitations(client, owner, organization):
    client.force_login(owner)
    for _number in range(5):
        client.post(people(organization), ASKED)
        actions.withdraw_invitation(Invitation.objects.open().get(), by=owner)
    assert client.post(people(organization), ASKED).status_code == 429


def test_somebody_new_comes_in_by_the_link_which_proves_their_address(client, organization):
    found = invitation(organization)
    way = link(found)  # signed with the second it is made in
    page = client.get(way).content.decode()
    assert "Look after Harbour Lane Health Centre together" in page

    response = client.post(way)
    assert response.url == f"/accounts/signup/?next={quote(way, safe='')}"
    form = client.get(response.url)
    assert 'value="new@example.org"' in form.content.decode()
    data = {"name": "Nia", "email": "new@example.org", "password1": PASSWORD, "next": way}
    assert client.post("/accounts/signup/", data).url == way

    client.post(way)

    assert roles(organization)["Nia"] == "editor"
    assert not Message.objects.filter(kind__startswith="email-confirmation").exists()
    assert client.get(people(organization)).status_code == 200


def test_the_link_proves_no_other_address(client, organization):
    found = invitation(organization)
    client.post(link(found))
    data = {"name": "X", "email": "victim@example.org", "password1": PASSWORD, "next": link(found)}
    assert client.post("/accounts/signup/", data).url == "/accounts/confirm-email/"


def test_somebody_with_an_account_signs_in_and_comes_back(client, organization):
    somebody = person("new@example.org")
    found = invitation(organization, role="owner")
    way = link(found)  # signed with the second it is made in
    page = client.get(way).content.decode()
    login = re.search(r'href="(/accounts/login/\?next=[^"]+)"', page).group(1)
    data = {"login": somebody.email, "password": PASSWORD, "next": way}
    assert client.post(login, data).url == way

    client.post(way)

    assert Membership.objects.get(user=somebody).role == "owner"


def test_reading_the_link_changes_nothing(client, organization):
    client.force_login(person("new@example.org"))
    found = invitation(organization)
    client.get(link(found))
    assert Membership.objects.count() == 1


def test_an_invitation_is_for_the_one_it_was_sent_to(client, organization):
    somebody = person("other@example.org")
    client.force_login(somebody)
    found = invitation(organization)

    page = client.get(link(found)).content.decode()
    assert "signed in as other@example.org" in page
    assert client.post(link(found)).status_code == 422
    assert not somebody.memberships.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"withdrawn_at": timezone.now()}, "has been withdrawn"),
        ({"accepted_at": timezone.now()}, "has been used"),
        ({"expires_at": timezone.now()}, "is too old"),
    ],
)
def test_a_link_that_opens_nothing_says_why(client, organization, changes, words):
    found = invitation(organization, **changes)
    client.force_login(person("new@example.org"))
    for response in (client.get(link(found)), client.post(link(found))):
        assert response.status_code == 410
        assert words in response.content.decode()
    assert Membership.objects.count() == 1


def test_a_link_that_is_not_whole_says_so(client):
    response = client.get("/invitation/nonsense/")
    assert response.status_code == 404
    assert "not whole" in response.content.decode()


def test_accepting_twice_does_nothing_twice(client, organization):
    found = invitation(organization)
    client.force_login(person("new@example.org"))
    client.post(link(found))
    assert client.post(link(found)).url == people(organization)
    assert organization.memberships.count() == 2
    assert RecordEntry.objects.filter(action="people.join").count() == 1


def test_an_invitation_is_withdrawn(client, owner, organization):
    found = invitation(organization)
    client.force_login(owner)
    for _number in range(2):
        client.post(people(organization, f"invitations/{found.pk}/withdraw/"))
    found.refresh_from_db()
    assert found.withdrawn_at
    assert RecordEntry.objects.filter(action="people.uninvite").count() == 1


def test_a_suspended_organization_lets_nobody_in(client, organization):
    found = invitation(organization)
    actions.set_standing(organization, "suspended", by=coordinator(), hide=False, note="x")
    client.force_login(person("new@example.org"))
    assert client.post(link(found)).status_code == 410


def test_roles_change_and_people_are_taken_out(client, owner, organization):
    other = join(person(name="Eddie"), organization, "editor")
    client.force_login(owner)

    client.post(people(organization, f"{other.pk}/role/"), {"role": "owner"})
    assert roles(organization) == {"Olive Owner": "owner", "Eddie": "owner"}
    assert client.post(people(organization, f"{other.pk}/role/"), {"role": "x"}).status_code == 422
    client.post(people(organization, f"{other.pk}/remove/"))
    assert roles(organization) == {"Olive Owner": "owner"}
    assert client.post(people(organization, f"{other.pk}/remove/")).status_code == 404
    done = RecordEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(done) == ["people.role", "people.remove"]


def test_an_organization_is_handed_over(client, owner, organization):
    other = join(person(name="Eddie"), organization, "editor")
    client.force_login(owner)
    client.post(people(organization, f"{other.pk}/owner/"))
    assert roles(organization) == {"Olive Owner": "editor", "Eddie": "owner"}


def test_the_last_owner_stays_until_somebody_takes_over(client, owner, organization):
    own = organization.memberships.get()
    join(person(name="Eddie"), organization, "editor")
    client.force_login(owner)
    for rest, data in (("remove/", {}), ("role/", {"role": "editor"}), ("owner/", {})):
        response = client.post(people(organization, f"{own.pk}/{rest}"), data)
        assert response.status_code == 422
    assert roles(organization)["Olive Owner"] == "owner"


def test_an_owner_whose_account_is_closed_does_not_count(owner, organization):
    closed = join(person(is_active=False), organization, "owner")
    with pytest.raises(ValidationError):
        actions.remove_person(organization.memberships.get(user=owner), by=owner)
    actions.remove_person(closed, by=owner)


def test_everybody_can_leave(client, organization):
    editor = person()
    own = join(editor, organization, "editor")
    client.force_login(editor)
    assert client.post(people(organization, f"{own.pk}/remove/")).url == "/partner/"
    assert client.get(people(organization)).status_code == 404


def test_an_editor_sees_the_people_and_changes_nothing(client, owner, organization):
    editor = person()
    join(editor, organization, "editor")
    own = organization.memberships.get(user=owner)
    found = invitation(organization)
    client.force_login(editor)

    page = client.get(people(organization)).content.decode()
    assert "Olive Owner" in page
    assert owner.email not in page
    assert "Invite somebody" not in page
    for rest in (
        "",
        f"{own.pk}/role/",
        f"{own.pk}/owner/",
        f"{own.pk}/remove/",
        f"invitations/{found.pk}/withdraw/",
    ):
        assert client.post(people(organization, rest), ASKED).status_code == 403, rest
    assert roles(organization)["Olive Owner"] == "owner"


def test_another_organizations_people_are_not_there(client, owner, organization):
    stranger = person()
    elsewhere = member(owner=stranger)
    own = organization.memberships.get(user=owner)
    found = invitation(organization)
    client.force_login(stranger)

    assert client.get(people(organization)).status_code == 404
    for rest in ("", f"{own.pk}/role/", f"{own.pk}/owner/", f"{own.pk}/remove/"):
        assert client.post(people(organization, rest), ASKED).status_code == 404
        assert client.post(people(elsewhere, rest or "0/role/"), ASKED).status_code == 404
    for where in (organization, elsewhere):
        address = people(where, f"invitations/{found.pk}/withdraw/")
        assert client.post(address).status_code == 404
    assert Invitation.objects.open().count() == 1


@pytest.mark.parametrize("rest", ["", "1/role/", "1/owner/", "1/remove/"])
def test_visitors_are_asked_to_sign_in(client, organization, rest):
    assert client.post(people(organization, rest)).url.startswith("/accounts/login/")


def test_changes_are_made_by_forms_only(client, owner, organization):
    client.force_login(owner)
    pk = organization.memberships.get().pk
    for rest in (f"{pk}/role/", f"{pk}/owner/", f"{pk}/remove/"):
        assert client.get(people(organization, rest)).status_code == 405


@pytest.mark.parametrize("extra", [0, 2])
def test_the_page_asks_the_database_as_often_for_one_as_for_three(
    client, owner, organization, extra, django_assert_num_queries
):
    for number in range(extra):
        join(person(), organization, "editor")
        invitation(organization, f"n{number}@example.org")
    client.force_login(owner)
    client.get(people(organization))
    with django_assert_num_queries(5):
        client.get(people(organization))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["leave", "step down", "delete the account"])
def test_of_two_last_owners_leaving_at_once_one_stays(how):
    from coalition.accounts.actions import delete_account

    owners = [person(), person()]
    organization = member(owner=owners[0])
    join(owners[1], organization, "owner")
    barrier = threading.Barrier(2)
    refused = []

    def leave(user: User):
        try:
            membership = Membership.objects.get(user=user)
            barrier.wait(30)
            if how == "leave":
                actions.remove_person(membership, by=user)
            elif how == "step down":
                actions.change_role(membership, "editor", by=user)
            else:
                delete_account(user)
        except ValidationError as error:
            refused.append(error.messages)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(user,)) for user in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert Membership.objects.owners().count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_invitation_accepted_in_two_windows_at_once_is_used_once():
    organization = member(owner=person())
    found = invitation(organization)
    somebody = person("new@example.org")
    barrier = threading.Barrier(2)
    refused = []

    def accept():
        try:
            barrier.wait(30)
            actions.accept_invitation(found, by=somebody)
        except ValidationError as error:
            refused.append(error.messages)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert somebody.memberships.count() == 1


def test_a_form_without_its_token_is_refused(owner, organization):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    assert strict.post(people(organization), ASKED).status_code == 403
