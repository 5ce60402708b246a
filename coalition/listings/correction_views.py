"""Residents say what is wrong with a listing: no account, no cookie, nothing kept of who it was."""

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coalition.accounts.visitors import nobody
from directory.models import Service
from directory.public import anonymous

from . import addresses, corrections
from .correction_forms import CorrectionForm, is_robot
from .enums import Wrong
from .models import Correction

AN_HOUR = 5  # of one visitor
HOUR, DAY = 3600, 24 * 3600


@csrf_exempt  # no visitor has a cookie; the stamp and the browser's own word stand in for it
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, slug: str) -> HttpResponse:
    """What is wrong with this listing, in words or in one tap."""
    service = Service.objects.published().filter(slug=slug).select_related("organization").first()
    if service is None:
        moved = get_object_or_404(Service.objects.published(), former_slugs__slug=slug)
        return redirect("coalition:correct", slug=moved.slug, permanent=True)
    places = addresses.shown_places(service)
    if request.method != "POST":
        return page(request, service, CorrectionForm(places=places))
    if not anonymous.from_this_site(request):
        raise PermissionDenied
    form = CorrectionForm(request.POST, places=places)
    if is_robot(request.POST):
        return redirect("coalition:correct_thanks")  # it need not know that nobody reads it
    stamp = request.POST.get("stamp", "")
    try:
        anonymous.check(stamp, str(service.pk))
    except anonymous.TooOld:
        form.add_error(None, _("The page was open for too long. Nothing is lost: send it again."))
    except anonymous.TooQuick:
        form.add_error(None, _("That was very quick. Nothing is lost: send it again."))
    if not form.is_valid():
        return page(request, service, form, status=422)
    try:
        receive(request, service, form, stamp)
    except corrections.TooMany:
        form.add_error(
            None, _("Too many reports came in at once. Nothing is lost: send it again in an hour.")
        )
        return page(request, service, form, status=429)
    return redirect("coalition:correct_thanks")


@transaction.atomic
def receive(
    request: HttpRequest, service: Service, form: CorrectionForm, stamp: str
) -> Correction | None:
    """Take it, once for each page that was sent. Raises corrections.TooMany."""
    visitor = nobody(request)
    if not cache.add(f"correction:{visitor}:{stamp}:{form.cleaned_data['wrong']}", 1, DAY):
        return None
    if not any(cache.add(f"corrections:{visitor}:{slot}", 1, HOUR) for slot in range(AN_HOUR)):
        raise corrections.TooMany
    return corrections.report(
        service,
        wrong=form.cleaned_data["wrong"],
        text=form.cleaned_data["text"].strip(),
        contact=form.cleaned_data["contact"].strip(),
        language=get_language() or "en",
        places=form.places,
    )


def page(
    request: HttpRequest, service: Service, form: CorrectionForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "service": service,
        "form": form,
        "stamp": anonymous.stamp(str(service.pk)),
        "closed": Wrong.CLOSED.value,
    }
    return render(request, "coalition/correct/correct.html", context, status=status)


@require_safe
def correct_thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "coalition/correct/thanks.html")
