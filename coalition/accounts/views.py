"""A person's own account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from . import actions
from .forms import DeleteForm, ProfileForm
from .holdings import HOLDINGS


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Name and language; what is kept; the way out."""
    user = request.user
    posted = request.POST if request.method == "POST" else None
    form = ProfileForm(posted, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        actions.save_profile(user, **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
            return redirect("coalition:account")
    kept = [(holding.label, len(holding.read(user))) for holding in HOLDINGS.values()]
    context = {"form": form, "kept": kept, "section": "account"}
    status = 422 if form.errors else 200
    return render(request, "coalition/accounts/account.html", context, status=status)


@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about this person, as a file."""
    return JsonResponse(
        actions.everything_about(request.user),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={
            "Content-Disposition": 'attachment; filename="my-data.json"',
            "Cache-Control": "no-store",
        },
    )


@login_required
@sensitive_post_parameters()
def delete(request: HttpRequest) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = DeleteForm(posted, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.delete_account(request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            logout(request)
            return redirect("coalition:account_deleted")
    context = {"form": form, "section": "account"}
    status = 422 if form.errors else 200
    return render(request, "coalition/accounts/delete.html", context, status=status)


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "coalition/accounts/deleted.html", {"section": "account"})
