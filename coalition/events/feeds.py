"""What is on, for programs that ask again and again: calendars (RFC 5545) and Atom (RFC 4287).

They take the parameters of /events/. What has not changed is not sent twice: whether it has is one
cheap question. The lines of a calendar are read out of the database as they were kept.
"""

import datetime
from collections.abc import Iterator
from hashlib import sha256

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.models import Organization

from . import atom
from .calendar_file import calendar_file
from .filters import Asked
from .models.events import Event

CALENDAR = "text/calendar; charset=utf-8"
# What a program may take for current; one that is cancelled is told within the quarter of an hour.
CACHE = "public, max-age=900"
CHUNK = 500


@require_safe
def event_calendar(request: HttpRequest) -> HttpResponseBase:
    """All that is on, or what was asked for, as a calendar to follow."""
    asked = Asked.of(request.GET)
    if asked.errors:
        return refused(asked)
    name = _("%s: events") % settings.SITE_NAME
    return calendar(request, asked.events(), name, "events.ics")


@require_safe
def organization_calendar(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What an organization organizes, or hosts with others."""
    organization = organization_or_moved(slug, "coalition:organization_calendar")
    if isinstance(organization, HttpResponse):
        return organization
    asked = Asked.of(request.GET)
    if asked.errors:
        return refused(asked)
    name = _("%s: events") % organization
    events = hosted(asked, organization)
    return calendar(request, events, name, f"{organization.slug}.ics")


@require_safe
def event_ics(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One event, to be put into one's own calendar."""
    event = Event.objects.published().filter(slug=slug).first()
    if event is None:
        moved = get_object_or_404(Event.objects.published(), former_slugs__slug=slug)
        return redirect("coalition:event_ics", slug=moved.slug, permanent=True)
    events = Event.objects.published().filter(pk=event.pk)
    return calendar(request, events, str(event), f"{event.slug}.ics")


@require_safe
def event_feed(request: HttpRequest) -> HttpResponseBase:
    """What has been announced or changed of late."""
    asked = Asked.of(request.GET)
    if asked.errors:
        return refused(asked)
    title = _("%s: events") % settings.SITE_NAME
    return feed(request, asked.events(), title, "coalition:event_list", {})


@require_safe
def organization_feed(request: HttpRequest, slug: str) -> HttpResponseBase:
    organization = organization_or_moved(slug, "coalition:organization_feed")
    if isinstance(organization, HttpResponse):
        return organization
    asked = Asked.of(request.GET)
    if asked.errors:
        return refused(asked)
    title = _("%s: events") % organization
    page = {"slug": organization.slug}
    return feed(request, hosted(asked, organization), title, "directory:organization_detail", page)


def organization_or_moved(slug: str, name: str) -> Organization | HttpResponse:
    """One that everyone may know of: it has a listing that is shown, or an event."""
    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        moved = get_object_or_404(Organization, former_slugs__slug=slug)
        known(moved)
        return redirect(name, slug=moved.slug, permanent=True)
    known(found)
    return found


def known(organization: Organization) -> None:
    """Raises Http404 for one that nobody has been shown."""
    listed = organization.services.filter(published_at__isnull=False).exists()
    if not listed and not Event.objects.published().hosted_by(organization).exists():
        raise Http404


def hosted(asked: Asked, organization: Organization) -> QuerySet[Event]:
    return asked.events().filter(pk__in=Event.objects.hosted_by(organization).values("pk"))


def refused(asked: Asked) -> HttpResponse:
    """What makes no sense, in words: a program that follows nothing by mistake would never say."""
    lines = "".join(f"{name}: {message}\n" for name, message in asked.errors.items())
    return HttpResponse(lines, status=400, content_type="text/plain; charset=utf-8")


def calendar(
    request: HttpRequest, events: QuerySet[Event], name: str, file_name: str
) -> HttpResponseBase:
    now = state(events)
    column = "ical_fr" if get_language() == "fr" else "ical"
    lines = () if request.method == "HEAD" else read_out(events, column)
    pieces = calendar_file(name, now["zones"] or [], lines)
    response = StreamingHttpResponse(pieces, content_type=CALENDAR)
    # Inline: phones then offer to add it, instead of keeping a file.
    response["Content-Disposition"] = f'inline; filename="{file_name}"'
    return conditional(request, response, now)


def read_out(events: QuerySet[Event], column: str) -> Iterator[str]:
    """The lines of each event, read as they are sent: nothing is held."""
    yield from events.order_by("pk").values_list(column, flat=True).iterator(chunk_size=CHUNK)


def feed(
    request: HttpRequest, events: QuerySet[Event], title: str, page: str, kwargs: dict
) -> HttpResponseBase:
    now = state(events)
    response = HttpResponse(content_type=atom.CONTENT_TYPE)
    answer = conditional(request, response, now)
    if answer is response:
        response.write(atom.written(events, title, page, kwargs, request.get_full_path()))
    return answer


def state(events: QuerySet[Event]) -> dict:
    """What tells whether these events are as they were, and the time zones among them."""
    found = events.aggregate(
        count=Count("pk"),
        changed=Max("last_modified"),
        shown=Max("shown_from"),
        zones=ArrayAgg("clock", distinct=True),
    )
    # One that is withdrawn, or no longer near, is not among these; that it changed is.
    found["any"] = Event.objects.aggregate(any=Max("last_modified"))["any"]
    return found


def conditional(request: HttpRequest, response: HttpResponseBase, now: dict) -> HttpResponseBase:
    """The answer with its marks, or that nothing has changed since (RFC 9110, 13)."""
    today = timezone.localdate()
    said = (request.get_full_path(), get_language(), today, sorted(map(str, now.items())))
    etag = f"W/{quote_etag(sha256(repr(said).encode()).hexdigest()[:32])}"
    midnight = datetime.datetime.combine(today, datetime.time(), timezone.get_default_timezone())
    newest = max(filter(None, [midnight, now["any"], now["shown"]]))
    response["ETag"] = etag
    response["Last-Modified"] = http_date(newest.timestamp())
    response["Cache-Control"] = CACHE
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag, int(newest.timestamp()), response)
