"""The people of one organization."""

from functools import wraps

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from coalition.members import actions
from coalition.members.enums import Role
from coalition.members.forms import InviteForm
from coalition.members.models import Invitation, Membership


def in_organization(view):
    """Gives the view one's own membership; of an organization that is not one's own, nothing is
    here."""

    @wraps(view)
    @login_required
    def wrapped(request: HttpRequest, slug: str, *args, **kwargs):
        mine = get_object_or_404(
            Membership.objects.active().select_related("organization"),
            user=request.user,
            organization__slug=slug,
        )
        return view(request, mine, *args, **kwargs)

    return wrapped


def owners_only(view):
    @wraps(view)
    def wrapped(request: HttpRequest, mine: Membership, *args, **kwargs):
        if mine.role != Role.OWNER:
            raise PermissionDenied
        return view(request, mine, *args, **kwargs)

    return wrapped


@in_organization
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, mine: Membership) -> HttpResponse:
    """Everybody who looks after this organization, and who is asked; owners ask more."""
    if request.method == "POST":
        return invite(request, mine)
    return page(request, mine)


def page(
    request: HttpRequest,
    mine: Membership,
    *,
    form: InviteForm | None = None,
    refused: tuple[int, str] = (0, ""),
    status: int = 200,
) -> HttpResponse:
    """`refused` is the membership that could not be changed, and why."""
    organization = mine.organization
    everybody = list(organization.memberships.select_related("user").order_by("since", "pk"))
    context = {
        "section": "partner",
        "organization": organization,
        "mine": mine,
        "is_owner": mine.role == Role.OWNER,
        "people": everybody,
        "invitations": Invitation.objects.open().filter(organization=organization),
        "form": form or InviteForm(initial={"language": request.user.language}),
        "roles": Role.choices,
        "refused_pk": refused[0],
        "refused_why": refused[1],
    }
    return render(request, "coalition/partner/people.html", context, status=status)


@owners_only
def invite(request: HttpRequest, mine: Membership) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return page(request, mine, form=form, status=422)
    email = form.cleaned_data["email"].lower()
    if not ratelimit.consume(request, action="invite", key=f"{mine.organization_id} {email}"):
        form.add_error(None, _("You have sent very many invitations. Try again later."))
        return page(request, mine, form=form, status=429)
    try:
        actions.invite(mine.organization, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return page(request, mine, form=form, status=422)
    messages.success(request, _("The invitation is on its way to %s.") % email)
    return back(mine)


def back(mine: Membership) -> HttpResponse:
    return redirect("coalition:people", slug=mine.organization.slug)


def other(mine: Membership, pk: int) -> Membership:
    return get_object_or_404(Membership, pk=pk, organization=mine.organization_id)


@in_organization
@require_POST
@owners_only
def role(request: HttpRequest, mine: Membership, pk: int) -> HttpResponse:
    membership = other(mine, pk)
    if request.POST.get("role") not in Role.values:
        return page(request, mine, refused=(pk, _("Choose a role.")), status=422)
    try:
        actions.change_role(membership, request.POST["role"], by=request.user)
    except ValidationError as error:
        return page(request, mine, refused=(pk, " ".join(error.messages)), status=422)
    messages.success(request, _("Changed."))
    return back(mine)


@in_organization
@require_POST
@owners_only
def hand_over(request: HttpRequest, mine: Membership, pk: int) -> HttpResponse:
    membership = other(mine, pk)
    try:
        actions.hand_over(membership, by=request.user)
    except ValidationError as error:
        return page(request, mine, refused=(pk, " ".join(error.messages)), status=422)
    messages.success(request, _("Handed over to %s. You are an editor now.") % membership.user)
    return back(mine)


@in_organization
@require_POST
def remove(request: HttpRequest, mine: Membership, pk: int) -> HttpResponse:
    """Owners take people out; everybody can leave."""
    membership = other(mine, pk)
    if membership.pk != mine.pk and mine.role != Role.OWNER:
        raise PermissionDenied
    try:
        actions.remove_person(membership, by=request.user)
    except ValidationError as error:
        return page(request, mine, refused=(pk, " ".join(error.messages)), status=422)
    if membership.pk == mine.pk:
        messages.success(request, _("You have left %s.") % mine.organization)
        return redirect("coalition:workspace")
    messages.success(request, _("%s is no longer in this organization.") % membership.user)
    return back(mine)


@in_organization
@require_POST
@owners_only
def withdraw_invitation(request: HttpRequest, mine: Membership, pk) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=pk, organization=mine.organization_id)
    try:
        actions.withdraw_invitation(found, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("The invitation is withdrawn: its link opens nothing now."))
    return back(mine)
