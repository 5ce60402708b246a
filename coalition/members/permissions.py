"""Who may do what for an organization. Each is a plain question with a yes or no."""

from coalition.accounts.models import User
from directory.models import Organization

from .enums import Role
from .models import Membership


def membership(user: User, organization: Organization) -> Membership | None:
    """This person's active membership, if the organization can act now."""
    if not user.is_authenticated:
        return None
    return Membership.objects.active().filter(user=user, organization=organization).first()


def can_edit(user: User, organization: Organization) -> bool:
    """Whether they may write this organization's listings."""
    return membership(user, organization) is not None


def can_manage(user: User, organization: Organization) -> bool:
    """Whether they may change its people."""
    found = membership(user, organization)
    return found is not None and found.role == Role.OWNER


def can_review(user) -> bool:
    """Whether they sit at the coordinators' desk."""
    return user.is_authenticated and user.is_active and (user.is_coordinator or user.is_superuser)
