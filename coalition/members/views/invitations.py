"""Somebody comes in by the link of an invitation."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coalition.members import actions, links
from coalition.members.models import Invitation


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept it as the person it was sent to; others are told how to sign in as that person."""
    try:
        found = links.read_invitation(token)
    except (signing.BadSignature, Invitation.DoesNotExist):
        why = _("This link is not whole. Copy all of it from the message.")
        return closed(request, why, status=404)
    try:
        actions.require_open(found)
    except ValidationError as error:
        if error.code == "used" and is_in(request, found):
            return redirect("coalition:people", slug=found.organization.slug)
        return closed(request, " ".join(error.messages), status=410)
    if request.method == "POST":
        if request.user.is_authenticated:
            return accept(request, found)
        return to_signup(request, found)
    return page(request, found)


def is_in(request: HttpRequest, found: Invitation) -> bool:
    user = request.user
    return (
        user.is_authenticated and user.memberships.filter(organization=found.organization).exists()
    )


def closed(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    context = {"why": why, "section": "partner"}
    return render(request, "coalition/partner/invitation_closed.html", context, status=status)


def page(
    request: HttpRequest, found: Invitation, *, error: str = "", status: int = 200
) -> HttpResponse:
    user = request.user
    context = {
        "invitation": found,
        "organization": found.organization,
        "mine": user.is_authenticated and user.email.lower() == found.email.lower(),
        "login_url": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
        "here": request.path,
        "error": error,
        "section": "partner",
    }
    return render(request, "coalition/partner/invitation.html", context, status=status)


def accept(request: HttpRequest, found: Invitation) -> HttpResponse:
    try:
        actions.accept_invitation(found, by=request.user)
    except ValidationError as error:
        return page(request, found, error=" ".join(error.messages), status=422)
    messages.success(
        request,
        _("You look after %(organization)s now.") % {"organization": found.organization},
    )
    return redirect("coalition:people", slug=found.organization.slug)


def to_signup(request: HttpRequest, found: Invitation) -> HttpResponse:
    """An account made from here needs no further proof: the link came by mail to this address."""
    get_adapter(request).stash_verified_email(request, found.email)
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
