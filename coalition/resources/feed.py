"""Deadlines of funding as a calendar that programs follow (RFC 5545)."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import icalendar
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coalition.accounts.links import absolute
from coalition.events.calendar_file import calendar_file
from coalition.events.calendars import Text
from directory.hours.days import zone
from directory.public.cards import text

from . import words
from .enums import ResourceKind, SeenBy
from .models import Resource

KEPT = timedelta(days=90)  # how long a deadline that is over stays in a calendar


@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    """Deadlines of the funding that everyone may see; 304 to who has them as they are."""
    rows = list(public_deadlines(timezone.now()))
    name = _("Funding deadlines: %s") % settings.SITE_NAME
    lines = calendar_file(name, {row.timezone for row in rows}, deadline_lines(rows))
    body = "".join(lines).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="deadlines.ics"'
        response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def public_deadlines(now: datetime):
    rows = Resource.objects.published(now).filter(
        kind=ResourceKind.FUNDING, seen_by=SeenBy.EVERYONE, deadline__gt=now - KEPT
    )
    return rows.defer("words").select_related("organization").order_by("deadline", "pk")


def deadline_lines(rows: Iterable[Resource]) -> Iterator[str]:
    for row in rows:
        yield component(row, get_language() or "en").to_ical().decode()


def component(row: Resource, language: str) -> icalendar.Event:
    """The moment until which one may ask for it; it takes no time in anybody's day."""
    french = language == "fr"
    url = absolute("coalition:resource_detail", language, slug=row.slug)
    found = icalendar.Event()
    found.add("uid", str(row.pk))
    found.add("dtstamp", row.last_modified)
    found.add("last-modified", row.last_modified)
    found.add("dtstart", row.deadline.astimezone(zone(row.timezone)))
    found.add("summary", Text(_("Deadline: %s") % row))
    found.add("description", Text("\n".join(filter(None, [*told(row, french), url]))))
    found.add("url", url)
    found.add("transp", "TRANSPARENT")
    return found


def told(row: Resource, french: bool) -> Iterator[str]:
    """Who gives it, how much, to whom."""
    yield str(row.organization)
    yield words.amount_text(row.amount_minimum, row.amount_maximum)
    names = ("amount_description", "who_may_apply", "description")
    for name in names:
        pair = {key: getattr(row, key) for key in (name, f"{name}_fr")}
        yield text(pair, name, french)[0]
