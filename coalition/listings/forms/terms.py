"""What a service is and for whom, as terms of the directory's vocabulary to tick."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.models import TaxonomyTerm

from .documents import DocumentForm
from .parts import Posted, fresh_id

TAXONOMIES = {
    "category": _("What kind of support it is"),
    "serves": _("Who it is for"),
    "access": _("Getting in"),
}


class Known(NamedTuple):
    """A term of the vocabulary."""

    taxonomy: str
    code: str
    pk: uuid.UUID
    parent: uuid.UUID | None
    name: str
    name_fr: str


@dataclass
class Choice:
    value: str
    label: str
    checked: bool


@dataclass
class Family:
    """A term and those below it; without a name, terms that have none below."""

    name: str
    choices: list[Choice]

    @property
    def ticked(self) -> int:
        return sum(choice.checked for choice in self.choices)


class Terms:
    """Terms of these taxonomies to tick. What is in no list here stays as it is."""

    template = "components/editor_terms.html"
    errors: tuple = ()

    def __init__(self, posted: Posted, obj: dict, taxonomies: Iterable[str] = TAXONOMIES):
        self.posted = posted
        self.taxonomies = list(taxonomies)
        rows = TaxonomyTerm.objects.filter(taxonomy__code__in=self.taxonomies).values_list(
            "taxonomy__code", "code", "pk", "parent", "name", "name_fr"
        )
        self.known = {f"{row[0]}:{row[1]}": Known(*row) for row in rows}
        if posted.data is None:
            self.chosen = {name_of(attribute) for attribute in obj.get("attributes", [])}
        else:
            self.chosen = set(posted.data.getlist("terms")) & self.known.keys()

    @property
    def groups(self) -> list[tuple[str, str, list[Family]]]:
        """Code, heading and choices of each list, in families."""
        groups = []
        for code in self.taxonomies:
            heading = TAXONOMIES[code]
            terms = [term for term in self.known.values() if term.taxonomy == code]
            groups.append((code, heading, list(self.in_order(terms))))
        return groups

    def in_order(self, terms: list[Known]) -> Iterator[Family]:
        """Terms without a family of their own stand in one without a name."""
        below: dict = {}
        for term in terms:
            below.setdefault(term.parent, []).append(term)
        alone = []
        for parent in below.get(None, []):
            if parent.pk in below:
                choices = [self.choice(term) for term in (parent, *below[parent.pk])]
                yield Family(choices[0].label, choices)
            else:
                alone.append(self.choice(parent))
        if alone:
            yield Family("", alone)

    def choice(self, term: Known) -> Choice:
        value = f"{term.taxonomy}:{term.code}"
        name = (get_language() == "fr" and term.name_fr) or term.name or term.name_fr
        return Choice(value, name, value in self.chosen)

    def is_valid(self) -> bool:
        return True

    def written(self, obj: dict) -> dict:
        before = obj.get("attributes", [])
        kept = [a for a in before if (name := name_of(a)) not in self.known or name in self.chosen]
        there = {name_of(attribute) for attribute in kept}
        taken = {attribute.get("id") for attribute in kept}
        added = [
            {
                "id": fresh_id(self.posted.seed, name, taken),
                "taxonomy_term": {"taxonomy": term.taxonomy, "code": term.code},
            }
            for name, term in self.known.items()
            if name in self.chosen - there
        ]
        attributes = kept + added
        rest = {key: value for key, value in obj.items() if key != "attributes"}
        return {**rest, "attributes": attributes} if attributes else rest

    def forms(self) -> Iterator[DocumentForm]:
        yield from ()


def name_of(attribute: dict) -> str:
    term = attribute["taxonomy_term"]
    return f"{term['taxonomy']}:{term['code']}"
