"""An event as plain text, for what is read outside our pages: calendars and feeds. It says no more
than they do, in the reader's language."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from directory.models.enums import Language, Visibility
from directory.search import vocabulary

from . import words
from .enums import Attendance, EventAccess, EventStatus, RegistrationMode
from .models.events import Event
from .models.times import EventChange
from .places import ShownPlace

# What is read of each event besides itself: to be prefetched for many.
RELATED = ("organization", "attributes__taxonomy_term", "host_answers__organization")
BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def clean(text: str) -> str:
    """Text with plain line breaks and no control characters, which neither iCalendar (RFC 5545,
    3.3.11) nor XML can carry."""
    return CONTROLS.sub("", BREAKS.sub("\n", text)).strip()


def title(event: Event, *, cancelled: bool) -> str:
    """What it is called. That it is cancelled is said here too: few programs show the status."""
    name = clean(words.said(event, "name"))
    return _("Cancelled: %s") % name if cancelled else name


def told(
    event: Event,
    place: ShownPlace | None,
    url: str,
    *,
    cancelled: bool,
    change: EventChange | None = None,
) -> str:
    """All of it: paragraphs with an empty line between. `place` is where it is as anyone may see,
    `url` its page, `change` what differs that day."""
    paragraphs = [
        *notices(event, cancelled=cancelled, change=change),
        words.said(event, "description"),
        fact(_("For whom: %s"), after(", ".join(serves(event)), words.said(event, "audience"))),
        fact(_("Where: %s"), where(event, place, change)),
        "" if cancelled else online(event),
        fact(_("Languages: %s"), ", ".join(str(Language(code).label) for code in event.languages)),
        fact(_("Cost: %s"), words.cost_text(event)),
        fact(_("Access: %s"), after(", ".join(access(event)), words.said(event, "access_note"))),
        *registering(event, url, cancelled=cancelled),
        fact(_("Organizer: %s"), ", ".join(organizers(event))),
        fact(_("Details and changes: %s"), url),
    ]
    return "\n\n".join(filter(None, map(clean, paragraphs)))


def fact(text: str, value: str) -> str:
    """The text with the value; nothing where there is none."""
    return text % value if value else ""


def notices(event: Event, *, cancelled: bool, change: EventChange | None) -> Iterable[str]:
    if cancelled:
        yield _("Cancelled.")
    elif event.status == EventStatus.TENTATIVE:
        yield _("Not certain yet.")
    yield words.said(change, "note") if change else ""
    yield words.said(event, "status_note")


def after(first: str, second: str) -> str:
    return ". ".join(filter(None, [first, second]))


def where(event: Event, place: ShownPlace | None, change: EventChange | None) -> str:
    """In words, with how to get there."""
    if other := other_place(place, change):
        return other
    if place is None:
        return ""
    if place.visibility != Visibility.PUBLIC:
        return words.where_text(event, place)
    own, other = place.directions, place.directions_fr
    return after(place.line, (other or own) if words.french() else (own or other))


def other_place(place: ShownPlace | None, change: EventChange | None) -> str:
    """Where it is instead that day; never for what keeps its address to itself."""
    return words.other_place(place, change)[0]


def shows_link(event: Event) -> bool:
    """Whether everyone may know how to join online: where people register here, only they do."""
    return bool(event.online_url) and event.registration != RegistrationMode.HERE


def online(event: Event) -> str:
    if event.attendance == Attendance.IN_PERSON:
        return ""
    if event.registration == RegistrationMode.HERE:
        return _("Online: those who register get the link.")
    return fact(_("Online: %s"), after(event.online_url, words.said(event, "online_note")))


def access(event: Event) -> list[str]:
    found = [str(EventAccess(code).label) for code in event.access]
    return [*found, event.get_substance_free_display()] if event.substance_free else found


def registering(event: Event, url: str, *, cancelled: bool) -> Iterable[str]:
    reached = ", ".join(filter(None, [event.contact_phone, event.contact_email, event.contact_url]))
    if event.registration == RegistrationMode.HERE and not cancelled:
        yield fact(_("Register here: %s"), url)
    if event.registration == RegistrationMode.CONTACT and not cancelled:
        yield fact(_("To say that you come: %s"), reached)
    else:
        yield fact(_("Questions: %s"), reached)


def organizers(event: Event) -> list[str]:
    """Who organizes it, then those who have agreed to host it with them."""
    agreed = sorted((one for one in event.host_answers.all() if one.accepted), key=lambda a: a.pk)
    return [str(event.organization), *(str(one.organization) for one in agreed)]


def serves(event: Event) -> list[str]:
    """Who it is for, by the directory's words."""
    terms = [attribute.taxonomy_term for attribute in event.attributes.all()]
    names = dict(vocabulary.choices("serves"))
    return [names[term.code] for term in terms if term.code in names]
