"""What residents say is wrong: kept without a trace of who said it, given to the partner and the
desk, and forgotten as far as it concerns them once it is settled."""

import datetime
import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.mail.actions import post
from coalition.mail.models import Message
from coalition.members.links import absolute
from coalition.review import actions as review
from coalition.review.enums import State
from coalition.review.models import Desk, Submission
from directory.models import Service
from directory.models.enums import Language

from . import actions, addresses, purge
from .checks import title_of
from .enums import Wrong
from .models import Correction

CORRECTION, ADDRESS = "correction", "address"
HOUR = datetime.timedelta(hours=1)
AN_HOUR = 200  # of all visitors together: past it something is not a person
THANKS = ("correction-approved", "correction-declined")


class TooMany(Exception):
    """So many reports came in this hour that they cannot all be from people."""


@transaction.atomic
def report(
    service: Service,
    *,
    wrong: str,
    language: str,
    text: str = "",
    contact: str = "",
    places: Iterable[uuid.UUID] = (),
) -> Correction:
    """Somebody says what is wrong. An address is hidden before anyone decides.

    `places` are the locations an address report is about; without any, all that are shown.
    Raises TooMany.
    """
    places = list(places)
    if wrong == Wrong.ADDRESS:
        places = places or places_of(service)
        # Counted one after the other.
        Desk.objects.get_or_create(pk=1)
        Desk.objects.select_for_update().get(pk=1)
        addresses.concerned(service, addresses.with_twins(service, places))
    service = Service.objects.select_for_update().get(pk=service.pk)
    if known := same(service, wrong, text, contact, places):
        return add_to(known, text, contact)
    refuse_flood()
    correction = Correction(
        submission=review.submit(
            ADDRESS if wrong == Wrong.ADDRESS else CORRECTION,
            title=service.filed_name,
            by=None,
            organization=service.organization,
            area=area_of(service),
            urgent=wrong == Wrong.ADDRESS,
        ),
        service=service,
        wrong=wrong,
        text=text,
        contact=contact,
        language=language,
    )
    if wrong == Wrong.ADDRESS:
        report_address(correction, places)
    else:
        correction.save()
        tell_owners("correction-received", correction)
    return correction


def same(service: Service, wrong: str, text: str, contact: str, places: list) -> Correction | None:
    """What waits already and says the same: closed doors of one day; one address; one text."""
    waiting = Correction.objects.waiting().filter(service=service, wrong=wrong)
    if wrong == Wrong.CLOSED:
        waiting = waiting.filter(submission__submitted_at__date=timezone.localdate())
    elif wrong == Wrong.ADDRESS:
        waiting = waiting.filter(places__contains=places)
    else:
        waiting = waiting.filter(text=text)
    if contact:  # who leaves word of themselves is answered
        waiting = waiting.filter(contact__in=["", contact])
    return waiting.first()


def add_to(correction: Correction, text: str, contact: str) -> Correction:
    correction.times = F("times") + 1
    if text and text not in correction.text:
        correction.text = f"{correction.text}\n\n{text}".strip()
    correction.contact = correction.contact or contact
    correction.save(update_fields=["times", "text", "contact"])
    correction.refresh_from_db()
    return correction


def refuse_flood() -> None:
    lately = Submission.objects.filter(
        kind__in=[CORRECTION, ADDRESS], submitted_at__gt=timezone.now() - HOUR
    )
    if lately.count() >= AN_HOUR:
        raise TooMany


def area_of(service: Service) -> str:
    address = service.service_at_locations.values_list(
        "location__addresses__state_province", flat=True
    ).first()
    return address or service.state_province


def report_address(correction: Correction, places: list) -> None:
    """Hide it now, if the coordinators' limit for this hour leaves room; tell them either way."""
    service = correction.service
    correction.places = places
    if hidden_this_hour() < Desk.settings().hidden_addresses_per_hour:
        hidden = addresses.hide(service, places)
        correction.hid = bool(hidden)
        correction.hidden = hidden.places
        correction.withdrawn = hidden.withdrawn
        correction.proposal = hidden.proposal
    correction.save()
    if correction.hid:
        record("address.hide", by=None, by_words="site", about=service)
        tell_owners("address-hidden", correction)
    tell_coordinators(correction)


def places_of(service: Service) -> list[uuid.UUID]:
    """Those that are shown; where none is, all: then words have told where they are."""
    shown = [place.pk for place in addresses.shown_places(service)]
    return shown or list(service.service_at_locations.values_list("location", flat=True))


def hidden_this_hour() -> int:
    since = timezone.now() - HOUR
    return Correction.objects.filter(hid=True, submission__submitted_at__gt=since).count()


def tell_owners(kind: str, correction: Correction) -> None:
    """What was said, not by whom."""
    for user in actions.owners(correction.service.organization):
        post(
            kind,
            to=user.email,
            language=user.language,
            title=title_of(correction.service, user.language),
            correction=correction,
            withdrawn=str(correction.service_id) in map(str, correction.withdrawn),
            url=absolute("coalition:workspace", user.language),
        )


def tell_coordinators(correction: Correction) -> None:
    for user in User.objects.coordinators():
        post(
            "address-reported",
            to=user.email,
            language=user.language,
            title=title_of(correction.service, user.language),
            hid=correction.hid,
            url=absolute("coalition:submission", user.language, pk=correction.submission_id),
        )


def approve_address(submission: Submission, *, by: User, reason: str) -> None:
    """It should not be shown: remove it for good, wherever it is written."""
    correction = of(submission)
    places = addresses.with_twins(correction.service, [*correction.places, *correction.hidden])
    refused = purge.forget(
        correction.service,
        places,
        by=by,
        withdrawn=correction.withdrawn,
        was=correction.proposal and correction.proposal.before,
    )
    for service in refused:
        record("listing.hide", by=by, about=service, note="address")
    correction.service.refresh_from_db()  # its name may have told it
    record("address.remove", by=by, about=correction.service)


def decline_address(submission: Submission, *, by: User, reason: str) -> None:
    """It may be shown: put back what was hidden, but for what another report still hides."""
    correction = of(submission)
    others = Correction.objects.waiting().filter(wrong=Wrong.ADDRESS).exclude(pk=correction.pk)
    held = {str(pk) for places in others.values_list("places", flat=True) for pk in places}
    gone = {str(pk) for ids in others.values_list("withdrawn", flat=True) for pk in ids}
    hidden = addresses.Hidden(
        {pk: shown for pk, shown in correction.hidden.items() if pk not in held},
        [pk for pk in correction.withdrawn if str(pk) not in gone],
    )
    addresses.put_back(correction.service, hidden, by=by, signed=actions.signed(by))
    record("address.show", by=by, about=correction.service)


def settled(submission: Submission, *, by: User, reason: str) -> None:
    """Thank whoever said so, and forget how to reach them; tell the partner of their address."""
    correction = of(submission)
    Service.objects.select_for_update().get(pk=correction.service_id)
    correction.refresh_from_db(fields=["contact"])
    if is_email(correction.contact):
        post(
            f"correction-{submission.state}",
            to=correction.contact,
            language=correction.language,
            title=title_of(correction.service, correction.language),
            reason=reason,
            url=absolute(
                "directory:service_detail", correction.language, slug=correction.service.slug
            ),
        )
    Correction.objects.filter(pk=correction.pk).update(contact="")
    if correction.wrong == Wrong.ADDRESS:
        removed = submission.state == State.APPROVED
        correction.withdrawn = list(
            Service.objects.filter(
                pk__in=correction.withdrawn, published_at__isnull=True
            ).values_list("pk", flat=True)
        )
        tell_owners("address-removed" if removed else "address-restored", correction)


def of(submission: Submission) -> Correction:
    found = Correction.objects.select_related("service__organization", "submission", "proposal")
    return found.get(submission=submission)


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def language_of(submission: Submission) -> str:
    return submission.correction.language or Language.ENGLISH


def forget_reporters() -> int:
    """Of a reporter's address nothing stays, in sent mail either."""
    sent = Message.objects.filter(kind__in=THANKS, sent_at__isnull=False)
    return sent.delete()[0]
