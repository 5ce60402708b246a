"""The only ways an organization joins, its people change, and it stands or leaves."""

import uuid
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.actions import account_for, record
from coalition.accounts.links import welcome
from coalition.accounts.models import User
from coalition.mail.actions import post, written_lately
from coalition.review import actions as review
from coalition.review.enums import Outcome, State
from coalition.review.models import Decision, Submission
from directory.interchange import proposals
from directory.interchange.actions import withdraw
from directory.models import Organization, Origin, Service, Subject

from . import links
from .enums import Role, Standing
from .models import Application, Invitation, Member, Membership, Principles

APPLICATION = "application"


@transaction.atomic
def start_application(
    *, id: uuid.UUID | str, email: str, contact_name: str, language: str, by: User | None
) -> Application:
    """Begin an application; the link to go on with it later is mailed.

    `id` is chosen by the form, so that sending it twice begins one application.
    """
    application, created = Application.objects.get_or_create(
        pk=id,
        defaults={
            "email": email,
            "contact_name": contact_name,
            "language": language,
            "applicant": by,
        },
    )
    if created:
        post_link(application)
    return application


def post_link(application: Application) -> None:
    post(
        "application-started",
        to=application.email,
        language=application.language,
        application=application,
        url=links.application(application, application.language),
    )


@transaction.atomic
def mail_links(email: str) -> None:
    """Send the links to whatever this person has applied for, if anything, again."""
    if written_lately("application-started", to=email):
        return
    for application in Application.objects.filter(email__iexact=email):
        application.save(update_fields=["updated_at"])  # kept for as long as the new link is good
        post_link(application)


class NotOpen(Exception):
    """The application is with the coordinators, or decided: its words stay as they were read."""


def is_open(application: Application) -> bool:
    """Whether it can be written in: not sent in yet, sent back or taken back."""
    if application.submission is None:
        return True
    state = application.submission.state
    return state == State.RETURNED or (state == State.WITHDRAWN and bool(application.email))


def open_and_locked(application: Application) -> Application:
    """Raises NotOpen."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if not is_open(application):
        raise NotOpen
    return application


@transaction.atomic
def save_step(application: Application, values: dict) -> Application:
    """Keep what one step of an application asks. Raises NotOpen."""
    application = open_and_locked(application)
    if any(getattr(application, field) != value for field, value in values.items()):
        for field, value in values.items():
            setattr(application, field, value)
        application.save(update_fields=[*values, "updated_at"])
    return application


@transaction.atomic
def claim(application: Application, organization: Organization | None) -> Application:
    """Say that it is for this organization of the catalogue, or for none of them.

    Raises NotOpen, and ValidationError where somebody owns it already.
    """
    application = open_and_locked(application)
    if organization is None and application.claims_id is None:
        return application
    if organization is not None:
        if has_owner(organization):
            raise ValidationError(
                _(
                    "%s is a member already. Ask the people who look after it here to invite you: "
                    "you do not need to apply."
                )
                % organization
            )
        if not (application.name or application.name_fr):
            application.name = organization.name
            application.name_fr = organization.name_fr
            application.website = application.website or organization.website
    application.claims = organization
    application.save()
    return application


def has_owner(organization: Organization) -> bool:
    return Membership.objects.active().owners().filter(organization=organization).exists()


@transaction.atomic
def agree(application: Application, principles: Principles) -> Application:
    """Agree to this version of the principles. Raises NotOpen."""
    application = open_and_locked(application)
    if application.principles_id == principles.pk:
        return application
    return save_step(application, {"principles": principles, "agreed_at": timezone.now()})


@transaction.atomic
def submit_application(application: Application, *, by: User | None) -> Submission:
    """Send it in, or again after it was sent back; while it waits, nothing happens.

    Raises ValidationError, and review.NotWaiting where it is decided.
    """
    if application.submission_id is not None:
        review.locked(application.submission_id)  # as in deciding, before the application
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.submission is not None and application.submission.state == State.WAITING:
        return application.submission
    if application.submission is not None and not application.email:
        raise review.NotWaiting(application.submission)
    if application.principles_id is None:
        raise ValidationError({"principles": _("Read the principles, and say that you agree.")})
    if not (application.name or application.name_fr):
        raise ValidationError({"name": _("Give a name in English or in French.")})
    if application.submission is None:
        application.submission = review.submit(
            APPLICATION,
            title=str(application),
            by=by or application.applicant,
            organization=application.claims,
            area=application.state_province,
        )
        application.save(update_fields=["submission"])
    else:
        again = review.submit_again(application.submission, by=by, title=str(application))
        again.organization, again.area = application.claims, application.state_province
        again.save(update_fields=["organization", "area"])
    post(
        "application-received",
        to=application.email,
        language=application.language,
        application=application,
        url=links.application(application, application.language),
    )
    return application.submission


@transaction.atomic
def take_back(application: Application, *, by: User | None) -> Application:
    """Before anybody has decided: it can be written in again, and does not wait any more. Raises
    review.NotWaiting where somebody was faster."""
    if application.submission is None:
        return application
    try:
        # As in deciding, what is decided on is locked before the application.
        application.submission = review.withdraw(application.submission, by=by)
    except review.NotWaiting as refusal:
        if refusal.submission.state != State.WITHDRAWN:
            raise
        return application
    application.save(update_fields=["updated_at"])
    return application


def forget_taken_back(applications: QuerySet) -> None:
    """Of what was taken back, its name and that it was taken back stay: decisions are for good."""
    submissions = list(applications.values_list("submission", flat=True))
    applications.update(address_1="", postal_code="", phone="", website="", does="", serves="")
    nameless(applications)
    theirs = Decision.objects.filter(submission__in=submissions)
    theirs.filter(outcome__in=(Outcome.SUBMITTED, Outcome.WITHDRAWN)).update(by=None)
    Submission.objects.filter(pk__in=submissions).update(submitted_by=None)


def nameless(applications: QuerySet) -> None:
    """Who wrote them and how to reach them is gone."""
    applications.update(
        email="", contact_name="", contact_role="", contact_phone="", applicant=None
    )


def approve_application(submission: Submission, *, by: User, reason: str) -> None:
    """The organization becomes a member, the person who applied its first owner."""
    application = Application.objects.select_for_update().get(submission=submission)
    organization = application.claims or new_organization(application, by=by)
    member, created = Member.objects.get_or_create(
        organization=organization, defaults={"principles": application.principles}
    )
    if not created and has_owner(organization):
        raise ValidationError(
            _("This organization is a member already: its owner can invite people.")
        )
    member.standing = Standing.ACTIVE
    member.principles = application.principles
    member.save()
    user = application.applicant or account_for(
        application.email, name=application.contact_name, language=application.language
    )
    Membership.objects.update_or_create(
        user=user, organization=organization, defaults={"role": Role.OWNER}
    )
    application.applicant = user
    application.claims = organization
    application.save(update_fields=["applicant", "claims"])
    submission.organization = organization
    submission.save(update_fields=["organization"])
    record("member.joined", by=by, about=organization, note=str(user.pk))


def new_organization(application: Application, *, by: User) -> Organization:
    document = {
        "id": str(uuid.uuid4()),
        "name": application.name,
        "name_fr": application.name_fr,
        "website": application.website,
        "phones": [{"number": application.phone}] if application.phone else [],
        ("description_fr" if application.language == "fr" else "description"): application.does,
    }
    proposals.change(
        document, subject=Subject.ORGANIZATION, origin=Origin.COORDINATOR, by=str(by.name)
    )
    return Organization.objects.get(pk=document["id"])


def tell_applicant(submission: Submission, *, by: User, reason: str) -> None:
    application = submission.application
    url = links.application(application, application.language)
    if submission.state == "approved":
        user = application.applicant
        url = welcome(user, application.language)
    post(
        f"application-{submission.state}",
        to=application.email,
        language=application.language,
        application=application,
        reason=reason,
        url=url,
    )


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


def current_principles() -> Principles:
    return Principles.objects.order_by("-version").first()
