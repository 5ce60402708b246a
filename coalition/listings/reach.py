"""What a person may reach of an organization's listings; everything else is not there."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from coalition.members.permissions import can_review
from directory.models import Organization, Service

from . import workspace
from .models import Draft


def organization_or_404(request: HttpRequest, slug: str) -> Organization:
    return get_object_or_404(workspace.organizations_of(request.user), slug=slug)


def service_or_404(request: HttpRequest, pk) -> Service:
    mine = Service.objects.filter(organization__in=workspace.organizations_of(request.user))
    return get_object_or_404(mine.select_related("organization"), pk=pk)


def draft_or_404(request: HttpRequest, pk) -> Draft:
    """A draft of somebody of the person's organizations, to read unless it is their own; for a
    coordinator, what they write themselves."""
    mine = Draft.objects.filter(organization__in=workspace.organizations_of(request.user))
    if can_review(request.user):
        mine |= Draft.objects.filter(author=request.user)
    return get_object_or_404(mine.select_related("organization", "author", "submission"), pk=pk)


def own_draft_or_404(request: HttpRequest, pk) -> Draft:
    draft = draft_or_404(request, pk)
    if draft.author_id != request.user.pk:
        raise Http404
    return draft
