"""What the pages of the workspace and of the editor share."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from directory.interchange import proposals
from directory.interchange.differences import difference
from directory.interchange.reading_out import vocabulary
from directory.interchange.subjects import SUBJECTS
from directory.models import Organization, Subject

from . import advice
from .editor import one_sided
from .forms.parts import Posted, Rows
from .preview import preview


def in_words(before: dict | None, now: dict, subject: str = Subject.SERVICE) -> list:
    """What differs between two documents, for people to read; their organization apart."""
    before = {k: v for k, v in (before or {}).items() if k not in ("organization", "program")}
    now = {k: v for k, v in now.items() if k not in ("organization", "program")}
    node = SUBJECTS[subject].node
    words = vocabulary([before, now], node)
    return difference(before, proposals.kept_form(now, subject), words, node)


def posted_of(request: HttpRequest, seed, **places) -> Posted:
    if request.method != "POST":
        return Posted(add=request.GET.get("add", ""), seed=seed, by=request.user, **places)
    data, files = request.POST, request.FILES
    add, remove = data.get("add", ""), data.get("remove", "")
    return Posted(data, add, remove, seed, by=request.user, files=files, **places)


def add_row(parts, prefix: str) -> None:
    """One row more on a page that comes back, for who asked for it."""
    for rows in rows_of(parts):
        if prefix and rows.prefix == prefix:
            rows.rows.append(rows.blank())


def rows_of(parts) -> Iterable:
    """All lists of rows, at any depth."""
    for part in parts:
        if isinstance(part, Rows):
            yield part
            for row in part.rows:
                yield from rows_of(row.parts)
        else:
            yield from rows_of(getattr(part, "parts", []))


def annotate(forms: Iterable, names: list[str]) -> None:
    """Beside each field: words that have a better one, and whether a language is missing."""
    for form in forms:
        for name, _label, hints in advice.hints_of(form, form.of, names):
            form[name].hints = hints
        for name, missing in one_sided(form):
            form[f"{name}_fr" if missing == "fr" else name].lacking = missing


def preview_page(request, document: dict, organization: Organization, back: str) -> HttpResponse:
    context = preview(document, organization)
    if context is None:
        messages.info(request, _("There is too little to show yet."))
        return redirect(back)
    return render(request, "coalition/partner/preview.html", {**context, "from": back, "back": ""})


def told(request: HttpRequest, proposal) -> None:
    if proposal is None:
        messages.info(request, _("It is so already, or waits for a coordinator."))
    elif proposal.applied_at and proposal.subject in Subject.values:
        messages.success(request, _("Done. Everyone sees it now."))
    elif proposal.applied_at:
        messages.success(request, _("Done. Those it is for see it, from the time that is set."))
    else:
        messages.success(request, _("Sent in. A coordinator reads it, and you are told by mail."))


def back_to(organization: Organization) -> str:
    return f"{reverse('coalition:workspace')}?{urlencode({'of': organization.slug})}"
