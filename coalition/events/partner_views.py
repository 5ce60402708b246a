"""An organization's events in its workspace: their times, who has registered, who hosts."""

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coalition.listings import actions as listings
from coalition.listings import workspace
from coalition.listings.editor_pages import told
from coalition.listings.models import Draft
from coalition.listings.reach import organization_or_404
from coalition.members.permissions import can_review
from coalition.review.views import back_at_desk
from directory.interchange.proposals import Conflict
from directory.interchange.write import InvalidListing

from . import actions, changing, registering, words
from .editor import SECTIONS
from .forms.times import CancelForm, TimeForm
from .models.events import Event, HostAnswer
from .models.times import Occurrence
from .schema import SUBJECT

PAGE = 40
LAST = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def event_or_404(request: HttpRequest, pk) -> Event:
    """One of the person's organizations'; for a coordinator, any."""
    rows = Event.objects.select_related("organization")
    if not can_review(request.user):
        rows = rows.filter(organization__in=workspace.organizations_of(request.user))
    return get_object_or_404(rows, pk=pk)


def own_event_or_404(request: HttpRequest, pk) -> Event:
    """One of the person's organizations', also for a coordinator: names are the organizer's."""
    event = event_or_404(request, pk)
    if not is_ours(request, event):
        raise Http404
    return event


@login_required
@require_safe
def events(request: HttpRequest, slug: str) -> HttpResponse:
    """All events of an organization, those that come first; those it is asked to host."""
    organization = organization_or_404(request, slug)
    now = timezone.now()
    events = Event.objects.of(organization).prefetch_related("changes")
    rows = list(events.order_by("-starts_on", "pk")[:300])
    coming = {one.event_id: one for one in Occurrence.objects.filter(event__in=rows).next_ones()}
    found = [
        {"event": event, "next": coming.get(event.pk), "repeats": words.repeats_text(event)}
        for event in rows
    ]
    for one in found:
        if one["next"] is not None:
            one["when"] = words.when_text(one["next"], one["event"], now)
    found.sort(key=lambda one: one["next"].starts_at if one["next"] else LAST)
    context = {
        "section": "partner",
        "organization": organization,
        "rows": found,
        "asked": HostAnswer.objects.of([organization]).order_by("accepted", "-asked_at"),
        "drafts": Draft.objects.filter(
            organization=organization, author=request.user, subject=SUBJECT
        ),
    }
    return render(request, "coalition/events/partner_list.html", context)


@login_required
@require_POST
def event_begin(request: HttpRequest, slug: str) -> HttpResponse:
    organization = organization_or_404(request, slug)
    draft = listings.start_draft(organization, by=request.user, subject=SUBJECT)
    return redirect("coalition:draft_section", pk=draft.pk, code=next(iter(SECTIONS)))


@login_required
@require_POST
def event_edit(request: HttpRequest, pk) -> HttpResponse:
    event = event_or_404(request, pk)
    draft = listings.open_draft(event.organization, event.pk, by=request.user, subject=SUBJECT)
    return redirect("coalition:draft", pk=draft.pk)


@login_required
@require_safe
def event_times(request: HttpRequest, pk) -> HttpResponse:
    """When it takes place, who comes each time, and what can be done about it."""
    event = event_or_404(request, pk)
    now = timezone.now()
    prefetch_related_objects([event], "changes")
    # Who came is known for a week.
    since = now - registering.KEPT if event.registration == "here" else now
    page = Paginator(event.occurrences.upcoming(since), PAGE).get_page(request.GET.get("page"))
    taken, none = registering.taken_by_day(event), registering.Taken(0, 0, event.places)
    changes = {one.recurrence_id: one for one in event.changes.all()}
    context = {
        "section": "partner",
        "event": event,
        "ours": is_ours(request, event),
        "repeats": words.repeats_text(event),
        "rows": [
            {
                "occurrence": one,
                "when": words.when_text(one, event, now),
                "change": changes.get(one.recurrence_id),
                "over": one.ends_at <= now,
                "taken": taken.get(one.recurrence_id, none)
                if event.registration == "here"
                else None,
            }
            for one in page
        ],
        "page": page,
    }
    return render(request, "coalition/events/partner_times.html", context)


def occurrence_or_404(event: Event, text: str) -> Occurrence:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    return get_object_or_404(event.occurrences, recurrence_id=day)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def event_time(request: HttpRequest, pk, day: str) -> HttpResponse:
    """Change one time: this one, this and those after it, or all."""
    event = event_or_404(request, pk)
    occurrence = occurrence_or_404(event, day)
    change = event.changes.filter(recurrence_id=occurrence.recurrence_id).first()
    form = TimeForm(request.POST or None, event=event, occurrence=occurrence, change=change)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return changed(request, event, occurrence, form)
            except (InvalidListing, Conflict, ValidationError) as error:
                form.add_error(None, messages_of(error))
    context = {
        "section": "partner",
        "event": event,
        "occurrence": occurrence,
        "when": words.when_text(occurrence, event, timezone.now(), zone=True),
        "form": form,
    }
    return render(request, "coalition/events/partner_time.html", context, status=status)


def messages_of(error: Exception) -> list[str]:
    if isinstance(error, InvalidListing):
        return listings.said_of(error)
    if isinstance(error, ValidationError):
        return error.messages
    return [_("It has changed since, in the same places.")]


def changed(request: HttpRequest, event: Event, occurrence: Occurrence, form) -> HttpResponse:
    day = occurrence.recurrence_id
    match form.cleaned_data["reach"]:
        case "all":
            draft = changing.begin_all(event, form.for_all(), by=request.user)
            messages.info(request, _("Change all of it here, then send it in."))
            return redirect("coalition:draft_section", pk=draft.pk, code="when")
        case "following":
            new = changing.change_following(event, day, form.for_series(), by=request.user)
            messages.success(request, _("From this day on it is an event of its own."))
            return redirect("coalition:event_times", pk=new.pk)
    told(request, changing.change_time(event, day, form.for_one(), by=request.user))
    return redirect("coalition:event_times", pk=event.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def event_cancel(request: HttpRequest, pk) -> HttpResponse:
    """All of it does not take place; it stays to be seen, and says so."""
    event = event_or_404(request, pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = {key: value for key, value in form.cleaned_data.items() if value}
        try:
            told(request, changing.cancel(event, said, by=request.user))
            return redirect("coalition:event_times", pk=event.pk)
        except (InvalidListing, Conflict, ValidationError) as error:
            form.add_error(None, messages_of(error))
    context = {"section": "partner", "event": event, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "coalition/events/partner_cancel.html", context, status=status)


@login_required
@require_POST
def event_take_up(request: HttpRequest, pk) -> HttpResponse:
    event = event_or_404(request, pk)
    try:
        told(request, changing.take_up(event, by=request.user))
    except (InvalidListing, Conflict, ValidationError) as error:
        messages.warning(request, " ".join(messages_of(error)))
    return redirect("coalition:event_times", pk=event.pk)


@login_required
@require_POST
def event_hide(request: HttpRequest, pk) -> HttpResponse:
    """Out of sight, until it is shown again."""
    event = event_or_404(request, pk)
    if actions.withdraw(event, by=request.user):
        messages.success(request, _("“%s” is out of sight. Nothing is deleted.") % event)
    return back(request, event)


@login_required
@require_POST
def event_show(request: HttpRequest, pk) -> HttpResponse:
    """Back in sight."""
    event = event_or_404(request, pk)
    try:
        if actions.show_again(event, by=request.user):
            messages.success(request, _("“%s” can be found again.") % event)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return back(request, event)


def is_ours(request: HttpRequest, event: Event) -> bool:
    mine = workspace.organizations_of(request.user)
    return mine.filter(pk=event.organization_id).exists()


def back(request: HttpRequest, event: Event) -> HttpResponse:
    """To the event's times; a coordinator who is not of its organization, to the history; to the
    page of the desk one came from."""
    if at_desk := back_at_desk(request):
        return at_desk
    if is_ours(request, event):
        return redirect("coalition:event_times", pk=event.pk)
    return redirect("coalition:history", pk=event.pk)


@login_required
@require_safe
def event_people(request: HttpRequest, pk, day: str) -> HttpResponse:
    """Who has registered for one time: first names, and who waits."""
    event = own_event_or_404(request, pk)
    occurrence = occurrence_or_404(event, day)
    rows = event.registrations.filter(recurrence_id=occurrence.recurrence_id)
    context = {
        "section": "partner",
        "event": event,
        "when": words.when_text(occurrence, event, timezone.now(), zone=True),
        "going": list(rows.going().values_list("first_name", flat=True)),
        "waiting": list(rows.waiting().values_list("first_name", flat=True)),
        "taken": registering.taken(event, occurrence.recurrence_id),
    }
    return render(request, "coalition/events/partner_people.html", context)


@login_required
@require_POST
def host_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes, we host it with you; or no."""
    mine = HostAnswer.objects.of(workspace.organizations_of(request.user))
    asked = get_object_or_404(mine, pk=pk)
    said = request.POST.get("answer")
    if said not in ("yes", "no"):
        raise Http404
    try:
        actions.answer(asked, said == "yes", by=request.user)
    except HostAnswer.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Thank you. The organizer sees your answer."))
    return redirect("coalition:events", slug=asked.organization.slug)
