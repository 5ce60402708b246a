"""The desk's pages about organizations and people."""

from functools import wraps

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coalition.accounts import actions as accounts
from coalition.accounts.middleware import SECOND_FACTORS
from coalition.accounts.models import RecordEntry, User
from coalition.accounts.said import said
from coalition.members import actions
from coalition.members.enums import Standing
from coalition.members.forms import StandingForm
from coalition.members.matching import has_words_like
from coalition.members.models import Member
from coalition.review.views import coordinators_only
from directory.models import Organization

PAGE = 50
LATEST = 30


def words(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]


def wanted(request: HttpRequest, name: str) -> bool:
    """Which of two buttons was pressed. Raises BadRequest for neither."""
    value = request.POST.get(name)
    if value not in ("0", "1"):
        raise BadRequest
    return value == "1"


def administrators_only(view):
    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs):
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@coordinators_only
@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """All members, with their standing; found by name or by standing."""
    found = Member.objects.select_related("organization").annotate(
        people=Count("organization__memberships", distinct=True),
        listings=Count("organization__services", distinct=True),
        online=Count(
            "organization__services",
            filter=Q(organization__services__published_at__isnull=False),
            distinct=True,
        ),
    )
    text, standing = words(request), request.GET.get("standing", "")
    if text:
        found = found.filter(
            organization__in=Organization.objects.filter(has_words_like(text)).values("pk")
        )
    if standing in Standing.values:
        found = found.filter(standing=standing)
    page = Paginator(found.order_by("organization__name", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "section": "desk",
        "page": page,
        "query": text,
        "standing": standing,
        "standings": Standing.choices,
    }
    return render(request, "coalition/review/organizations.html", context)


@coordinators_only
@require_safe
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    return organization_page(request, slug)


def organization_page(
    request: HttpRequest, slug: str, *, form: StandingForm | None = None, status: int = 200
) -> HttpResponse:
    member = get_object_or_404(
        Member.objects.select_related("organization", "principles"), organization__slug=slug
    )
    found = member.organization
    services = found.services.all()
    context = {
        "section": "desk",
        "member": member,
        "organization": found,
        "people": found.memberships.select_related("user"),
        "listings": services.count(),
        "online": services.filter(published_at__isnull=False).count(),
        "submissions": found.submissions.order_by("-submitted_at")[:LATEST],
        "entries": [
            (entry, said(entry.action))
            for entry in RecordEntry.objects.filter(about=accounts.words_for(found)).select_related(
                "by"
            )[:LATEST]
        ],
        "told": [f"member.{standing}" for standing in Standing.values],
        "form": form or StandingForm(),
    }
    return render(request, "coalition/review/organization.html", context, status=status)


@coordinators_only
@require_POST
def trust(request: HttpRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member, organization__slug=slug)
    trusted = wanted(request, "trusted")
    actions.set_trust(member.organization, trusted, by=request.user)
    messages.success(request, _("Trusted.") if trusted else _("No longer trusted."))
    return redirect("coalition:desk_organization", slug=slug)


@coordinators_only
@require_POST
def standing(request: HttpRequest, slug: str) -> HttpResponse:
    """Suspend, let leave or take back; on the first two, say what happens to the listings."""
    member = get_object_or_404(Member, organization__slug=slug)
    form = StandingForm(request.POST)
    if not form.is_valid():
        return organization_page(request, slug, form=form, status=422)
    actions.set_standing(
        member.organization,
        form.cleaned_data["standing"],
        by=request.user,
        hide=form.cleaned_data["listings"] == "hide",
        note=form.cleaned_data["note"].strip(),
    )
    messages.success(request, _("Changed and recorded."))
    return redirect("coalition:desk_organization", slug=slug)


@coordinators_only
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    return people_page(request)


def people_page(
    request: HttpRequest, *, refused: tuple[int, str] = (0, ""), status: int = 200
) -> HttpResponse:
    """Coordinators, closed accounts, and whoever is looked for; who waits to be let in."""
    everybody = User.objects.annotate(
        has_second_factor=Exists(
            Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
        )
    ).prefetch_related("memberships__organization")
    text = words(request)
    if text:
        found = everybody.filter(Q(email__icontains=text) | Q(name__unaccent__icontains=text))
    elif request.GET.get("show") == "closed":
        found = everybody.filter(is_active=False)
    else:
        found = everybody.filter(Q(is_coordinator=True) | Q(is_superuser=True))
    page = Paginator(found.order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    pending = list(accounts.pending_let_ins().select_related("user", "asked_by"))
    context = {
        "section": "desk",
        "page": page,
        "query": text,
        "show": request.GET.get("show", ""),
        "pending": pending,
        "refused_pk": refused[0],
        "refused_why": refused[1],
    }
    return render(request, "coalition/review/people.html", context, status=status)


def changed(request: HttpRequest, pk: int, change, said: str) -> HttpResponse:
    """Make one change to a person's account, or show the page with why not."""
    user = get_object_or_404(User, pk=pk)
    try:
        change(user)
    except ValidationError as error:
        return people_page(request, refused=(pk, " ".join(error.messages)), status=422)
    messages.success(request, said)
    return redirect("coalition:desk_people")


@coordinators_only
@administrators_only
@require_POST
def coordinator(request: HttpRequest, pk: int) -> HttpResponse:
    """Make or unmake a coordinator."""
    made = wanted(request, "coordinator")
    return changed(
        request,
        pk,
        lambda user: accounts.set_coordinator(user, made, by=request.user),
        _("A coordinator now.") if made else _("No longer a coordinator."),
    )


@coordinators_only
@require_POST
def active(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account or open it again."""
    opened = wanted(request, "active")
    return changed(
        request,
        pk,
        lambda user: accounts.set_active(user, opened, by=request.user),
        _("The account is open again.") if opened else _("The account is closed."),
    )


@coordinators_only
@require_POST
def let_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that somebody lost their second factor; the second one who says so lets them in."""
    if not ratelimit.consume(request, action="let_in", user=request.user):
        return people_page(request, refused=(pk, _("Too many tries. Wait an hour.")), status=429)
    user = get_object_or_404(User, pk=pk)
    try:
        done = accounts.ask_let_in(user, by=request.user)
    except ValidationError as error:
        return people_page(request, refused=(pk, " ".join(error.messages)), status=422)
    if done:
        messages.success(request, _("%s can sign in with the password alone now.") % user)
    else:
        messages.success(request, _("Noted. A second coordinator has to say so too."))
    return redirect("coalition:desk_people")


@coordinators_only
@require_POST
def withdraw_let_in(request: HttpRequest, pk: int) -> HttpResponse:
    return changed(
        request,
        pk,
        lambda user: accounts.withdraw_let_in(user, by=request.user),
        _("Withdrawn: nobody is let in."),
    )
