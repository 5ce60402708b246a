"""A partner's workspace: what needs them, their listings, their organization."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coalition.members.links import invitation_token
from coalition.members.models import Member
from directory.interchange import proposals
from directory.interchange.write import InvalidListing
from directory.models import Origin, Service, Subject
from directory.models.enums import ServiceStatus

from . import actions, advice, workspace
from .editor import CODES, paths_of, section_holding
from .editor_pages import (
    add_row,
    annotate,
    back_to,
    in_words,
    posted_of,
    preview_page,
    told,
)
from .forms.closing import ClosingForm
from .forms.organization import OrganizationEditor
from .reach import organization_or_404, service_or_404


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    memberships = workspace.memberships(request.user)
    active = [one.organization for one in memberships if workspace.is_active(one)]
    chosen = next((o for o in active if o.slug == request.GET.get("of")), next(iter(active), None))
    page = workspace.listings(chosen, request.GET.get("page", "")) if chosen else None
    todo = workspace.to_do(request.user, active)
    for invitation in todo["invitations"].rows:
        invitation.token = invitation_token(invitation)
    context = {
        "section": "partner",
        "memberships": memberships,
        "active": active,
        "resting": [one.organization for one in memberships if not workspace.is_active(one)],
        "chosen": chosen,
        "todo": todo,
        "page": page,
        "rows": [(one, workspace.state_of(one)) for one in page] if page else [],
        "waiting_ids": workspace.with_waiting_changes(page) if page else set(),
        "today": timezone.localdate(),
    }
    return render(request, "coalition/partner/workspace.html", context)


@login_required
@require_POST
def new_listing(request: HttpRequest, slug: str) -> HttpResponse:
    draft = actions.start_draft(organization_or_404(request, slug), by=request.user)
    return redirect("coalition:draft_section", pk=draft.pk, code=CODES[0])


@login_required
@require_POST
def edit(request: HttpRequest, pk) -> HttpResponse:
    """Write on it. Where `holds` is something it says, this leads to where that is changed."""
    service = service_or_404(request, pk)
    holds = request.POST.get("holds", "")
    if holds and is_of_organization(service, holds):
        return redirect("coalition:organization_edit", slug=service.organization.slug)
    draft = actions.start_draft(service.organization, by=request.user, service=service)
    if holds and (code := section_holding(draft.document, holds)):
        return redirect("coalition:draft_section", pk=draft.pk, code=code)
    return redirect("coalition:draft", pk=draft.pk)


def is_of_organization(service: Service, text: str) -> bool:
    """Whether this is said of the organization, and not of the listing itself."""
    document = proposals.current(service.pk)
    own = section_holding(document, text)
    return not own and any(paths_of(document.get("organization", {}), text))


@login_required
@require_POST
def duplicate(request: HttpRequest, pk) -> HttpResponse:
    draft = actions.duplicate(service_or_404(request, pk), by=request.user)
    messages.success(
        request, _("This is a copy. Give it a name of its own, and change what differs.")
    )
    return redirect("coalition:draft_section", pk=draft.pk, code=CODES[0])


@login_required
@require_POST
def confirm(request: HttpRequest, pk) -> HttpResponse:
    """Yes, all of it is still correct."""
    service = service_or_404(request, pk)
    try:
        actions.confirm(
            service, by=request.user, who=service.organization.filed_name, origin=Origin.PARTNER
        )
    except (InvalidListing, ValidationError) as error:
        messages.warning(request, " ".join(messages_of(error)))
    else:
        messages.success(request, _("Thank you. “%s” is marked as checked today.") % service)
    return redirect("coalition:workspace")


def messages_of(error: InvalidListing | ValidationError) -> list[str]:
    if isinstance(error, InvalidListing):
        return [message for found in error.errors.values() for message in found]
    return error.messages


# Closing, reopening, retiring


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk) -> HttpResponse:
    service = service_or_404(request, pk)
    form = ClosingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {key: value for key, value in form.cleaned_data.items() if value}
        return with_status(request, service, ServiceStatus.TEMPORARILY_CLOSED, "close", said)
    context = {"section": "partner", "service": service, "form": form, "what": "close"}
    status = 422 if request.method == "POST" else 200
    return render(request, "coalition/partner/status.html", context, status=status)


@login_required
@require_POST
def reopen(request: HttpRequest, pk) -> HttpResponse:
    return with_status(request, service_or_404(request, pk), ServiceStatus.ACTIVE, "reopen")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, pk) -> HttpResponse:
    service = service_or_404(request, pk)
    if request.method == "POST":
        return with_status(request, service, ServiceStatus.DEFUNCT, "retire")
    context = {"section": "partner", "service": service, "form": None, "what": "retire"}
    return render(request, "coalition/partner/status.html", context)


def with_status(
    request: HttpRequest, service: Service, status: str, note: str, said: dict | None = None
) -> HttpResponse:
    try:
        proposal = actions.set_status(
            service, status.value, by=request.user, note=note, alerts=said
        )
    except (InvalidListing, ValidationError) as error:
        messages.warning(request, " ".join(messages_of(error)))
    else:
        told(request, proposal)
    return redirect(back_to(service.organization))


# What is free


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def beds(request: HttpRequest, slug: str) -> HttpResponse:
    """How many are free, to say with a thumb: a number and a button for each listing."""
    organization = organization_or_404(request, slug)
    services = list(
        Service.objects.filter(organization=organization, capacities__isnull=False)
        .exclude(status=ServiceStatus.DEFUNCT)
        .distinct()
        .prefetch_related("capacities__unit")
        .order_by("name", "name_fr", "pk")
    )
    error, at_fault, status = "", None, 200
    if request.method == "POST":
        at_fault = next((s for s in services if str(s.pk) == request.POST.get("service")), None)
        if at_fault is None:
            raise Http404
        try:
            actions.count_free(at_fault, counted(request, at_fault), by=request.user)
        except (InvalidListing, ValidationError) as problem:
            error, status = " ".join(messages_of(problem)), 422
        else:
            messages.success(request, _("Saved: “%s”.") % at_fault)
            return redirect("coalition:beds", slug=slug)
    context = {
        "section": "partner",
        "organization": organization,
        "services": [
            (service, capacities(request, service, service == at_fault)) for service in services
        ],
        "error": error,
        "at_fault": at_fault,
    }
    return render(request, "coalition/partner/beds.html", context, status=status)


def capacities(request: HttpRequest, service: Service, typed: bool) -> list[tuple]:
    """Each capacity with the number to show: what was typed, where it came back."""
    return [
        (one, request.POST.get(f"free-{one.pk}", "") if typed else one.available)
        for one in service.capacities.all()
    ]


def counted(request: HttpRequest, service: Service) -> dict[str, int]:
    """The numbers that were sent, one up or down where such a button was pressed."""
    found = {}
    for one in service.capacities.all():
        text = request.POST.get(f"free-{one.pk}", "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            raise ValidationError(_("Write a number, 0 for none."))
        step = {f"less-{one.pk}": -1, f"more-{one.pk}": 1}.get(request.POST.get("step", ""), 0)
        found[str(one.pk)] = max(int(text) + step, 0)
    return found


# The organization itself


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest, slug: str) -> HttpResponse:
    """What the directory says of the organization."""
    organization = organization_or_404(request, slug)
    document = proposals.current(organization.pk, Subject.ORGANIZATION)
    posted = posted_of(request, organization.pk)
    editor = OrganizationEditor(document, posted)
    was = actions.mark_of(document)
    status, changes = 200, []
    if request.method == "POST" and editor.staying:
        add_row(editor.parts, editor.adding)  # nothing is public before it is sent
    elif request.method == "POST":
        status = 422
        if editor.is_valid():
            wanted = editor.written()
            if request.POST.get("was") not in ("", None, was) and wanted != document:
                status = 409
                changes = in_words(document, wanted, Subject.ORGANIZATION)
            else:
                found = save_organization(request, organization, wanted, editor)
                if found is not None:
                    return found
    annotate(editor.forms(), advice.names_of(document))
    context = {
        "section": "partner",
        "organization": organization,
        "editor": editor,
        "was": was,
        "changes": changes,
        "status": status,
        "trusted": Member.objects.filter(organization=organization, trusted=True).exists(),
    }
    return render(request, "coalition/partner/organization.html", context, status=status)


def save_organization(request, organization, wanted: dict, editor) -> HttpResponse | None:
    """Where to go on, or None with the problems said beside the fields."""
    try:
        proposal = actions.change_own(
            wanted,
            by=request.user,
            organization=organization,
            note="organization",
            subject=Subject.ORGANIZATION,
        )
    except InvalidListing as error:
        editor.say(error)
        return None
    told(request, proposal)
    return redirect(back_to(organization))


@login_required
@require_safe
def service_preview(request: HttpRequest, pk) -> HttpResponse:
    service = service_or_404(request, pk)
    document = proposals.current(service.pk)
    return preview_page(request, document, service.organization, back_to(service.organization))
