"""Events, as the desk, the editor and the history see them."""

from collections.abc import Iterator

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.listings import actions as listings
from coalition.listings import advice, deciding, reading, writing
from coalition.listings.advice import Advice
from coalition.listings.models import NAMELESS, Draft
from coalition.listings.workspace import register_to_do
from coalition.members.actions import register_hider
from coalition.review import kinds as review
from directory.interchange import proposals, subjects
from directory.interchange.actions import FOLLOWERS
from directory.interchange.proposals import Conflict
from directory.interchange.write import InvalidListing
from directory.models import Address

from . import actions, hosting
from .editor import SECTIONS
from .models.events import Event
from .public_views import event_preview
from .schema import EVENT, SUBJECT


def page(request: HttpRequest, pk) -> HttpResponse:
    return event_preview(request, Event.objects.get(pk=pk))


def preview(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The page as it would be: the draft is written, shown, and undone."""
    why: list[str] = []
    response = None
    document = listings.whole(draft)
    with transaction.atomic():
        try:
            document = actions.prepare(draft, document)
            document.pop("publish_from", None)
            trial = proposals.propose(
                document, origin="system", by="", base=draft.base, subject=SUBJECT
            )
            proposals.apply(trial, published_by="preview")
            back = reverse("coalition:draft", args=[draft.pk])
            response = event_preview(request, Event.objects.get(pk=draft.record_id), back=back)
        except Conflict:
            why = [_("It has changed since, in the same places.")]
        except InvalidListing as error:
            located = advice.located(error.errors, document, writing.written(draft))
            why = [one.text for one in located]
        except ValidationError as error:
            why = error.messages
        transaction.set_rollback(True)
    if response is None:
        messages.info(request, " ".join([_("There is too little to show yet."), *why]))
        return redirect("coalition:draft", pk=draft.pk)
    return response


def missing(document: dict) -> Iterator[Advice]:
    """What people need to know and are not told."""
    if not (document.get("name") or document.get("name_fr")):
        yield Advice("what", _("It has no title."))
    if not (document.get("description") or document.get("description_fr")):
        yield Advice("what", _("Nothing says what happens there."))
    if not document.get("starts_on"):
        yield Advice("when", _("Nothing says on which day it is."))
    elif not document.get("rrule") and document["starts_on"] < timezone.localdate().isoformat():
        yield Advice("when", _("The day is over already."))
    online = document.get("attendance") == "online"
    if not online and not document.get("location") and not document.get("city"):
        yield Advice("where", _("Nothing says where it is."))
    if document.get("attendance") in ("online", "both") and not (
        document.get("online_url") or document.get("online_note") or document.get("online_note_fr")
    ):
        yield Advice("where", _("Nothing says how to join online."))
    contacts = ("contact_phone", "contact_email", "contact_url")
    if document.get("registration") == "contact" and not any(map(document.get, contacts)):
        yield Advice("come", _("People are to register, and nothing says how."))
    if document.get("amount") is None and not (
        document.get("cost_description") or document.get("cost_description_fr")
    ):
        yield Advice("come", _("Nothing says what it costs."))
    yield from advice.in_one_language(document, SECTIONS)


def at_fault(message: str, document: dict) -> str:
    return "where"


def area(document: dict) -> str:
    """Its province, or that of the place it is at."""
    if place := document.get("location"):
        found = Address.objects.filter(location=place["id"]).order_by("position", "pk").first()
        return found.state_province if found else ""
    return document.get("state_province", "")


def register_kinds() -> None:
    NAMELESS[SUBJECT] = gettext_lazy("A new event")
    register_hider(actions.SIGHT.withdraw_all)
    register_hider(actions.step_back)
    register_to_do(hosting.to_do)
    if actions.places_changed not in FOLLOWERS:
        FOLLOWERS.append(actions.places_changed)
    subjects.register(
        subjects.Kept(
            SUBJECT,
            EVENT,
            actions.read_events,
            actions.write_event,
            actions.publish,
        )
    )
    writing.register(
        writing.Written(
            subject=SUBJECT,
            kind=SUBJECT,
            label=gettext_lazy("Event"),
            sections=SECTIONS,
            shown=actions.SIGHT.shown,
            preview=preview,
            page=page,
            missing=missing,
            at_fault=at_fault,
            prepare=actions.prepare,
            area=area,
            scrubbed=actions.scrubbed,
            edit="coalition:event_edit",
            manage="coalition:event_times",
            fresh_at_once=True,
        )
    )
    review.register(
        review.Kind(
            code=SUBJECT,
            label=gettext_lazy("Event"),
            template="coalition/review/listing.html",
            detail=reading.detail,
            approve=deciding.approve,
            decline=deciding.decline,
            mails=deciding.tell_partner,
            summary=reading.summary,
        )
    )
