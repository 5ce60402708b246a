"""The catalogue's own words: terms, and what people type for them."""

from collections import defaultdict

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from coalition.catalogue import words
from coalition.review.views import coordinators_only
from directory.models import Synonym, Taxonomy, TaxonomyTerm
from directory.models.enums import Language

NAME_LENGTH, SENTENCE_LENGTH = 42, 140
TAXONOMIES = ("category", "serves", "access")
CODE = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$", gettext_lazy("Small letters, digits and hyphens.")
)


class TermForm(forms.Form):
    """What a term is called and what it means, in both languages."""

    name = forms.CharField(label=gettext_lazy("Name in English"), max_length=NAME_LENGTH)
    name_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=NAME_LENGTH)
    description = forms.CharField(
        label=gettext_lazy("One sentence, in English"),
        max_length=SENTENCE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    description_fr = forms.CharField(
        label=gettext_lazy("One sentence, in French"),
        max_length=SENTENCE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sensitive = forms.BooleanField(
        label=gettext_lazy("Keep it out of page titles"),
        required=False,
        help_text=gettext_lazy(
            "Where a title that names it could tell someone something private about the reader."
        ),
    )


class NewTermForm(TermForm):
    """The same with a code, which stands in addresses for good."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=60,
        validators=[CODE],
        help_text=gettext_lazy("It stands in addresses and never changes."),
    )
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Below"),
        queryset=TaxonomyTerm.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nothing: it is of the first level"),
    )
    field_order = ("parent", "code", "name", "name_fr", "description", "description_fr")

    def __init__(self, *args, taxonomy: Taxonomy, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = taxonomy.terms.filter(parent=None)


class SynonymForm(forms.Form):
    """Another word for a term."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)
    text = forms.CharField(label=gettext_lazy("Word or phrase"), max_length=100)


@coordinators_only
@require_safe
def word_list(request: HttpRequest) -> HttpResponse:
    """Every term of every taxonomy with the words people type for it."""
    terms = list(TaxonomyTerm.objects.filter(taxonomy__code__in=TAXONOMIES))
    typed = defaultdict(list)
    for pk, language, text in Synonym.objects.values_list("term", "language", "text"):
        typed[pk, language].append(text)
    taxonomies = sorted(
        Taxonomy.objects.filter(code__in=TAXONOMIES), key=lambda one: TAXONOMIES.index(one.code)
    )
    groups = [
        (
            taxonomy,
            [
                {"term": one} | {code: in_line(typed[one.pk, code]) for code in Language.values}
                for one in in_order(terms, taxonomy)
            ],
        )
        for taxonomy in taxonomies
    ]
    return render(request, "coalition/catalogue/words.html", {"groups": groups, "section": "desk"})


def in_order(terms: list[TaxonomyTerm], taxonomy: Taxonomy) -> list[TaxonomyTerm]:
    """Terms of one taxonomy, each after the one it is below."""
    mine = [term for term in terms if term.taxonomy_id == taxonomy.pk]
    ordered = []
    for top in (term for term in mine if term.parent_id is None):
        ordered += [top, *(term for term in mine if term.parent_id == top.pk)]
    return ordered


def in_line(texts: list[str]) -> str:
    return ", ".join(sorted(texts, key=str.casefold))


def by_language(term: TaxonomyTerm) -> dict[str, list[Synonym]]:
    found = sorted(term.synonyms.all(), key=lambda synonym: synonym.text.casefold())
    return {code: [one for one in found if one.language == code] for code in ("en", "fr")}


@coordinators_only
def term(request: HttpRequest, pk) -> HttpResponse:
    """One term: its words and what people type for it."""
    found = get_object_or_404(TaxonomyTerm.objects.select_related("taxonomy", "parent"), pk=pk)
    form = TermForm(
        request.POST or None, initial={name: getattr(found, name) for name in words.LABELS}
    )
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            words.change_term(
                found, form.cleaned_data, by=request.user, seen=request.POST.get("seen", "")
            )
        except words.ChangedSince:
            found.refresh_from_db()
            told = _("Somebody changed this since you opened the page. Now it says: %s")
            now = [found.name, found.name_fr, found.description, found.description_fr]
            form.add_error(None, told % " · ".join(filter(None, now)))
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Kept. Search follows within a minute."))
            return redirect("coalition:term", pk=found.pk)
    return term_page(request, found, form, SynonymForm(), status)


def term_page(request, found, form, synonym_form, status) -> HttpResponse:
    context = {
        "term": found,
        "seen": words.mark(found),
        "form": form,
        "synonym_form": synonym_form,
        "synonyms": [(label, by_language(found)[code]) for code, label in Language.choices],
        "section": "desk",
    }
    return render(request, "coalition/catalogue/term.html", context, status=status)


@coordinators_only
@require_POST
def synonym_add(request: HttpRequest, pk) -> HttpResponse:
    found = get_object_or_404(TaxonomyTerm.objects.select_related("taxonomy", "parent"), pk=pk)
    form = SynonymForm(request.POST)
    if form.is_valid():
        try:
            words.add_synonym(found, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Added. Search follows within a minute."))
            return redirect("coalition:term", pk=found.pk)
    initial = {name: getattr(found, name) for name in words.LABELS}
    return term_page(request, found, TermForm(initial=initial), form, 422)


@coordinators_only
@require_POST
def synonym_remove(request: HttpRequest, pk, synonym: int) -> HttpResponse:
    found = get_object_or_404(TaxonomyTerm.objects.select_related("taxonomy"), pk=pk)
    words.remove_synonym(found, synonym, by=request.user)
    messages.success(request, _("Removed. Search follows within a minute."))
    return redirect("coalition:term", pk=found.pk)


@coordinators_only
def term_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new term of one taxonomy."""
    taxonomy = get_object_or_404(Taxonomy, code=code)
    form = NewTermForm(
        request.POST or None, taxonomy=taxonomy, initial={"parent": request.GET.get("below")}
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        parent, new_code = values.pop("parent"), values.pop("code")
        try:
            added = words.add_term(taxonomy, parent, new_code, values, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Added. Now give the words people type for it."))
            return redirect("coalition:term", pk=added.pk)
    status = 422 if form.is_bound else 200
    context = {"taxonomy": taxonomy, "form": form, "section": "desk"}
    return render(request, "coalition/catalogue/term_new.html", context, status=status)
