"""The desk's pages about organizations and people."""

import pytest
from allauth.mfa.models import Authenticator

from coalition.accounts.models import RecordEntry
from coalition.mail.models import Message
from coalition.members.models import Member
from directory.models import Service
from tests.people import administrator, coordinator, join, member, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def cora(client):
    user = coordinator()
    client.force_login(user)
    return user


def organization_page(organization, rest="") -> str:
    return f"/review/organizations/{organization.slug}/{rest}"


def entries() -> list[tuple]:
    return list(RecordEntry.objects.order_by("pk").values_list("action", "by__name", "note"))


def test_trust_is_given_and_taken_once(client, cora):
    organization = member(owner=person())
    for trusted in ("1", "1", "0"):
        client.post(organization_page(organization, "trust/"), {"trusted": trusted})
    assert not Member.objects.get().trusted
    assert [action for action, _by, _note in entries()] == ["member.trust", "member.distrust"]


@pytest.mark.parametrize("standing", ["suspended", "left"])
@pytest.mark.parametrize(("listings", "online"), [("hide", 0), ("keep", 1)])
def test_an_organization_goes_and_its_listings_hide_or_stay(
    client, cora, standing, listings, online
):
    owner = person()
    organization = member(owner=owner)
    data = {"standing": standing, "listings": listings, "note": "They closed."}

    response = client.post(organization_page(organization, "standing/"), data)

    assert response.status_code == 302
    assert Member.objects.get().standing == standing
    assert Service.objects.published().count() == online
    assert Service.objects.count() == 1
    assert entries() == [(f"member.{standing}", cora.name, "They closed.")]
    page = client.get(organization_page(organization)).content.decode()
    assert "They closed." in page
    assert "Take it back" in page
    client.force_login(owner)
    assert client.get(f"/partner/{organization.slug}/people/").status_code == 404


def test_it_is_taken_back(client, cora):
    organization = member(owner=person())
    gone = {"standing": "suspended", "listings": "keep", "note": "x"}
    client.post(organization_page(organization, "standing/"), gone)
    client.post(organization_page(organization, "standing/"), {"standing": "active"})
    assert Member.objects.get().standing == "active"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"listings": ""}, "listings"),
        ({"note": " "}, "note"),
        ({"standing": "king"}, "standing"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, cora, changes, field):
    organization = member(owner=person())
    data = {"standing": "left", "listings": "hide", "note": "They closed."} | changes
    response = client.post(organization_page(organization, "standing/"), data)
    assert response.status_code == 422
    assert response.context["form"].errors[field]
    if field != "note":
        assert "They closed." in response.content.decode()
    assert Member.objects.get().standing == "active"


def test_organizations_are_found_by_name_and_standing(client, cora):
    member(owner=person())
    other = member(organization={"id": "6a3f0000-0000-4000-8000-000000000002", "name": "Riverside"})
    Member.objects.filter(organization=other).update(standing="left")

    def names(query):
        found = client.get(f"/review/organizations/?{query}").context["page"].object_list
        return {str(row) for row in found}

    assert names("") == {"Harbour Lane Health Centre", "Riverside"}
    assert names("q=riversid") == {"Riverside"}
    assert names("standing=left") == {"Riverside"}
    assert names("q=%00&standing=%27&page=x") == {"Harbour Lane Health Centre", "Riverside"}


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_the_database_as_often_for_one_row_as_for_three(
    client, cora, rows, django_assert_num_queries
):
    for number in range(rows):
        organization = member(
            organization={
                "id": f"6a3f0000-0000-4000-8000-00000000001{number}",
                "name": f"Organization {number}",
            }
        )
        lost = coordinator()
        join(lost, organization)
        Authenticator.objects.create(user=lost, type="totp", data={})
        client.post(f"/review/people/{lost.pk}/let-in/")
    for address, queries in (("/review/organizations/", 4), ("/review/people/", 7)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


def test_administrators_make_coordinators_and_unmake_them(client):
    user, boss = person(), administrator()
    client.force_login(boss)
    for wanted in ("1", "1", "0"):
        client.post(f"/review/people/{user.pk}/coordinator/", {"coordinator": wanted})
    user.refresh_from_db()
    assert not user.is_coordinator
    done = RecordEntry.objects.filter(person=user).order_by("pk").values_list("action", flat=True)
    assert list(done) == ["people.coordinator", "people.uncoordinator"]
    assert Message.objects.get(kind="coordinator-made").to == user.email
    own = client.post(f"/review/people/{boss.pk}/coordinator/", {"coordinator": "0"})
    assert own.status_code == 422


def test_coordinators_do_not(client, cora):
    user = person()
    response = client.post(f"/review/people/{user.pk}/coordinator/", {"coordinator": "1"})
    assert response.status_code == 404
    assert (
        "Make a coordinator" not in client.get(f"/review/people/?q={user.email}").content.decode()
    )


def test_an_account_is_closed_and_opened_again(client, cora):
    user = person()
    address = f"/review/people/{user.pk}/active/"
    client.post(address, {"active": "0"})
    user.refresh_from_db()
    assert not user.is_active
    assert user.name in client.get("/review/people/?show=closed").content.decode()
    client.post(address, {"active": "1"})
    user.refresh_from_db()
    assert user.is_active
    assert [action for action, _by, _note in entries()] == ["people.close", "people.open"]


def test_coordinators_close_no_coordinators(client, cora):
    other = coordinator()
    assert client.post(f"/review/people/{other.pk}/active/", {"active": "0"}).status_code == 422
    other.refresh_from_db()
    assert other.is_active


@pytest.mark.parametrize("who", ["owner", "visitor"])
def test_the_desk_is_not_there_for_others(client, who):
    owner = person()
    organization = member(owner=owner)
    expected = 302
    if who == "owner":
        client.force_login(owner)
        expected = 404
    for address in (
        "/review/organizations/",
        organization_page(organization),
        "/review/people/",
    ):
        assert client.get(address).status_code == expected
    for address in (
        organization_page(organization, "trust/"),
        organization_page(organization, "standing/"),
        f"/review/people/{owner.pk}/coordinator/",
        f"/review/people/{owner.pk}/active/",
        f"/review/people/{owner.pk}/let-in/",
        f"/review/people/{owner.pk}/let-in/withdraw/",
    ):
        assert client.post(address, {"trusted": "1", "active": "0"}).status_code == expected
    assert not RecordEntry.objects.exists()
