"""Pages on which somebody says that a listing is still true."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coalition.review.views import coordinators_only
from directory.interchange.publication import redacted
from directory.interchange.read import read_listing
from directory.interchange.write import InvalidListing
from directory.models import Service
from directory.public import listing

from . import checks
from .models import CheckRequest


@never_cache
@csrf_exempt  # the link is the permission: there is no session to protect, and no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, token: str) -> HttpResponse:
    """What we have of a listing, and one button for "yes". Opening it changes nothing."""
    try:
        asked = checks.read(token)
    except (signing.BadSignature, CheckRequest.DoesNotExist):
        return gone(request, None, status=404)
    problems: list[str] = []
    if request.method == "POST":
        try:
            checks.answer(asked)
        except checks.NotOpen:
            return gone(request, asked, status=410)
        except (InvalidListing, ValidationError) as error:
            problems = reasons(error)
        else:
            return redirect("coalition:check_thanks")
    elif not checks.is_open(asked):
        return gone(request, asked, status=410)
    context = {
        "section": "",
        "asked": asked,
        "problems": problems,
        "listing": as_shown(asked.service),
        "edit_url": reverse("coalition:workspace"),
    }
    return render(request, "coalition/check/check.html", context, status=422 if problems else 200)


def gone(request: HttpRequest, asked: CheckRequest | None, *, status: int) -> HttpResponse:
    context = {"section": "", "asked": asked, "used": asked is not None and asked.used_at}
    return render(request, "coalition/check/gone.html", context, status=status)


@never_cache
@require_safe
def check_thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "coalition/check/thanks.html", {"section": ""})


class ByPhone(forms.Form):
    """Who there confirmed it, for the record."""

    who = forms.CharField(
        label=gettext_lazy("Who confirmed it, and how"),
        help_text=gettext_lazy("For the record only, for example: Jo at the front desk, by phone."),
        max_length=300,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def check_for_partner(request: HttpRequest, slug: str) -> HttpResponse:
    """A coordinator calls, reads out what we have, and writes down who said that it is true."""
    service = get_object_or_404(Service.objects.select_related("organization"), slug=slug)
    form = ByPhone(request.POST or None, initial={"seen": checks.mark(service)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                checks.check_for_partner(
                    service,
                    by=request.user,
                    who=form.cleaned_data["who"],
                    seen=form.cleaned_data["seen"],
                )
            except checks.ChangedMeanwhile:
                status = 409
                form.add_error(
                    None,
                    _("It was checked or changed after you opened this page. Read it anew."),
                )
                form.data = form.data.copy()
                form.data["seen"] = checks.mark(service)
            except (InvalidListing, ValidationError) as error:
                form.add_error(None, reasons(error))
            else:
                messages.success(request, _("Checked: %s") % service)
                return redirect("coalition:check_for_partner", slug=slug)
    context = {
        "section": "desk",
        "service": service,
        "form": form,
        "listing": as_shown(service),
        "edit_url": reverse("coalition:listing_edit", kwargs={"pk": service.pk}),
    }
    return render(request, "coalition/check/for_partner.html", context, status=status)


def as_shown(service: Service) -> dict:
    """The listing as residents see it, also while it is hidden."""
    document = redacted(read_listing(service.pk))
    return listing.page(document, sensitive=False, now=timezone.now())


def reasons(error: InvalidListing | ValidationError) -> list[str]:
    if isinstance(error, InvalidListing):
        return [message for found in error.errors.values() for message in found]
    return list(error.messages)
