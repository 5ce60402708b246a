"""The pages residents see: search, a service, an organization."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from directory.interchange.publication import public_listings
from directory.interchange.read import load
from directory.interchange.schema import ORGANIZATION
from directory.models import Organization, Service, TaxonomyTerm
from directory.search import results as search_results

from . import anonymous, listing
from .cards import cards
from .results_map import results_map
from .results_page import results_page
from .spreadsheet import spreadsheet


def nothing_more(record) -> dict:
    return {}


@require_safe
def service_list(request: HttpRequest) -> HttpResponse:
    """Search, as a page or a file.

    A parameter that makes no sense is said so beside its field, with status 400.
    """
    if request.GET.get("format") == "csv":
        results, batches = search_results.everything(request.GET)
        if not results.filter.form.errors:
            return spreadsheet(request, batches, results.place, results.now)
    results = search_results.search(request.GET)
    context = results_page(results, request.GET)
    if text := request.GET.get("map"):
        context["map"] = map_ = results_map(
            results.rows,
            place=results.place,
            within=results.within,
            asked=request.GET,
            text=text,
            first=results.first,
        )
        for card in context["cards"]:
            card["number"] = map_["numbers"].get(card["uuid"])
    status = 400 if context["form"].errors or results.page_error else 200
    return render(request, "directory/service_list.html", context, status=status)


@require_safe
def service_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return service_page(request, slug)


def service_page(
    request: HttpRequest,
    slug: str,
    *,
    template: str = "directory/service_detail.html",
    more: Callable[[Service], dict] = nothing_more,
) -> HttpResponse:
    """A service; `more` is what a template that extends ours shows beside it."""
    service = Service.objects.published().filter(slug=slug).first()
    if service is None:
        moved = get_object_or_404(Service.objects.published(), former_slugs__slug=slug)
        return redirect("directory:service_detail", slug=moved.slug, permanent=True)
    document = next(public_listings([service.pk]), None)
    if document is None:  # withdrawn this moment
        raise Http404
    sensitive = TaxonomyTerm.objects.filter(attributes__service=service.pk, sensitive=True).exists()
    context = listing.page(document, sensitive=sensitive, now=timezone.now())
    return render(
        request,
        template,
        {
            **context,
            **more(service),
            "back": back_to_results(request),
            "stamp": anonymous.stamp(str(service.pk)),
        },
    )


@require_safe
def organization_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return organization_page(request, slug)


def organization_page(
    request: HttpRequest,
    slug: str,
    *,
    template: str = "directory/organization_detail.html",
    more: Callable[[Organization], dict] = nothing_more,
    others: Q | None = None,
) -> HttpResponse:
    """An organization with its services; `more` as above, `others` says who has a page without
    any service, because of what `more` shows."""
    has_page = Q(services__published_at__isnull=False)
    found = Organization.objects.filter(has_page if others is None else has_page | others)
    found = found.distinct()
    organization = found.filter(slug=slug).first()
    if organization is None:
        moved = get_object_or_404(found, former_slugs__slug=slug)
        return redirect("directory:organization_detail", slug=moved.slug, permanent=True)
    now = timezone.now()
    rows = search_results.of_organization(organization.pk, now=now)
    beside = more(organization)
    if not rows and not any(beside.values()):
        raise Http404
    documents = load(ORGANIZATION, Organization.objects.filter(pk=organization.pk))
    document = documents[str(organization.pk)]
    return render(
        request,
        template,
        {
            **beside,
            "organization": document,
            "phones": listing.phones_of(document),
            # Whose services these are, the page says once.
            "cards": [c | {"organization_name": ""} for c in cards(rows, place=None, now=now)],
            "back": back_to_results(request),
        },
    )


def back_to_results(request: HttpRequest) -> str:
    """The search this page was reached from, as the browser tells it to us alone."""
    try:
        referrer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    path = referrer.path.removeprefix("/fr")
    if referrer.netloc != request.get_host() or path != "/services/" or not referrer.query:
        return ""
    return f"{referrer.path}?{referrer.query}"
