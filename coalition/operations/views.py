"""Whether the site works, for a load balancer or a monitor."""

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateJob


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok" where the database and its job queue answer, 503 where they do not.

    Says nothing of what is wrong, and nothing of the worker: pages work without it, and a
    balancer must not take them away because a mail waits.
    """
    try:
        ProcrastinateJob.objects.exists()
    except (DatabaseError, InterfaceError):
        return HttpResponse("unavailable", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
