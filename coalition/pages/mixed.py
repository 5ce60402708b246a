"""Pages of the catalogue with what the coalition's people add to them: events, resources."""

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from coalition.events import lists
from coalition.events.models.events import Event
from coalition.resources import shown
from coalition.resources.models import Resource
from directory.models import Organization, Service
from directory.public import views


@require_safe
def service_page(request: HttpRequest, slug: str) -> HttpResponse:
    def more(service: Service) -> dict:
        return {
            "events": lists.of_service(service),
            "resources": shown.related_to(service, request.user),
        }

    return views.service_page(request, slug, template="coalition/service.html", more=more)


@require_safe
def organization_page(request: HttpRequest, slug: str) -> HttpResponse:
    def more(organization: Organization) -> dict:
        return {
            "events": lists.of_organization(organization),
            "resources": shown.of_organization(organization, request.user),
        }

    hosted = Q(host_answers__organization=OuterRef("pk"), host_answers__accepted=True)
    events = Event.objects.published().filter(Q(organization=OuterRef("pk")) | hosted)
    resources = Resource.objects.visible_to(request.user).filter(organization=OuterRef("pk"))
    return views.organization_page(
        request,
        slug,
        template="coalition/organization.html",
        more=more,
        others=Q(Exists(events)) | Q(Exists(resources)),
    )
