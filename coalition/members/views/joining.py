"""An organization applies: small steps that survive a break, without an account or a cookie.

Whoever holds the link in the mail may go on: the signed name of the application stands in for a
session, and the browser's own word that one of our pages sent a form stands in for a token of it.
"""

from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from allauth.core import ratelimit
from django import forms
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coalition.members import applying, links, matching
from coalition.members.forms import (
    ContactForm,
    LinkForm,
    OrganizationForm,
    PrinciplesForm,
    ServesForm,
    StartForm,
    WorkForm,
)
from coalition.members.models import Application
from coalition.review.actions import NotWaiting
from directory.public.anonymous import from_this_site

TOO_MANY = gettext_lazy("You have sent this very often. Try again in an hour.")


@dataclass(frozen=True)
class Step:
    """One page of an application; `done` names the fields that must be filled for it."""

    code: str
    title: Promise
    form: type[forms.ModelForm] | None = None
    done: tuple[str, ...] = ()


STEPS = {
    step.code: step
    for step in (
        Step("find", gettext_lazy("Are you here already?")),
        Step(
            "organization", gettext_lazy("Your organization"), OrganizationForm, ("city", "__str__")
        ),
        Step("work", gettext_lazy("What you do"), WorkForm, ("does",)),
        Step("serves", gettext_lazy("Who you are there for"), ServesForm, ("serves",)),
        Step("contact", gettext_lazy("Who speaks for it"), ContactForm, ("contact_role",)),
        Step("principles", gettext_lazy("What members agree to"), None, ("principles_id",)),
        Step("review", gettext_lazy("Read it once more, and send it in")),
    )
}
ORDER = list(STEPS)


def without_cookie(view):
    """A form for people without a cookie: only pages of ours can send it."""

    @wraps(view)
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    def wrapped(request: HttpRequest, *args, **kwargs):
        if request.method == "POST" and not from_this_site(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped


@without_cookie
def join(request: HttpRequest) -> HttpResponse:
    """What joining means, what happens next and when, and the first two questions."""
    if request.method == "POST":
        form = StartForm(request.POST)
        if form.is_valid():
            email = form.cleaned_data["email"]
            if not ratelimit.consume(request, action="join", key=email.lower()):
                form.add_error(None, TOO_MANY)
                return start_page(request, form, status=429)
            application = applying.start_application(
                id=form.cleaned_data["id"],
                email=email,
                contact_name=form.cleaned_data["contact_name"],
                language=get_language() or "en",
                by=own(request, email),
            )
            return to_step(application, "find")
        return start_page(request, form, status=422)
    user = request.user
    known = {"contact_name": user.name, "email": user.email} if user.is_authenticated else {}
    return start_page(request, StartForm(initial=known))


def own(request: HttpRequest, email: str):
    """The person who is signed in, where it is their own address."""
    user = request.user
    return user if user.is_authenticated and user.email.lower() == email.lower() else None


def start_page(request: HttpRequest, form: StartForm, *, status: int = 200) -> HttpResponse:
    if form.is_bound and form.non_field_errors():
        form.renew()
    return render(request, "coalition/join/start.html", {"form": form}, status=status)


@without_cookie
def join_link(request: HttpRequest) -> HttpResponse:
    """Send the link again. The answer is the same whether there is anything to send."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    status, sent = 200, False
    if request.method == "POST":
        status = 422
        if form.is_valid():
            email = form.cleaned_data["email"].lower()
            if ratelimit.consume(request, action="join", key=email):
                applying.mail_links(email)
                status, sent = 200, True
            else:
                form.add_error(None, TOO_MANY)
                status = 429
    context = {"form": form, "sent": sent, "why": ""}
    return render(request, "coalition/join/link.html", context, status=status)


def opened(view):
    """Gives the view the application that the link opens, or says that it opens none."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str, *args, **kwargs):
        try:
            application = links.read_application(token)
        except signing.BadSignature:
            return no_way_in(request, "unknown", status=404)
        except links.TooOld:
            return no_way_in(request, "too old", status=410)
        except Application.DoesNotExist:
            return no_way_in(request, "forgotten", status=410)
        return view(request, application, *args, **kwargs)

    return wrapped


def no_way_in(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    context = {"form": LinkForm(), "sent": False, "why": why, "days": links.APPLICATION_DAYS}
    return render(request, "coalition/join/link.html", context, status=status)


@without_cookie
@opened
def join_resume(request: HttpRequest, application: Application) -> HttpResponse:
    """Where the application stands; before it was ever sent in, the step that is still to do.
    While it waits it can be taken back from here."""
    if application.submission is None:
        return to_step(application, first_to_do(application))
    if request.method == "POST":
        try:
            applying.take_back(application, by=own(request, application.email))
        except NotWaiting:
            application.refresh_from_db()
            return status_page(request, application, decided=True, status=409)
        return to_status(application)
    return status_page(request, application)


def status_page(
    request: HttpRequest, application: Application, *, status: int = 200, **said
) -> HttpResponse:
    context = {
        "application": application,
        "submission": application.submission,
        "can_change": applying.is_open(application),
        "token": links.application_token(application),
        "days": links.APPLICATION_DAYS,
        **said,
    }
    return render(request, "coalition/join/status.html", context, status=status)


def first_to_do(application: Application) -> str:
    """The first step that still has something to fill in; the last one when nothing has."""
    if not application.name and not application.name_fr and application.claims_id is None:
        return "find"
    return next((code for code in ORDER if code in missing(application)), "review")


def missing(application: Application) -> list[str]:
    """The steps that are not done."""
    codes = [c for c, step in STEPS.items() if not all(filled(application, f) for f in step.done)]
    return codes


def filled(application: Application, field: str) -> bool:
    if field == "__str__":
        return bool(application.name or application.name_fr)
    return bool(getattr(application, field))


def to_step(application: Application, code: str) -> HttpResponse:
    return redirect("coalition:join_step", token=links.application_token(application), step=code)


def to_status(application: Application) -> HttpResponse:
    return redirect("coalition:join_resume", token=links.application_token(application))


@without_cookie
@opened
def join_step(request: HttpRequest, application: Application, step: str) -> HttpResponse:
    """One step: shown, or kept and followed by the next."""
    if step not in STEPS:
        raise Http404
    if not applying.is_open(application):
        if request.method == "POST" and step != "review":
            return not_open(request, application)
        return to_status(application)
    show = {"find": find, "principles": principles, "review": review}.get(step, write)
    try:
        return show(request, application, STEPS[step])
    except applying.NotOpen:
        application.refresh_from_db()
        return not_open(request, application)


def not_open(request: HttpRequest, application: Application) -> HttpResponse:
    """It went to the coordinators meanwhile: what was typed is shown, to be copied."""
    typed = [
        value
        for name in ("does", "serves", "name", "contact_phone")
        if (value := request.POST.get(name, "").strip())
    ]
    return status_page(request, application, too_late=True, typed=typed, status=409)


def page(
    request: HttpRequest,
    application: Application,
    step: Step,
    template: str = "coalition/join/step.html",
    *,
    status: int = 200,
    **context,
) -> HttpResponse:
    token = links.application_token(application)
    number = ORDER.index(step.code)
    context |= {
        "application": application,
        "token": token,
        "step": step,
        "number": number + 1,
        "total": len(ORDER),
        "previous": STEPS[ORDER[number - 1]] if number else None,
        "steps": list(STEPS.values()),
    }
    return render(request, template, context, status=status)


def after(application: Application, step: Step, request: HttpRequest) -> HttpResponse:
    """The next step; back to the last one where the person came from there to change something."""
    if request.GET.get("back") == "review" and not missing(application):
        return to_step(application, "review")
    return to_step(application, ORDER[ORDER.index(step.code) + 1])


def write(request: HttpRequest, application: Application, step: Step) -> HttpResponse:
    """A step that is a form of some of the application's fields."""
    if request.method != "POST":
        return page(request, application, step, form=step.form(instance=application))
    form = step.form(request.POST, instance=application)
    if not form.is_valid():
        return page(request, application, step, form=form, status=422)
    application = applying.save_step(application, form.cleaned_data)
    if step.code == "organization" and application.claims_id is None and doubles(application):
        return to_step(application, "find")
    return after(application, step, request)


def doubles(application: Application) -> list:
    """Possible doubles that anybody can find: an applicant is told of no others."""
    found = matching.possible_doubles(application)
    shown = set(
        matching.shown_to_all().filter(pk__in=[o.pk for o in found]).values_list("pk", flat=True)
    )
    return [organization for organization in found if organization.pk in shown]


def find(request: HttpRequest, application: Application, step: Step) -> HttpResponse:
    """Look for the organization in the catalogue, and say which it is, or none."""
    text = request.GET.get("q", "")
    named = bool(application.name or application.name_fr)
    error = ""
    if request.method == "POST":
        chosen = request.POST.get("claim", "")
        organization = None
        if chosen:
            organization = get_object_or_404(matching.shown_to_all(), pk=identifier(chosen))
        try:
            application = applying.claim(application, organization)
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
        else:
            if named and organization is None:
                return to_step(application, first_to_do(application))
            return to_step(application, "organization")
    found = matching.search(text) if text else doubles(application) if named else []
    return page(
        request,
        application,
        step,
        "coalition/join/find.html",
        found=matching.with_towns(found),
        query=text,
        named=named,
        error=error,
        status=422 if error else 200,
    )


def identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def principles(request: HttpRequest, application: Application, step: Step) -> HttpResponse:
    current = applying.current_principles()
    posted = request.POST if request.method == "POST" else None
    form = PrinciplesForm(posted, principles=current)
    if request.method == "POST" and form.is_valid():
        application = applying.agree(application, current)
        return after(application, step, request)
    return page(
        request,
        application,
        step,
        "coalition/join/principles.html",
        form=form,
        principles=current,
        agreed=application.principles_id == current.pk and not form.is_bound,
        status=409 if is_stale(form) else 422 if form.errors else 200,
    )


def is_stale(form: PrinciplesForm) -> bool:
    return form.is_bound and form.has_error(NON_FIELD_ERRORS, code="stale")


def review(request: HttpRequest, application: Application, step: Step) -> HttpResponse:
    to_do = [STEPS[code] for code in missing(application)]
    error = ""
    if request.method == "POST":
        if to_do:
            error = _("Some steps are not done yet.")
        elif not ratelimit.consume(request, action="send_in", key=str(application.pk)):
            error = str(TOO_MANY)
        else:
            return send_in(request, application)
    return page(
        request,
        application,
        step,
        "coalition/join/review.html",
        to_do=to_do,
        error=error,
        status=422 if error else 200,
    )


def send_in(request: HttpRequest, application: Application) -> HttpResponse:
    try:
        applying.submit_application(application, by=own(request, application.email))
    except NotWaiting:
        application.refresh_from_db()
        return not_open(request, application)
    except ValidationError:
        return to_step(application, first_to_do(application))
    return to_status(application)
