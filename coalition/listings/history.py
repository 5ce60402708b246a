"""The record, the history of one listing, and what coordinators do from there."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coalition.review.kinds import KINDS
from coalition.review.views import by_field, coordinators_only, whole_number
from directory.interchange import proposals
from directory.interchange.subjects import SUBJECTS
from directory.interchange.write import InvalidListing
from directory.models import ImportRun, Organization, Proposal, Service, Subject

from . import actions, reading
from .record import CHANGES, DECISIONS, IMPORTS, OTHER, PAGE, Record, note_of, who_changed
from .writing import WRITTEN


class RecordForm(forms.Form):
    """What to look for in the record."""

    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    who = forms.CharField(
        label=gettext_lazy("Who"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("A name or an e-mail."),
    )
    about = forms.CharField(
        label=gettext_lazy("Listing or organization"), max_length=100, required=False
    )
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [
            ("", _("Everything")),
            (DECISIONS, _("Decisions")),
            *((code, f"— {kind.label}") for code, kind in KINDS.items()),
            (CHANGES, _("Changes to listings")),
            (IMPORTS, _("Imports")),
            (OTHER, _("People, trust, settings")),
        ]


@coordinators_only
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    form = RecordForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    run = run_asked(request.GET.get("run", ""))
    found = Record(asked, run=run).page(request.GET.get("after", ""))
    entries = found[:PAGE]
    query = request.GET.copy()
    query.pop("after", None)
    first = query.urlencode()
    if len(found) > PAGE:
        query["after"] = entries[-1].mark
    context = {
        "section": "desk",
        "form": form,
        "entries": entries,
        "run": run,
        "first": f"?{first}" if "after" in request.GET else "",
        "older": f"?{query.urlencode()}" if len(found) > PAGE else "",
    }
    status = 200 if form.is_valid() else 400
    return render(request, "coalition/review/record.html", context, status=status)


def run_asked(text: str) -> ImportRun | None:
    if not text:
        return None
    try:
        return get_object_or_404(ImportRun, pk=UUID(text))
    except ValueError:
        raise Http404 from None


@coordinators_only
@require_safe
def change(request: HttpRequest, pk) -> HttpResponse:
    """One change, side by side."""
    proposal = get_object_or_404(Proposal.objects.select_related("change__user", "run"), pk=pk)
    context = {
        "section": "desk",
        "proposal": proposal,
        "title": actions.title(proposal.after),
        "who": who_changed(proposal),
        "note": note_of(proposal),
        "sections": reading.sections_of(proposal),
        "submission": getattr(getattr(proposal, "change", None), "submission", None),
    }
    return render(request, "coalition/review/change.html", context)


@coordinators_only
@require_safe
def history(request: HttpRequest, pk) -> HttpResponse:
    """Every document of one listing or organization; any two of them side by side."""
    rows = Proposal.objects.history(pk)
    newest = rows.first()
    if newest is None and not is_known(pk):
        raise Http404
    page = Paginator(rows.select_related("change__user").defer("before", "after"), PAGE).get_page(
        request.GET.get("page")
    )
    shown = [
        {"proposal": row, "who": who_changed(row), "note": note_of(row)} for row in page.object_list
    ]
    numbers = [whole_number(request.GET.get(name, "")) for name in ("a", "b")]
    pair = sorted(rows.filter(number__in=numbers), key=lambda row: row.number)
    context = {
        "section": "desk",
        "record_id": pk,
        "title": actions.title(newest.after) if newest else str(Service.objects.get(pk=pk)),
        "managed": managed(pk),
        "editable": SUBJECTS[subject_of(pk)].node.model.objects.filter(pk=pk).exists(),
        "service": Service.objects.filter(pk=pk).first(),
        "newest": newest,
        "rows": shown,
        "page": page,
        "pair": pair if len(pair) == 2 else [],
        "chosen": numbers,
        "asked": any(numbers),
    }
    if len(pair) == 2:
        context["sections"] = reading.between(pair[0].after, pair[1].after, pair[0].subject)
    return render(request, "coalition/review/history.html", context)


def subject_of(pk) -> str:
    """What kind of thing a record is that can be edited."""
    known = Proposal.objects.history(pk).values_list("subject", flat=True).first()
    return known if known in WRITTEN else Subject.SERVICE


def managed(pk) -> str:
    """The address of the page from which it is looked after, where it has one."""
    kind = WRITTEN.get(subject_of(pk))
    if kind is None or not kind.manage or not kind.node.model.objects.filter(pk=pk).exists():
        return ""
    return reverse(kind.manage, args=[pk])


def is_known(pk) -> bool:
    return Service.objects.filter(pk=pk).exists()


class RestoreForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is kept in the history."),
    )


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, pk, number: int) -> HttpResponse:
    """Make a listing as it was after an earlier change."""
    earlier = get_object_or_404(Proposal.objects.history(pk), number=number)
    newest = Proposal.objects.history(pk).first()
    form = RestoreForm(request.POST or None, initial={"seen": newest.number})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = restored(form, earlier, request)
            if status == 302:
                messages.success(request, _("It is as it was then."))
                return redirect("coalition:history", pk=pk)
    context = {
        "section": "desk",
        "record_id": pk,
        "title": actions.title(earlier.after),
        "earlier": earlier,
        "form": form,
        "sections": reading.between(
            proposals.current(pk, earlier.subject), earlier.after, earlier.subject
        ),
    }
    return render(request, "coalition/review/restore.html", context, status=status)


def restored(form: RestoreForm, earlier: Proposal, request: HttpRequest) -> int:
    """Restore, or put into the form why not; the status of the answer."""
    try:
        actions.restore(earlier, by=request.user, **form.cleaned_data)
    except actions.ChangedSince:
        newest = Proposal.objects.history(earlier.record_id).first()
        form.data = {**form.data.dict(), "seen": newest.number}
        form.add_error(
            None, _("It was changed since you opened this page. What would change now is below.")
        )
        return 409
    except InvalidListing as error:
        form.add_error(None, actions.said_of(error))
        return 422
    except ValidationError as error:
        for field, texts in by_field(error).items():
            form.add_error("note" if field == "note" else None, texts)
        return 422
    return 302


@coordinators_only
@require_POST
def listing_edit(request: HttpRequest, pk) -> HttpResponse:
    """Open a listing, or what else it is, in its editor, as a coordinator."""
    subject = subject_of(pk)
    rows = SUBJECTS[subject].node.model.objects.select_related("organization")
    record = get_object_or_404(rows, pk=pk)
    draft = actions.open_draft(record.organization, pk, by=request.user, subject=subject)
    return redirect("coalition:draft", pk=draft.pk)


@coordinators_only
@require_POST
def listing_new(request: HttpRequest, pk) -> HttpResponse:
    """Begin a listing for an organization, as a coordinator."""
    organization = get_object_or_404(Organization, pk=pk)
    draft = actions.start_draft(organization, by=request.user)
    return redirect("coalition:draft", pk=draft.pk)


@coordinators_only
@require_safe
def proposal_preview(request: HttpRequest, pk) -> HttpResponse:
    """It, as residents would see it were this approved: it is applied, shown, undone."""
    proposal = get_object_or_404(Proposal, pk=pk, subject__in=WRITTEN)
    with transaction.atomic():
        try:
            trial = proposals.propose(
                proposal.after,
                origin=proposal.origin,
                by="",
                base=proposal.before,
                subject=proposal.subject,
            )
            trial = proposals.apply(trial, published_by="preview")
            response = WRITTEN[proposal.subject].page(request, trial.record_id)
        except proposals.Conflict:
            response = None
            why = [_("It has changed since, in the same places.")]
        except InvalidListing as error:
            response, why = None, actions.said_of(error)
        except ValidationError as error:
            response, why = None, error.messages
        transaction.set_rollback(True)
    if response is None:
        context = {"section": "desk", "why": why}
        return render(request, "coalition/review/no_preview.html", context, status=409)
    return response
