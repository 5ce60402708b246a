"""The only ways an organization's people change, and it stands or leaves."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.mail.actions import post
from directory.interchange.actions import withdraw
from directory.models import Organization, Service

from . import links
from .enums import Role, Standing
from .models import Invitation, Member, Membership


@transaction.atomic
def invite(
    organization: Organization, *, email: str, role: str, language: str, by: User
) -> Invitation:
    """Ask somebody in, by mail. Raises ValidationError where they are in or asked already."""
    email = email.strip().lower()
    if Membership.objects.filter(organization=organization, user__email__iexact=email).exists():
        raise ValidationError({"email": _("This person is in this organization already.")})
    now = timezone.now()
    Invitation.objects.filter(
        organization=organization,
        email__iexact=email,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__lte=now,
    ).update(withdrawn_at=now)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                organization=organization, email=email, role=role, language=language, invited_by=by
            )
    except IntegrityError:
        raise ValidationError({"email": _("This person has been invited already.")}) from None
    post(
        "invitation",
        to=email,
        language=language,
        invitation=invitation,
        organization=organization,
        who=by.name or organization,
        url=links.invitation(invitation, language),
    )
    record("people.invite", by=by, about=organization, note=role)
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Membership:
    """Come in. Raises ValidationError where it is used, withdrawn, expired or for somebody else."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    require_open(invitation)
    if invitation.email.lower() != by.email.lower():
        raise ValidationError(_("This invitation is for another e-mail than yours."))
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    membership, _created = Membership.objects.get_or_create(
        user=by, organization=invitation.organization, defaults={"role": invitation.role}
    )
    record("people.join", by=by, about=invitation.organization, note=invitation.role)
    return membership


def require_open(invitation: Invitation) -> None:
    """Raises ValidationError, which says why the invitation opens nothing."""
    if invitation.accepted_at:
        raise ValidationError(_("This invitation has been used."), code="used")
    if invitation.withdrawn_at:
        raise ValidationError(_("This invitation has been withdrawn."), code="withdrawn")
    if invitation.expires_at <= timezone.now():
        raise ValidationError(_("This invitation is too old: it was good for two weeks."))
    standing = Member.objects.filter(organization=invitation.organization_id).first()
    if standing is None or standing.standing != Standing.ACTIVE:
        raise ValidationError(_("This organization is not active in the coalition now."))


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """Close the link. Raises ValidationError where it has been used."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise ValidationError(_("This invitation has been used or withdrawn."))
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record("people.uninvite", by=by, about=invitation.organization)


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: User) -> None:
    """Raises ValidationError where nobody would own the organization afterwards."""
    others = owners_locked(membership.organization_id)
    membership = Membership.objects.get(pk=membership.pk)
    if role == membership.role:
        return
    if role != Role.OWNER and others == [membership.pk]:
        raise ValidationError(_("Somebody must own the organization: hand it over first."))
    membership.role = Role(role)
    membership.save(update_fields=["role"])
    record("people.role", by=by, about=membership.organization, note=f"{membership.user_id} {role}")


@transaction.atomic
def hand_over(membership: Membership, *, by: User) -> None:
    """Make this person an owner and oneself an editor, in one step. Raises ValidationError."""
    owners_locked(membership.organization_id)
    mine = Membership.objects.owners().filter(user=by, organization=membership.organization_id)
    own = mine.first()
    if own is None or own.pk == membership.pk:
        raise ValidationError(_("Choose somebody else to hand the organization to."))
    change_role(membership, Role.OWNER, by=by)
    change_role(own, Role.EDITOR, by=by)


@transaction.atomic
def remove_person(membership: Membership, *, by: User) -> None:
    """Also how a person leaves. Raises ValidationError for the last owner of a member."""
    owners = owners_locked(membership.organization_id)
    organization = membership.organization
    if owners == [membership.pk] and not has_left(organization):
        raise ValidationError(
            _("You are the last owner of %s: hand it over to somebody first.") % organization
            if by.pk == membership.user_id
            else _("The last owner cannot be taken out: somebody must own the organization.")
        )
    if Membership.objects.filter(pk=membership.pk).delete()[0]:
        action = "people.leave" if by.pk == membership.user_id else "people.remove"
        record(action, by=by, about=organization, note=str(membership.user_id))


def has_left(organization: Organization) -> bool:
    return Member.objects.filter(organization=organization, standing=Standing.LEFT).exists()


def owners_locked(organization_id) -> list[int]:
    """The owners of an organization who can act, held until the transaction ends."""
    Organization.objects.select_for_update().get(pk=organization_id)
    owners = Membership.objects.owners().filter(organization=organization_id, user__is_active=True)
    return list(owners.values_list("pk", flat=True))


@transaction.atomic
def set_trust(organization: Organization, trusted: bool, *, by: User) -> None:
    """Whether its edits go live at once."""
    member = Member.objects.select_for_update().get(organization=organization)
    if member.trusted == trusted:
        return
    member.trusted = trusted
    member.save(update_fields=["trusted"])
    record("member.trust" if trusted else "member.distrust", by=by, about=organization)


# What goes out of sight with an organization's listings; rooms add theirs.
HIDERS: list[Callable[..., None]] = []


def register_hider(hide: Callable[..., None]) -> None:
    """Called once by each room that shows something of organizations, when the site starts. `hide`
    takes the organization, and who does it as `by`."""
    HIDERS.append(hide)


@transaction.atomic
def set_standing(
    organization: Organization, standing: str, *, by: User, hide: bool, note: str = ""
) -> None:
    """Suspend, let leave, or take back. With `hide` its listings, and all else it shows, go out of
    sight; else they stay and coordinators look after them. Nothing is deleted."""
    member = Member.objects.select_for_update().get(organization=organization)
    if member.standing == standing:
        return
    member.standing = Standing(standing)
    member.save(update_fields=["standing"])
    if standing != Standing.ACTIVE and hide:
        ids = Service.objects.filter(organization=organization).values_list("pk", flat=True)
        withdraw(ids)
        for hide_more in HIDERS:
            hide_more(organization, by=by)
    record(f"member.{standing}", by=by, about=organization, note=note)
