"""The pages of what is on, for everyone; no account, no cookie."""

import datetime
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coalition.files.answers import answer
from coalition.members.permissions import can_edit, can_review
from directory.public import anonymous

from . import lists, page, registering
from .filters import Asked
from .forms.registering import RegistrationForm
from .models.events import Event
from .models.times import Occurrence, Registration


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """What is on: a list by day, or a month. A parameter that makes no sense is said so."""
    asked = Asked.of(request.GET)
    number, wrong_page = page_number(request.GET.get("page", ""))
    errors = asked.errors
    if wrong_page:
        errors["page"] = _("There is no such page.")
    context = {
        "asked": asked,
        "errors": errors,
        "typed": {
            name: request.GET.get(name, "") for name in ("near", "within", "day", "month", "when")
        },
        "place": asked.place,
        "near": asked.near,
        "within": asked.within,
        "that_day": asked.values.get("day"),
        "distances": page.distances(asked),
        "groups": page.groups(asked),
        "query": page.query(request.GET),
        "list_url": page.url(request.GET, month=None, day=None, page=None),
        "month_url": page.url(
            request.GET, month=f"{timezone.localdate():%Y-%m}", day=None, page=None, when=None
        ),
        "choices": page.place_choices(asked, request.GET),
    }
    if asked.month is not None:
        context["month"] = shown = lists.month(asked, asked.month)
        for name in ("before", "after"):
            if shown[name] is not None:
                context[f"{name}_url"] = page.url(request.GET, month=f"{shown[name]:%Y-%m}")
        for week in shown["weeks"]:
            for day in week:
                day["url"] = page.url(request.GET, month=None, day=day["day"].isoformat())
    else:
        context["list"] = shown = lists.listed(asked, number)
        context["online"] = shown["online"]
        if number > 1 and not shown["days"]:
            errors["page"] = _("There is no such page.")
        if shown["more"]:
            context["next_url"] = page.url(request.GET, page=number + 1)
        if number > 1:
            context["previous_url"] = page.url(request.GET, page=number - 1 if number > 2 else None)
    status = 400 if errors else 200
    return render(request, "coalition/events/list.html", context, status=status)


def page_number(text: str) -> tuple[int, bool]:
    if text.isascii() and text.isdigit() and len(text) < 5 and 0 < int(text) <= 1000:
        return int(text), False
    return 1, bool(text)


def found_or_moved(slug: str) -> Event | HttpResponse:
    event = Event.objects.published().filter(slug=slug).first()
    if event is None:
        moved = get_object_or_404(Event.objects.published(), former_slugs__slug=slug)
        return redirect("coalition:event_detail", slug=moved.slug, permanent=True)
    return event


@require_safe
def event_detail(request: HttpRequest, slug: str) -> HttpResponse:
    event = found_or_moved(slug)
    if isinstance(event, HttpResponse):
        return event
    return event_page(request, event)


def event_page(request: HttpRequest, event: Event) -> HttpResponse:
    """The page of an event, on the day that was asked for or the next one."""
    context = page.detail(event, day_asked(request))
    context |= {
        "own": can_edit(request.user, event.organization),
        "reviews": can_review(request.user),
    }
    return render(request, "coalition/events/detail.html", context)


def event_preview(request: HttpRequest, event: Event, *, back: str = "") -> HttpResponse:
    """The same, for those who write it or decide about it, before everyone sees it."""
    context = page.detail(event, None) | {"preview": True, "from": back}
    return render(request, "coalition/events/preview.html", context)


def day_asked(request: HttpRequest) -> datetime.date | None:
    try:
        return parse_date(request.GET.get("date", ""))
    except ValueError:
        return None


@require_safe
def event_picture(request: HttpRequest, slug: str, size: str) -> HttpResponse:
    """The picture, as large as it is or small."""
    rows = Event.objects.published().filter(slug=slug, picture__isnull=False)
    event = get_object_or_404(rows.select_related("picture__reduced"))
    file = event.picture.small if size == "small" else event.picture
    return answer(request, file, inline=True, public=True)


# Registering


def occurrence_or_404(slug: str, text: str) -> Occurrence:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    named = Q(event__slug=slug) | Q(event__former_slugs__slug=slug)
    rows = Occurrence.objects.shown().select_related("event").filter(named).distinct()
    return get_object_or_404(rows, recurrence_id=day)


@csrf_exempt  # no visitor has a cookie; the stamp and the browser's own word stand in for it
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str, day: str) -> HttpResponse:
    """Say that one comes: a first name, and an e-mail only for a reminder."""
    occurrence = occurrence_or_404(slug, day)
    if not registering.open_for(occurrence):
        if occurrence.event.registration != "here":
            raise Http404
        return registration_page(request, occurrence, RegistrationForm(), status=409)
    if request.method != "POST":
        return registration_page(request, occurrence, RegistrationForm())
    if not anonymous.from_this_site(request):
        raise PermissionDenied
    form = RegistrationForm(request.POST)
    if request.POST.get(anonymous.TRAP):
        return redirect("coalition:event_detail", slug=occurrence.event.slug)  # it need not know
    stamp = request.POST.get("stamp", "")
    try:
        anonymous.check(stamp, about(occurrence))
    except anonymous.TooOld:
        form.add_error(None, _("The page was open for too long. Nothing is lost: send it again."))
    except anonymous.TooQuick:
        form.add_error(None, _("That was very quick. Nothing is lost: send it again."))
    if not form.is_valid():
        return registration_page(request, occurrence, form, status=422)
    try:
        found = registering.take(
            occurrence,
            stamp=stamp,
            visitor=request,
            language=get_language() or "en",
            **form.cleaned_data,
        )
    except registering.TooMany:
        form.add_error(
            None, _("Too many registrations came in at once. Nothing is lost: send it again later.")
        )
        return registration_page(request, occurrence, form, status=429)
    except ValidationError as error:
        form.add_error(None, error)
        return registration_page(request, occurrence, form, status=409)
    return redirect("coalition:registration", token=registering.token(found))


def about(occurrence: Occurrence) -> str:
    return f"{occurrence.event_id} {occurrence.recurrence_id}"


def registration_page(
    request: HttpRequest, occurrence: Occurrence, form: RegistrationForm, *, status: int = 200
) -> HttpResponse:
    event = occurrence.event
    context = {
        **page.brief(event, occurrence),
        "form": form,
        "open": registering.open_for(occurrence),
        "taken": registering.taken(event, occurrence.recurrence_id),
        "stamp": anonymous.stamp(about(occurrence)),
    }
    return render(request, "coalition/events/register.html", context, status=status)


def registration_or_gone(token: str) -> Registration | None:
    try:
        return registering.read_token(token)
    except Registration.DoesNotExist:
        return None
    except signing.BadSignature:
        raise Http404 from None


@require_safe
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody has registered for: whether they have a place, and how to give it up."""
    found = registration_or_gone(token)
    if found is None:
        return render(request, "coalition/events/registration_gone.html", status=410)
    occurrence = Occurrence.objects.filter(
        event=found.event_id, recurrence_id=found.recurrence_id
    ).first()
    over = occurrence is None or occurrence.ends_at <= timezone.now()
    takes_place = not over and not occurrence.cancelled
    context = {
        **page.brief(found.event, occurrence),
        "registration": found,
        "token": token,
        "number": 0 if found.confirmed_at else registering.number_in_line(found),
        "online_url": found.event.link_to_join if found.confirmed_at and takes_place else "",
        "over": over,
    }
    return render(request, "coalition/events/registration.html", context)


@csrf_exempt  # whoever holds the link may give the place up
@require_POST
def registration_cancel(request: HttpRequest, token: str) -> HttpResponse:
    if not anonymous.from_this_site(request):
        raise PermissionDenied
    if (found := registration_or_gone(token)) is not None:
        registering.leave(found)
    query = urlencode({"left": 1})
    return redirect(f"{reverse('coalition:registration', kwargs={'token': token})}?{query}")
