"""The pages of what is shared: for everyone, as far as each thing is for them."""

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from coalition.files.answers import answer
from coalition.files.models import StoredFile
from coalition.listings.models import Draft
from coalition.listings.workspace import organizations_of
from coalition.members.permissions import can_edit, can_review
from directory.public import anonymous

from . import actions
from .documents import read_resources
from .enums import SeenBy
from .finding import search
from .list_page import list_page
from .models import Resource, ResourceVersion
from .page import page

DAY = 24 * 3600


@require_safe
def resource_list(request: HttpRequest) -> HttpResponse:
    """What is shared. A parameter that makes no sense is said so, with status 400."""
    results = search(request.GET, request.user)
    context = list_page(results, request.GET, request.user)
    status = 400 if context["errors"] or results.page_error else 200
    return render(request, "coalition/resources/list.html", context, status=status)


def found_or_moved(request: HttpRequest, slug: str) -> Resource:
    """What this person may see under this address; Moved where it has another one by now."""
    seen = Resource.objects.visible_to(request.user).defer("words").select_related("organization")
    resource = seen.filter(slug=slug).first()
    if resource is None:
        raise Moved(get_object_or_404(seen, former_slugs__slug=slug).slug)
    return resource


class Moved(Exception):
    """It has another address by now."""

    def __init__(self, slug: str):
        self.slug = slug
        super().__init__(slug)


@require_safe
def resource_detail(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        resource = found_or_moved(request, slug)
    except Moved as moved:
        return redirect("coalition:resource_detail", slug=moved.slug, permanent=True)
    document = next(read_resources([resource.pk]), None)
    if document is None:
        raise Http404

    def file_url(version: dict) -> str:
        return reverse("coalition:resource_file", args=[resource.slug, version["id"]])

    context = page(
        document, organization=resource.organization, file_url=file_url, now=timezone.now()
    )
    context |= {
        "resource": resource,
        "stamp": anonymous.stamp(str(resource.pk)),
        "thanked": "thanks" in request.GET,
        "own": can_edit(request.user, resource.organization),
        "reviews": can_review(request.user),
    }
    return render(request, "coalition/resources/detail.html", context)


@require_safe
def resource_file(request: HttpRequest, slug: str, pk) -> HttpResponseBase:
    """A version's file: the newest or an earlier one, for those who may see what it belongs to."""
    try:
        resource = found_or_moved(request, slug)
    except Moved as moved:
        return redirect("coalition:resource_file", slug=moved.slug, pk=pk, permanent=True)
    versions = ResourceVersion.objects.select_related("file__reduced")
    version = get_object_or_404(versions, resource=resource, pk=pk)
    return given(request, version.file, public=resource.seen_by == SeenBy.EVERYONE)


def given(request: HttpRequest, file: StoredFile, *, public: bool) -> HttpResponseBase:
    """To keep; or with `show`, to look at on a page, where it is a picture."""
    if "show" in request.GET:
        return answer(request, file.small, inline=True, public=public)
    return answer(request, file, public=public)


@login_required
@require_safe
def own_file(request: HttpRequest, pk) -> HttpResponseBase:
    """A file for those who write or decide about what names it, before others may have it."""
    files = StoredFile.objects.whole().with_small()
    if not can_review(request.user):
        files = files.filter(organization__in=organizations_of(request.user))
    return given(request, get_object_or_404(files, pk=pk), public=False)


@csrf_exempt  # no visitor has a cookie; the stamp and the browser's own word stand in for it
@require_POST
def resource_thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """One more thanks, once for each page that was opened."""
    try:
        resource = found_or_moved(request, slug)
    except Moved as moved:
        return redirect("coalition:resource_detail", slug=moved.slug)
    if not anonymous.from_this_site(request):
        raise PermissionDenied
    stamp = request.POST.get("stamp", "")
    try:
        anonymous.check(stamp, str(resource.pk))
        counts = not request.POST.get(anonymous.TRAP)
    except (anonymous.TooOld, anonymous.TooQuick):
        counts = False
    if counts and cache.add(f"resource-thanks:{stamp}", 1, DAY):
        actions.thank(resource)
    address = reverse("coalition:resource_detail", args=[resource.slug])
    return redirect(f"{address}?thanks=1#thanks")


# What an editor and the desk show


def preview(request: HttpRequest, draft: Draft) -> HttpResponse:
    """A draft's page, as those will see it for whom it is."""
    context = page(
        draft.document | {"id": str(draft.record_id)},
        organization=draft.organization,
        file_url=own_file_url,
        now=timezone.now(),
        written=False,
    )
    context |= {"preview": True, "from": reverse("coalition:draft", args=[draft.pk])}
    return render(request, "coalition/resources/preview.html", context)


def page_of(request: HttpRequest, pk) -> HttpResponse:
    """The page of one, whether it is out or not."""
    resource = Resource.objects.select_related("organization").get(pk=pk)
    document = next(read_resources([pk]))
    context = page(
        document, organization=resource.organization, file_url=own_file_url, now=timezone.now()
    )
    return render(request, "coalition/resources/preview.html", context | {"preview": True})


def own_file_url(version: dict) -> str:
    return reverse("coalition:own_file", args=[version["file"]["id"]])
