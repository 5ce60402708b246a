"""The parameters of /resources/ (a public contract, see the README's table)."""

from functools import cached_property

import django_filters as filters
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from directory.search import vocabulary
from directory.search.filters import CodesField

from .enums import ResourceKind, SeenBy, Spoken
from .models import Resource

SORTS = [
    ("best", _("Best match")),
    ("new", _("New and updated")),
    ("deadline", _("Deadline, soonest first")),
]
# Groups of facets by parameter: how each is called in `facets`, and its codes with their names.
GROUPS = {
    "kind": ("kind", lambda: dict(ResourceKind.choices)),
    "topic": ("category", lambda: vocabulary.codes("category")),
    "language": ("language", lambda: dict(Spoken.choices)),
}


class AnyOf(filters.Filter):
    """Any of the chosen codes."""

    field_class = CodesField


class ResourceFilter(filters.FilterSet):
    """What was asked, checked and read. `finding` asks the table for it."""

    q = filters.CharFilter(max_length=200)
    kind = AnyOf(codes=GROUPS["kind"][1])
    topic = AnyOf(codes=GROUPS["topic"][1])
    language = AnyOf(codes=GROUPS["language"][1])
    seen = AnyOf(codes=lambda: dict(SeenBy.choices))
    sort = filters.ChoiceFilter(choices=SORTS)
    exact = filters.ChoiceFilter(choices=[("1", "1")])

    class Meta:
        model = Resource
        fields: tuple = ()

    def __init__(self, data: QueryDict):
        super().__init__(data, queryset=Resource.objects.none())

    @cached_property
    def asked(self) -> dict:
        """The parameters that make sense; messages about the others are in `form.errors`."""
        self.is_valid()
        return self.form.cleaned_data

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The facets chosen, by parameter."""
        return {name: codes for name in GROUPS if (codes := self.asked.get(name))}
