"""What was brought in, and taking it back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from coalition.catalogue import imports
from coalition.review.views import coordinators_only
from directory.interchange.write import InvalidListing
from directory.models import ImportRun

PAGE = 50
LEFT_SHOWN = 20


@coordinators_only
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(ImportRun.objects.all(), PAGE).get_page(request.GET.get("page"))
    return render(request, "coalition/catalogue/imports.html", {"page": page, "section": "desk"})


@coordinators_only
def import_run(request: HttpRequest, pk) -> HttpResponse:
    """What one import did; undoing it is asked for here."""
    run = get_object_or_404(ImportRun, pk=pk)
    status, problem = 200, ""
    if request.method == "POST":
        try:
            done = imports.undo(run, by=request.user)
        except imports.AlreadyUndone:
            run.refresh_from_db()
            status, problem = 409, _("It was undone already: nothing more was done.")
        except InvalidListing as error:
            status = 422
            problem = _("It cannot be undone, and nothing was: %s") % error
        else:
            tell(request, done)
            return redirect("coalition:import_run", pk=run.pk)
    page = Paginator(run.proposals.order_by("made_at", "pk"), PAGE)
    context = {
        "run": run,
        "page": imports.named(page.get_page(request.GET.get("page"))),
        "problem": problem,
        "section": "desk",
    }
    return render(request, "coalition/catalogue/import_run.html", context, status=status)


def tell(request: HttpRequest, done: imports.Undoing) -> None:
    messages.success(
        request,
        _("Undone: %(restored)d as they were before, %(withdrawn)d hidden.")
        % {"restored": len(done.restored), "withdrawn": len(done.withdrawn)},
    )
    if done.left:
        said = ngettext(
            "%(count)d was left as it is, since it has changed since: %(names)s",
            "%(count)d were left as they are, since they have changed since: %(names)s",
            len(done.left),
        )
        names = ", ".join(done.left[:LEFT_SHOWN]) + ("…" if len(done.left) > LEFT_SHOWN else "")
        messages.warning(request, said % {"count": len(done.left), "names": names})
