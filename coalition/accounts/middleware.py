"""What holds for every page of an account."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def second_factor(get_response):
    """Leads a coordinator without a second factor to setting one up, from everywhere but there."""

    def middleware(request: HttpRequest):
        if needs_second_factor(request):
            messages.warning(request, _("Coordinators need a second way to prove who they are."))
            return redirect("mfa_index")
        return get_response(request)

    return middleware


class RefusedForms:
    """A form of django-allauth that comes back with errors says so in its status, as ours do."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response):
        if request.method == "POST" and response.status_code == 200:
            context = response.context_data or {}
            forms = (context.get("form"), context.get("webauthn_form"))
            if any(getattr(form, "errors", None) for form in forms):
                response.status_code = 422
        return response


def needs_second_factor(request: HttpRequest) -> bool:
    if not settings.SECOND_FACTOR_REQUIRED:
        return False
    path = request.path_info.removeprefix("/fr")
    if not path.startswith(("/review/", "/partner/", "/admin/")):
        return False
    user = request.user
    return (
        user.is_authenticated
        and (user.is_coordinator or user.is_superuser)
        and not is_mfa_enabled(user, SECOND_FACTORS)
    )
