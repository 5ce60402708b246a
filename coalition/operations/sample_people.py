"""People for the sample catalogue: who tries the site signs in as one of them."""

import base64
import hmac
import uuid
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coalition.accounts.models import User
from coalition.members.applying import current_principles
from coalition.members.enums import Role
from coalition.members.models import Application, Member, Membership
from coalition.review import actions as review
from directory.models import Organization

# The first is that of the owner and the editor.
MEMBERS = (
    "harbour-lane-health-centre",
    "shoreline-peers",
    "le-phare-francophone-du-nord-ouest",
)
NAMESPACE = uuid.UUID("5b1f8e2a-0c39-4c0b-9a1e-7b9c7c2d4f11")


@dataclass(frozen=True)
class SamplePerson:
    role: str
    email: str
    name: str


PEOPLE = (
    SamplePerson("coordinator", "coordinator@example.org", "Cora Sinclair"),
    SamplePerson("owner", "owner@example.org", "Olive Tremblay"),
    SamplePerson("editor", "editor@example.org", "Eddie Beardy"),
    SamplePerson("applicant", "applicant@example.org", "Amal Roy"),
)


def password(person: SamplePerson) -> str:
    """The same at every start of one site, and another on every site."""
    key = hmac.digest(settings.SECRET_KEY.encode(), f"sample {person.email}".encode(), "sha256")
    return base64.b32encode(key).decode()[:16].lower()


@transaction.atomic
def load_sample_people() -> list[tuple[str, str, str]]:
    """Make the sample accounts where they are missing; (role, e-mail, password) of each.

    What people have done with them since stays.
    """
    joined = {row.slug: row for row in Organization.objects.filter(slug__in=MEMBERS)}
    for organization in joined.values():
        Member.objects.get_or_create(
            organization=organization, defaults={"principles": current_principles()}
        )
    found = joined.get(MEMBERS[0])
    for person in PEOPLE:
        user = User.objects.filter(email=person.email).first()
        if user is not None:
            continue
        user = User.objects.create_user(
            person.email,
            password(person),
            name=person.name,
            is_coordinator=person.role == "coordinator",
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if person.role in Role.values and found is not None:
            Membership.objects.create(user=user, organization=found, role=person.role)
        if person.role == "applicant":
            apply_to_join(user)
    return [(person.role, person.email, password(person)) for person in PEOPLE]


def apply_to_join(user: User) -> None:
    """An application that waits on the coordinators' desk."""
    application = Application.objects.create(
        id=uuid.uuid5(NAMESPACE, user.email),
        applicant=user,
        email=user.email,
        contact_name=user.name,
        contact_role="Outreach lead",
        name="North Shore Outreach",
        name_fr="Intervention Rive-Nord",
        phone="807-555-0199",
        address_1="20 Superior Street",
        city="Nipigon",
        state_province="ON",
        does="We bring naloxone, food and company along the north shore, twice a week.",
        serves="Anyone who uses substances, and those beside them.",
        peer_led=True,
        principles=current_principles(),
        agreed_at=timezone.now(),
    )
    application.submission = review.submit(
        "application", title=str(application), by=user, area="ON"
    )
    application.save(update_fields=["submission"])
