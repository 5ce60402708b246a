"""A person's own account: name and language, what is kept, taking it along, leaving."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile

from coalition.accounts.actions import record
from coalition.accounts.holdings import HOLDINGS
from coalition.accounts.models import RecordEntry, User
from coalition.events import actions as events
from coalition.events import registering
from coalition.events.models.events import Event, HostAnswer
from coalition.events.models.times import Registration
from coalition.files import actions as files
from coalition.files.models import StoredFile
from coalition.listings import actions as listings
from coalition.mail.models import Message
from coalition.members import actions as members
from coalition.members import applying
from coalition.members.models import Application, Invitation, Membership
from coalition.resources.models import Resource
from coalition.review import actions as review
from coalition.review.models import Decision, Submission
from directory.models import Organization, Proposal, Service
from tests import uploads
from tests.events import event
from tests.people import PASSWORD, coordinator, join, member, person
from tests.resources import resource

pytestmark = pytest.mark.django_db

GONE = {"password": PASSWORD, "sure": "on"}


def signed_in(client, user: User) -> User:
    client.force_login(user)
    return user


def test_name_and_language_are_changed(client):
    user = signed_in(client, person())

    response = client.post("/accounts/me/", {"name": "Ro", "language": "fr"})

    assert response.url == "/fr/accounts/me/"
    user.refresh_from_db()
    assert (user.name, user.language) == ("Ro", "fr")
    assert "Ro" in client.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "", "language": "en"}, "name"),
        ({"name": "x" * 151, "language": "en"}, "name"),
        ({"name": "a\0b", "language": "en"}, "name"),
        ({"name": "Ro", "language": "xx"}, "language"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, data, field):
    signed_in(client, person())
    response = client.post("/accounts/me/", data)
    assert response.status_code == 422
    assert response.context["form"].errors[field]


def busy_coordinator() -> User:
    """Somebody about whom every room keeps something."""
    user = coordinator(email="cora@example.org", name="Cora Unmistakable")
    other = person()
    organization = member(owner=other)
    join(user, organization, "editor")
    Authenticator.objects.create(user=user, type="totp", data={"secret": "hush"})
    record("people.trust", by=user, about=organization)
    record("people.close", by=other, about=user)
    draft = listings.start_draft(organization, by=user, service=organization.services.get())
    listings.save_draft(draft, {**draft.document, "name": "Half written"})
    listings.edit_as_coordinator(
        {**draft.document, "id": str(draft.record_id), "name": "Kits and more"}, by=user
    )
    application = applying.start_application(
        id="6a3f0000-0000-4000-8000-000000000001",
        email=user.email,
        contact_name=user.name,
        language="en",
        by=user,
    )
    applying.agree(application, applying.current_principles())
    applying.save_step(application, {"name": "Riverside", "contact_phone": "807-555-0199"})
    applying.submit_application(application, by=user)
    members.invite(organization, email="new@example.org", role="editor", language="en", by=user)
    Invitation.objects.create(organization=organization, email=user.email, invited_by=other)
    waiting = review.submit("application", title="Another", by=other)
    Decision.objects.create(submission=waiting, outcome="declined", round=1, by=user)
    files.keep(ContentFile(uploads.PDF, "guide.pdf"), organization=organization, by=user)
    hosted = event(
        published_by=user.name, registration="here", hosts=[{"organization": organization}]
    )
    events.answer(HostAnswer.objects.get(), True, by=user)
    registering.register(hosted.occurrences.get(), first_name="Cora", email=user.email)
    resource(organization, published_by=user.name)
    return user


def test_everything_that_is_kept_is_named_and_can_be_taken_along(client):
    user = signed_in(client, busy_coordinator())

    page = client.get("/accounts/me/").content.decode()
    for code, holding in HOLDINGS.items():
        if holding.read(user):
            assert str(holding.label) in page, code

    response = client.get("/accounts/me/data/")
    assert "attachment" in response["Content-Disposition"]
    data = json.loads(response.content)
    assert set(data) == set(HOLDINGS)
    empty = {code for code, rows in data.items() if not rows}
    assert empty <= {"check_requests"}
    assert data["account"][0]["email"] == "cora@example.org"
    assert data["applications"][0]["contact_phone"] == "807-555-0199"
    assert data["drafts"][0]["document"]["name"] == "Half written"
    assert data["files"][0]["name"] == "guide.pdf"
    assert "hush" not in response.content.decode()


def test_every_row_that_points_at_a_person_is_in_what_is_kept(client):
    """A model that names a user, and that no room speaks of, would be kept in secret."""
    told = {
        "EmailAddress", "Authenticator", "RecordEntry", "Submission", "Decision", "Draft",
        "Change", "CheckRequest", "Application", "Membership", "Invitation", "Pair",
        "StoredFile", "HostAnswer",
    }  # fmt: skip
    short_lived = {"LetIn"}  # a week
    pointing = {
        relation.related_model.__name__
        for relation in User._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and relation.related_model
        and "_" not in relation.related_model.__name__
    }  # fmt: skip
    assert pointing == told | short_lived


def test_deleting_asks_for_the_password_and_that_it_is_meant(client):
    signed_in(client, person())

    for data, field in (
        ({"password": "not this one", "sure": "on"}, "password"),
        ({"password": PASSWORD}, "sure"),
        ({}, "password"),
    ):
        response = client.post("/accounts/me/delete/", data)
        assert response.status_code == 422
        assert response.context["form"].errors[field]
    assert User.objects.exists()


def test_the_password_cannot_be_guessed_there(client):
    user = signed_in(client, person())
    for _number in range(11):
        response = client.post("/accounts/me/delete/", {"password": "no", "sure": "on"})
    assert "Too many tries" in response.content.decode()
    assert client.post("/accounts/me/delete/", GONE).status_code == 422
    assert User.objects.filter(pk=user.pk).exists()


def test_what_is_personal_goes_and_the_record_stays_nameless(client):
    user = signed_in(client, busy_coordinator())
    kept = Submission.objects.count(), Decision.objects.count(), Proposal.objects.count()

    response = client.post("/accounts/me/delete/", GONE, follow=True)

    assert response.status_code == 200
    assert "Your account is deleted" in response.content.decode()
    assert client.get("/accounts/me/").status_code == 302
    assert not User.objects.filter(pk=user.pk).exists()
    submissions, decisions, proposals = kept
    assert Submission.objects.count() == submissions
    assert Decision.objects.count() >= decisions
    assert Proposal.objects.count() == proposals
    application = Application.objects.get()
    assert (application.name, application.submission.state) == ("Riverside", "withdrawn")
    assert StoredFile.objects.get().uploaded_by is None
    answer = HostAnswer.objects.get()
    assert (answer.accepted, answer.answered_by) == (True, None)
    everything = {
        model.__name__: str(list(model.objects.values()))
        for model in (
            RecordEntry, Submission, Decision, Proposal, Application, Invitation, Service,
            Organization, Membership, Event, Registration, Resource,
        )
    }  # fmt: skip
    # What is on its way to others goes on; what was for this person does not, but the farewell.
    everything["Message"] = str(
        list(Message.objects.exclude(kind="account-deleted").values("to", "subject"))
    )
    for trace in ("Unmistakable", "cora@example.org", "807-555-0199"):
        assert not [name for name, rows in everything.items() if trace in rows], trace


def test_the_last_owner_is_told_to_hand_over_first(client):
    owner = signed_in(client, person())
    organization = member(owner=owner)

    response = client.post("/accounts/me/delete/", GONE)

    assert response.status_code == 422
    assert f"You are the last owner of {organization}" in response.content.decode()
    assert User.objects.filter(pk=owner.pk).exists()
    join(person(), organization, "owner")
    assert client.post("/accounts/me/delete/", GONE).status_code == 302
    assert not User.objects.filter(pk=owner.pk).exists()


def test_the_last_owner_of_an_organization_that_has_left_may_leave_too(client):
    owner = signed_in(client, person())
    organization = member(owner=owner)
    members.set_standing(organization, "left", by=coordinator(), hide=True, note="Closed")
    assert client.post("/accounts/me/delete/", GONE).status_code == 302
    assert not User.objects.filter(pk=owner.pk).exists()


def test_a_stranger_has_none_of_these_pages(client):
    for page in ("", "data/", "delete/"):
        assert client.get(f"/accounts/me/{page}").url.startswith("/accounts/login/")
