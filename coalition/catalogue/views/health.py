"""What is lacking, counted and listed; listings that may be one, side by side."""

from contextlib import suppress

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from procrastinate.exceptions import AlreadyEnqueued

from coalition.catalogue import duplicates, health, merge
from coalition.catalogue.concerns import CONCERNS
from coalition.catalogue.everything import EVENTS, LISTINGS, RESOURCES
from coalition.catalogue.models import Pair
from coalition.catalogue.tasks import look_for_duplicates
from coalition.review.views import coordinators_only
from directory.interchange.proposals import Conflict
from directory.interchange.reading_out import vocabulary
from directory.interchange.write import InvalidListing
from directory.models import Service

PAGE = 50


@coordinators_only
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    at = health.counted_at()
    counts = health.counts()
    groups = [
        (
            collection,
            [(one, counts[one.code]) for one in CONCERNS.values() if one.collection is collection],
        )
        for collection in (LISTINGS, EVENTS, RESOURCES)
    ]
    context = {
        "groups": groups,
        "listings": LISTINGS,
        "duplicates": counts["duplicates"],
        "counted_at": at,
        "section": "desk",
    }
    return render(request, "coalition/catalogue/health.html", context)


@coordinators_only
@require_safe
def concern(request: HttpRequest, code: str) -> HttpResponse:
    found = CONCERNS.get(code)
    if found is None:
        raise Http404
    at = health.counted_at()
    context = {
        "concern": found,
        "page": health.page_of(found, request.GET.get("page")),
        "counted_at": at,
        "section": "desk",
    }
    return render(request, "coalition/catalogue/concern.html", context)


class CompareForm(forms.Form):
    """Two listings that somebody thinks may be one."""

    first = forms.CharField(label=gettext_lazy("Address of one listing"), max_length=300)
    second = forms.CharField(label=gettext_lazy("Address of the other"), max_length=300)

    def clean_first(self) -> Service:
        return self.listing("first")

    def clean_second(self) -> Service:
        return self.listing("second")

    def listing(self, name: str) -> Service:
        """By its page's address, or the last part of it."""
        slug = self.cleaned_data[name].partition("?")[0].rstrip("/").rpartition("/")[2]
        found = Service.objects.filter(slug=slug).first()
        if found is None:
            raise ValidationError(_("There is no listing with this address."))
        return found

    def clean(self):
        data = super().clean()
        if data.get("first") and data.get("first") == data.get("second"):
            self.add_error("second", _("These are one and the same."))
        return data


@coordinators_only
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one; two others to compare are named here."""
    form = CompareForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            pair = duplicates.pair_of(form.cleaned_data["first"], form.cleaned_data["second"])
            return redirect("coalition:duplicate", pk=pair.pk)
        status = 422
    pairs = Pair.objects.open().select_related("first__organization", "second__organization")
    page = Paginator(pairs, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "section": "desk"}
    return render(request, "coalition/catalogue/duplicates.html", context, status=status)


@coordinators_only
@require_POST
def look_again(request: HttpRequest) -> HttpResponse:
    with suppress(AlreadyEnqueued), transaction.atomic():  # then it is about to be done
        look_for_duplicates.defer(timestamp=0)
    messages.success(request, _("We are looking. Open this page again in a minute."))
    return redirect("coalition:duplicates")


@coordinators_only
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Two listings side by side: made one, value by value, or set apart for good."""
    pairs = Pair.objects.select_related("first", "second", "settled_by")
    pair = get_object_or_404(pairs, pk=pk)
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            return done(request, pair)
        except duplicates.AlreadySettled as fact:
            pair, status = fact.pair, 409
        except merge.ChangedSince:
            status = 409
            problems = [_("One of them has changed since you opened this page. Look again.")]
        except InvalidListing as error:
            status = 422
            problems = [message for found in error.errors.values() for message in found]
        except Conflict:
            status = 409
            problems = [_("One of them has changed since you opened this page. Look again.")]
        except ValidationError as error:
            status, problems = 422, error.messages
    left, right = merge.documents(pair)
    chosen = request.POST.dict()
    context = {
        "pair": pair,
        "rows": merge.rows(left, right, chosen, vocabulary([left, right])),
        "seen": merge.mark(left, right),
        "keep": merge.RIGHT if chosen.get("keep") == merge.RIGHT else merge.LEFT,
        "problems": problems,
        "section": "desk",
    }
    return render(request, "coalition/catalogue/duplicate.html", context, status=status)


def done(request: HttpRequest, pair: Pair) -> HttpResponse:
    """What was asked for, and back to the list. Raises as the actions do."""
    if "apart" in request.POST:
        duplicates.set_apart(pair, by=request.user)
        messages.success(request, _("These two stay two, and are not shown here again."))
        return redirect("coalition:duplicates")
    kept = merge.merge(
        pair,
        keep=request.POST.get("keep", merge.LEFT),
        choices=request.POST.dict(),
        seen=request.POST.get("seen", ""),
        by=request.user,
    )
    messages.success(request, _("Made one: %s") % kept)
    return redirect("coalition:history", pk=kept.pk)
