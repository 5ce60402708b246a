"""Crisis lines at the desk."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coalition.catalogue import lines
from coalition.review.views import coordinators_only, whole_number
from directory.models import CrisisLine, TaxonomyTerm
from directory.search.vocabulary import LANGUAGES

LONGEST = 2000


class LineForm(forms.ModelForm):
    """One line, both languages side by side."""

    audience = forms.ChoiceField(label=gettext_lazy("For whom"))
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None means: not known."),
    )
    sources = forms.CharField(
        label=gettext_lazy("Where this was read, one address a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = CrisisLine
        fields = (
            *("code", "name", "name_fr", "what", "what_fr", "call", "tel"),
            *("text", "text_body", "text_body_fr", "hours", "hours_fr", "languages"),
            *("province", "audience", "published", "unconfirmed", "last_confirmed"),
            *("note", "sources"),
        )
        widgets = {
            "what": forms.Textarea(attrs={"rows": 3}),
            "what_fr": forms.Textarea(attrs={"rows": 3}),
            "note": forms.Textarea(attrs={"rows": 3}),
            "last_confirmed": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        french = get_language() == "fr"
        terms = TaxonomyTerm.objects.filter(taxonomy__code="serves")
        self.fields["audience"].choices = [
            ("everyone", _("Everyone")),
            *((term.code, (term.name_fr if french else term.name) or str(term)) for term in terms),
        ]
        for name in ("name", "name_fr", "what", "what_fr"):
            self.fields[name].required = True
        for name in ("what", "what_fr", "note", "sources"):
            self.fields[name].validators.append(MaxLengthValidator(LONGEST))
        self.fields["province"].choices = [
            ("", _("All of Canada")),
            *(choice for choice in self.fields["province"].choices if choice[0]),
        ]
        if self.instance.pk:
            self.initial["sources"] = "\n".join(self.instance.sources)
            self.fields["code"].disabled = True

    def clean_sources(self) -> list[str]:
        return self.cleaned_data["sources"].split()


@coordinators_only
@require_safe
def line_list(request: HttpRequest) -> HttpResponse:
    found = CrisisLine.objects.all()
    return render(request, "coalition/catalogue/lines.html", {"lines": found, "section": "desk"})


@coordinators_only
def line_new(request: HttpRequest) -> HttpResponse:
    return edited(request, CrisisLine(), "")


@coordinators_only
def line(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(CrisisLine, pk=pk)
    return edited(request, found, lines.mark(found))


def edited(request: HttpRequest, found: CrisisLine, mark: str) -> HttpResponse:
    """The form of one line, or what became of it."""
    form = LineForm(request.POST or None, instance=found)
    status = 422 if form.is_bound else 200
    changed = False
    if request.method == "POST" and form.is_valid():
        try:
            kept = lines.save(
                form.save(commit=False), by=request.user, seen=request.POST.get("seen", "")
            )
        except lines.ChangedSince as fact:
            status, changed, mark = 409, True, lines.mark(fact.line)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Kept: %s. Pages follow within a minute.") % kept)
            return redirect("coalition:lines")
    context = {
        "form": form,
        "line": found if found.pk else None,
        "title": str(CrisisLine.objects.get(pk=found.pk)) if found.pk else _("A new line"),
        "seen": mark,
        "changed": changed,
        "section": "desk",
    }
    return render(request, "coalition/catalogue/line.html", context, status=status)


@coordinators_only
@require_POST
def line_act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Confirm, move or remove a line, from the list."""
    found = get_object_or_404(CrisisLine, pk=pk)
    if what == "confirm":
        lines.confirm(found, by=request.user)
        messages.success(request, _("Confirmed today: %s") % found)
    elif what == "remove":
        lines.remove(found, by=request.user)
        messages.success(request, _("Removed: %s") % found)
    else:
        place = whole_number(request.POST["place"]) if "place" in request.POST else None
        lines.move(found, what, by=request.user, place=place)
    return redirect("coalition:lines")


@coordinators_only
@require_safe
def line_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Are you sure?"""
    found = get_object_or_404(CrisisLine, pk=pk)
    return render(
        request, "coalition/catalogue/line_remove.html", {"line": found, "section": "desk"}
    )
