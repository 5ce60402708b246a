"""The coordinators' desk: the queue, a decision, many at once."""

from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import actions
from .enums import Outcome, State
from .kinds import KINDS, Kind
from .models import CannedReason, Submission
from .queue import Queue

TOGETHER = 50
REASON = CharField(max_length=5000, required=False)


def coordinators_only(view):
    """For signed-in coordinators; for everyone else who is signed in the page is not there."""

    @wraps(view)
    @login_required
    def wrapped(request: HttpRequest, *args, **kwargs):
        if not (request.user.is_coordinator or request.user.is_superuser):
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def back_at_desk(request: HttpRequest) -> HttpResponse | None:
    """To the page of the desk on which something was chosen that is done elsewhere too; None where
    it was chosen elsewhere."""
    page = request.POST.get("back", "")
    return redirect(page) if page.startswith(reverse("coalition:desk")) else None


@coordinators_only
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    queue = Queue(request.GET)
    page = queue.page(request.GET.get("page"))
    rows = list(page.object_list)
    safe = safe_among(rows)
    # Names of kinds and areas in the reader's language: looked up once, not on every line.
    names = {choice.value: choice.label for choice in [*queue.kinds(), *queue.areas()]}
    context = {
        "section": "desk",
        "queue": queue,
        "page": page,
        "items": [item(row, queue, names, safe=row.pk in safe) for row in rows],
        "any_safe": bool(safe),
        "oldest": age(queue.oldest) if queue.oldest else "",
    }
    return render(request, "coalition/review/desk.html", context)


def item(row: Submission, queue: Queue, names: dict[str, str], *, safe: bool) -> dict:
    return {
        "submission": row,
        "kind": names[row.kind],
        "area": names.get(row.area, "") if row.area else "",
        "age": age(row.submitted_at),
        "url": reverse("coalition:submission", kwargs={"pk": row.pk}) + queue.query(),
        "safe": safe,
    }


def age(since) -> str:
    """How long ago, in one word and a number: 3 days."""
    return timesince(since, depth=1)


def safe_among(rows: list[Submission]) -> set:
    """Those that may be approved without being opened one by one."""
    found = set()
    for code in {row.kind for row in rows}:
        if KINDS[code].bulk:
            found |= KINDS[code].safe([row for row in rows if row.kind == code])
    return found


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def submission(request: HttpRequest, pk) -> HttpResponse:
    found = get_object_or_404(Submission, pk=pk, kind__in=KINDS)
    if request.method == "POST":
        return decide(request, found)
    return decision_page(request, found)


def decide(request: HttpRequest, found: Submission) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    try:
        actions.decide(
            found.pk,
            outcome,
            by=request.user,
            round=whole_number(request.POST.get("round", "")),
            reason=given_reason(request, found, outcome),
        )
    except actions.NotWaiting as refusal:
        errors = {"all": [no_longer_waits(refusal.submission)]}
        return decision_page(request, refusal.submission, errors=errors, status=409)
    except actions.SentInAgain:
        found.refresh_from_db()
        errors = {
            "all": [
                _("It was sent in again since you opened it. Read it as it is now, then decide.")
            ]
        }
        return decision_page(request, found, errors=errors, status=409)
    except ValidationError as error:
        return decision_page(request, found, errors=by_field(error), status=422)
    messages.success(request, decided_text(outcome) % {"title": found.title})
    following = Queue(request.GET).after(found)
    if following is None:
        return redirect("coalition:desk")
    address = reverse("coalition:submission", kwargs={"pk": following.pk})
    return redirect(address + Queue(request.GET).query())


def decision_page(
    request: HttpRequest, found: Submission, *, errors: dict | None = None, status: int = 200
) -> HttpResponse:
    """What is to be decided, with the form, what was typed into it, and what happened before."""
    kind = KINDS[found.kind]
    queue = Queue(request.GET)
    following = queue.after(found)
    context = {
        "section": "desk",
        "submission": found,
        "kind": kind,
        "errors": errors or {},
        "reasons": reasons(found, kind),
        "typed_reason": request.POST.get("reason", ""),
        "decisions": found.decisions.select_related("by"),
        "queue_query": queue.query(),
        "following": following,
        "age": age(found.submitted_at),
        **kind.detail(found),
    }
    return render(request, kind.template, context, status=status)


def reasons(found: Submission, kind: Kind) -> list[dict]:
    """Reasons to start from, in the language of those who will read them."""
    language = kind.language(found) or get_language()
    return [
        {"pk": reason.pk, "text": reason.said(language), "outcome": reason.get_outcome_display()}
        for reason in CannedReason.objects.fitting(found.kind)
        if reason.outcome != Outcome.RETURNED or kind.can_return
    ]


def given_reason(request: HttpRequest, found: Submission, outcome: str) -> str:
    """What was typed; where nothing was, the reason chosen from the list (a page without scripts
    cannot put it into the field). Raises ValidationError."""
    try:
        typed = REASON.clean(request.POST.get("reason", ""))
    except ValidationError as error:
        raise ValidationError({"reason": error.messages}) from None
    chosen = whole_number(request.POST.get("canned", ""))
    if typed.strip() or not chosen:
        return typed
    reason = CannedReason.objects.fitting(found.kind).filter(pk=chosen).first()
    if reason is None or (outcome == Outcome.APPROVED and reason.outcome != outcome):
        return typed
    return reason.said(KINDS[found.kind].language(found) or get_language())


def whole_number(text: str) -> int:
    """A number from a form; 0, which is nobody's, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """The messages of a refusal: under `reason`, or for the whole under `all`."""
    if not hasattr(error, "error_dict"):
        return {"all": error.messages}
    found: dict[str, list[str]] = {}
    for field, texts in error.message_dict.items():
        found.setdefault(field if field == "reason" else "all", []).extend(texts)
    return found


def no_longer_waits(found: Submission) -> str:
    """Who was faster, and when."""
    if found.state == State.WITHDRAWN:
        return _("Those who sent this in have taken it back. Your decision was not counted.")
    words = {
        State.APPROVED: _("%(who)s approved this on %(when)s. Your decision was not counted."),
        State.DECLINED: _("%(who)s declined this on %(when)s. Your decision was not counted."),
        State.RETURNED: _("%(who)s sent this back on %(when)s. Your decision was not counted."),
    }[State(found.state)]
    when = date_format(localtime(found.decided_at), "DATETIME_FORMAT")
    return words % {"who": found.decided_by or _("Somebody"), "when": when}


def decided_text(outcome: str) -> str:
    return {
        Outcome.APPROVED: _("Approved: %(title)s"),
        Outcome.DECLINED: _("Declined: %(title)s"),
        Outcome.RETURNED: _("Sent back: %(title)s"),
    }[Outcome(outcome)]


@coordinators_only
@require_POST
def together(request: HttpRequest) -> HttpResponse:
    """Approve what was ticked: first everything is shown once more, then each is decided alone."""
    rounds = ticked(request)
    rows = list(
        Submission.objects.waiting()
        .filter(pk__in=rounds, kind__in=KINDS)
        .select_related("organization", "submitted_by")
    )
    safe = safe_among(rows)
    queue = Queue(request.GET)
    if "confirmed" not in request.POST:
        chosen = [
            {"submission": row, "kind": KINDS[row.kind], "sections": KINDS[row.kind].summary(row)}
            for row in rows
            if row.pk in safe
        ]
        if not chosen:
            messages.warning(request, _("Tick what you want to approve first."))
            return redirect(reverse("coalition:desk") + queue.query())
        context = {"section": "desk", "chosen": chosen, "queue": queue}
        return render(request, "coalition/review/together.html", context)
    done, left = 0, []
    for row in Submission.objects.filter(pk__in=rounds, kind__in=KINDS):
        why = approve_one(row, request.user, rounds[str(row.pk)], safe)
        if why:
            left.append(f"{row.title}: {why}")
        else:
            done += 1
    if done:
        words = ngettext("%(count)s was approved.", "%(count)s were approved.", done)
        messages.success(request, words % {"count": done})
    for line in left:
        messages.warning(request, _("Not decided: %s") % line)
    return redirect(reverse("coalition:desk") + queue.query())


def ticked(request: HttpRequest) -> dict[str, int]:
    """What was ticked, by identifier, with the round that was seen."""
    found = {}
    for text in request.POST.getlist("item")[:TOGETHER]:
        pk, _colon, number = text.partition(":")
        try:
            found[str(UUID(pk))] = whole_number(number)
        except ValueError:
            continue
    return found


def approve_one(row: Submission, by, number: int, safe: set) -> str:
    """Decide one, in a transaction of its own; why not, where it cannot be."""
    if row.state == State.WAITING and row.pk not in safe:
        return _("This one has to be opened and read.")
    try:
        actions.decide(row.pk, Outcome.APPROVED, by=by, round=number)
    except actions.NotWaiting as refusal:
        return no_longer_waits(refusal.submission)
    except actions.SentInAgain:
        return _("It was sent in again meanwhile.")
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
