"""People and member organizations for tests."""

from itertools import count

from allauth.account.models import EmailAddress

from coalition.accounts.models import User
from coalition.members.models import Member, Membership
from directory.models import Organization
from tests.factories import listing, published

PASSWORD = "a long enough word"
numbers = count(1)


def person(email: str = "", **fields) -> User:
    """Somebody with an account and a confirmed e-mail."""
    number = next(numbers)
    fields = {"name": f"Person {number}"} | fields
    user = User.objects.create_user(email or f"person{number}@example.org", PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def coordinator(**fields) -> User:
    return person(**{"is_coordinator": True, "name": "Cora Coordinator"} | fields)


def administrator(**fields) -> User:
    return coordinator(is_superuser=True, **fields)


def member(*, owner: User | None = None, editor: User | None = None, trusted=False, **changes):
    """A published listing of a member organization: the organization; its listing is the first of
    `services`."""
    (service,) = published(listing(**changes))
    organization = service.organization
    Member.objects.create(organization=organization, trusted=trusted)
    for user, role in ((owner, "owner"), (editor, "editor")):
        if user is not None:
            join(user, organization, role)
    return organization


def join(user: User, organization: Organization, role: str = "owner") -> Membership:
    return Membership.objects.create(user=user, organization=organization, role=role)
