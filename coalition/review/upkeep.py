"""Pages beside the queue: canned reasons, what the desk has set, mail and jobs that are stuck."""

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from procrastinate.contrib.django.models import ProcrastinateJob

from coalition.mail.models import Message

from . import actions
from .forms import DeskForm, ReasonForm
from .kinds import KINDS
from .models import CannedReason, Desk
from .views import coordinators_only

SHOWN = 50


@coordinators_only
@require_safe
def reasons(request: HttpRequest) -> HttpResponse:
    rows = [
        {"reason": reason, "kind": KINDS[reason.kind].label if reason.kind in KINDS else ""}
        for reason in CannedReason.objects.all()
    ]
    context = {"section": "desk", "rows": rows}
    return render(request, "coalition/review/reasons.html", context)


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def reason_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    reason = get_object_or_404(CannedReason, pk=pk) if pk else None
    seen = reason.mark if reason else ""
    form = ReasonForm(request.POST or None, instance=reason)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            opened = request.POST.get("seen", "")
            actions.save_reason(form.save(commit=False), by=request.user, seen=opened)
        except actions.ChangedSince:
            now = get_object_or_404(CannedReason, pk=pk)
            told = _("Somebody changed this since you opened the page. Now it says: %s")
            form.add_error(None, told % " · ".join(filter(None, [now.text, now.text_fr])))
            status = 409
        else:
            messages.success(request, _("Saved."))
            return redirect("coalition:reasons")
    context = {"section": "desk", "form": form, "reason": reason, "seen": seen}
    return render(request, "coalition/review/reason.html", context, status=status)


@coordinators_only
@require_POST
def reason_remove(request: HttpRequest, pk: int) -> HttpResponse:
    reason = CannedReason.objects.filter(pk=pk).first()
    if reason is not None:  # else somebody was faster: it is gone as wished
        actions.remove_reason(reason, by=request.user)
    messages.success(request, _("Removed."))
    return redirect("coalition:reasons")


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def desk_settings(request: HttpRequest) -> HttpResponse:
    form = DeskForm(request.POST or None, instance=Desk.settings())
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            seen = request.POST.get("seen", "")
            actions.change_settings(form.cleaned_data, by=request.user, seen=seen)
        except actions.ChangedSince:
            form.add_error(None, now_set(Desk.settings()))
            status = 409
        else:
            messages.success(request, _("Saved."))
            return redirect("coalition:desk_settings")
    context = {"section": "desk", "form": form, "seen": Desk.settings().mark}
    return render(request, "coalition/review/settings.html", context, status=status)


def now_set(desk: Desk) -> str:
    """What somebody else has set meanwhile."""
    values = [
        f"{desk._meta.get_field(name).verbose_name}: {getattr(desk, name)}"
        for name in DeskForm.Meta.fields
    ]
    told = _("Somebody changed the settings since you opened this page. They are now: %s.")
    return told % "; ".join(values)


@coordinators_only
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """What could not be sent or done yet. What a message says is not shown."""
    unsent = Message.objects.unsent()
    context = {
        "section": "desk",
        "waiting": unsent.count(),
        "stuck": Message.objects.stuck().count(),
        "oldest": unsent.order_by("created_at").first(),
        "rows": Message.objects.stuck().order_by("created_at").defer("text", "html")[:SHOWN],
        "jobs": failed_jobs(),
    }
    return render(request, "coalition/review/mail.html", context)


def failed_jobs() -> list[dict]:
    """Work that was given up, by what it was."""
    failed = ProcrastinateJob.objects.filter(status="failed").order_by()
    counted = failed.values("task_name").annotate(
        count=Count("pk", distinct=True), last=Max("procrastinateevent__at")
    )
    return list(counted.order_by("task_name"))


@coordinators_only
@require_POST
def mail_try(request: HttpRequest) -> HttpResponse:
    count = actions.try_mail(by=request.user)
    words = ngettext("Trying %(count)s message now.", "Trying %(count)s messages now.", count)
    messages.success(request, words % {"count": count})
    return redirect("coalition:mail")
