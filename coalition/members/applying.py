"""The only ways an application is begun, written, sent in, taken back, decided and forgotten."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
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
from directory.models import Organization, Origin, Subject

from . import links
from .enums import Role, Standing
from .models import Application, Member, Membership, Principles

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


def current_principles() -> Principles:
    return Principles.objects.order_by("-version").first()
