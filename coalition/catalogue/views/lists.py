"""All listings, all events, all resources: whatever their state, found and looked after."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coalition.catalogue import finding
from coalition.catalogue.everything import EVENTS, LISTINGS, RESOURCES, Collection
from coalition.review.views import coordinators_only
from directory.models import Organization

PAGE = 50
FEW = 10


@coordinators_only
@require_safe
def listings(request: HttpRequest) -> HttpResponse:
    """With organizations that a listing can be begun for, where one is looked for."""
    return page_of(request, LISTINGS, organizations=organizations(request))


@coordinators_only
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    return page_of(request, EVENTS)


@coordinators_only
@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    return page_of(request, RESOURCES)


def page_of(request: HttpRequest, collection: Collection, **more) -> HttpResponse:
    now = timezone.now()
    asked = finding.every(collection, request.GET, now)
    page = Paginator(asked.qs, PAGE).get_page(request.GET.get("page"))
    new, more_new = [], False
    if page.number == 1 and not request.GET.get("state"):
        new = list(finding.new_ones(collection, request.GET)[: FEW + 1])
        more_new = len(new) > FEW
    context = {
        "section": "desk",
        "collection": collection,
        "form": asked.form,
        "page": page,
        "counted": collection.counted(page.paginator.count),
        "rows": finding.rows(collection, list(page), now),
        "new": finding.rows(collection, new[:FEW], now),
        "more_new": more_new,
        **more,
    }
    status = 200 if asked.form.is_valid() else 400
    return render(request, "coalition/catalogue/records.html", context, status=status)


def organizations(request: HttpRequest) -> list[Organization]:
    words = request.GET.get("organization", "").replace("\0", "")[:100]
    if not words.strip():
        return []
    named = Organization.objects.filter(finding.called(words, ("name", "name_fr")))
    return list(named.order_by("name", "name_fr", "pk")[:FEW])
