"""An organization's resources in its workspace."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coalition.listings import actions as listings
from coalition.listings.editor import section_holding
from coalition.listings.models import Draft
from coalition.listings.workspace import PAGE, organizations_of, with_waiting_changes
from coalition.members.permissions import can_edit, can_review
from coalition.review.views import back_at_desk
from directory.models import Organization

from . import actions
from .editor import SECTIONS
from .models import Resource, ResourceVersion
from .schema import SUBJECT


def organization_or_404(request: HttpRequest, slug: str) -> Organization:
    """One that the person acts for; for a coordinator, any."""
    theirs = Organization.objects.all()
    if not can_review(request.user):
        theirs = organizations_of(request.user)
    return get_object_or_404(theirs, slug=slug)


@login_required
@require_safe
def own_resources(request: HttpRequest, slug: str) -> HttpResponse:
    """What the organization shares, what of it is hidden or waits, what is being written."""
    organization = organization_or_404(request, slug)
    rows = Resource.objects.of(organization).defer("words").order_by("-last_modified", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    drafts = Draft.objects.filter(organization=organization, subject=SUBJECT)
    if not can_edit(request.user, organization):
        drafts = drafts.filter(author=request.user)
    context = {
        "section": "partner",
        "organization": organization,
        "reviews": can_review(request.user),
        "page": page,
        "rows": [(one, state_of(one, now)) for one in page],
        "waiting_ids": with_waiting_changes(page),
        "drafts": drafts.select_related("author", "submission"),
    }
    return render(request, "coalition/resources/own.html", context)


def state_of(resource: Resource, now) -> str:
    """public, later, hidden; held where a coordinator has hidden it; closed past its deadline."""
    if resource.published_at is None:
        return "held" if resource.held_back else "hidden"
    if resource.publish_from and resource.publish_from > now:
        return "later"
    return "closed" if resource.deadline and resource.deadline <= now else "public"


@login_required
@require_POST
def resource_begin(request: HttpRequest, slug: str) -> HttpResponse:
    organization = organization_or_404(request, slug)
    draft = listings.start_draft(organization, by=request.user, subject=SUBJECT)
    return redirect("coalition:draft_section", pk=draft.pk, code=next(iter(SECTIONS)))


def resource_or_404(request: HttpRequest, pk) -> Resource:
    """One of the person's organizations'; for a coordinator, any."""
    rows = Resource.objects.defer("words").select_related("organization")
    if not can_review(request.user):
        rows = rows.filter(organization__in=organizations_of(request.user))
    return get_object_or_404(rows, pk=pk)


@login_required
@require_POST
def resource_edit(request: HttpRequest, pk) -> HttpResponse:
    """Write on it. Where `holds` is something it says, this leads to where that is changed."""
    resource = resource_or_404(request, pk)
    draft = listings.open_draft(
        resource.organization, resource.pk, by=request.user, subject=SUBJECT
    )
    holds = request.POST.get("holds", "")
    if holds and (code := section_holding(draft.document, holds, SECTIONS)):
        return redirect("coalition:draft_section", pk=draft.pk, code=code)
    return redirect("coalition:draft", pk=draft.pk)


@login_required
@require_POST
def resource_hide(request: HttpRequest, pk) -> HttpResponse:
    """Out of sight, until it is shown again."""
    resource = resource_or_404(request, pk)
    if actions.withdraw(resource, by=request.user):
        messages.success(request, _("“%s” is out of sight. Nothing is deleted.") % resource)
    return back(request, resource)


@login_required
@require_POST
def resource_show(request: HttpRequest, pk) -> HttpResponse:
    """Back in sight."""
    resource = resource_or_404(request, pk)
    try:
        if actions.show_again(resource, by=request.user):
            messages.success(request, _("“%s” can be found again.") % resource)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    return back(request, resource)


def back(request: HttpRequest, resource: Resource) -> HttpResponse:
    """To all that its organization shares; to the page of the desk one came from."""
    own = redirect("coalition:own_resources", slug=resource.organization.slug)
    return back_at_desk(request) or own


class RemoveForm(forms.Form):
    """Which file goes for good, and why."""

    version = forms.ModelChoiceField(
        label=gettext_lazy("Which file"), queryset=None, widget=forms.RadioSelect, empty_label=None
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is kept in the record, with the name of the file."),
    )

    def __init__(self, data, *, resource: Resource):
        super().__init__(data)
        versions = resource.versions.select_related("file")
        self.fields["version"].queryset = versions
        self.fields["version"].label_from_instance = called


def called(version: ResourceVersion) -> str:
    return " · ".join(filter(None, [version.file.name, version.label]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resource_files(request: HttpRequest, pk) -> HttpResponse:
    """Take a file away for good, which nobody should have seen."""
    resource = resource_or_404(request, pk)
    form = RemoveForm(request.POST or None, resource=resource)
    if request.method == "POST" and form.is_valid():
        actions.remove_file(
            form.cleaned_data["version"], by=request.user, note=form.cleaned_data["note"]
        )
        messages.success(request, _("The file is gone for good."))
        return redirect("coalition:own_resources", slug=resource.organization.slug)
    context = {
        "section": "partner",
        "resource": resource,
        "form": form,
        "any": resource.versions.exists(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "coalition/resources/files.html", context, status=status)
