"""Finding among all listings, events or resources: by words, by organization, by how they stand;
what was sent in and is not decided, or was sent back, stands among them."""

import datetime
from collections.abc import Iterable, Iterator

import django_filters as filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from coalition.review.enums import State
from coalition.review.models import Submission

from .everything import Collection, Row, decide, history, organization_page

# Where what was sent in stands, in the words of its submission; the rest is that of the record.
SENT_IN = {
    State.WAITING.value: gettext_lazy("Waits for a decision"),
    State.RETURNED.value: gettext_lazy("Sent back to its organization"),
}
DOCUMENT = "change__proposal__after"
RECORD = "change__proposal__record_id"


def called(words: str, names: Iterable[str]) -> Q:
    """Each of the words is a part of one of the names, accents and capitals aside."""
    found = Q()
    for word in words.split():
        one = Q()
        for name in names:
            one |= Q(**{f"{name}__unaccent__icontains": word})
        found &= one
    return found


class WordsFilter(filters.CharFilter):
    """By words of a name, in either language."""

    def __init__(self, *names: str, **extra):
        super().__init__(max_length=100, **extra)
        self.names = names

    def filter(self, rows: QuerySet, value: str | None) -> QuerySet:
        return rows.filter(called(value or "", self.names))


class CollectionFilter(filters.FilterSet):
    """What was asked, of rows that have a name, an organization and how each one `stands`."""

    q = WordsFilter("name", "name_fr", label=gettext_lazy("Name"))
    organization = WordsFilter(
        "organization__name", "organization__name_fr", label=gettext_lazy("Organization")
    )
    state = filters.ChoiceFilter(
        field_name="stands",
        label=gettext_lazy("How it stands"),
        empty_label=pgettext_lazy("however they stand", "All"),
    )

    def __init__(self, asked: QueryDict, rows: QuerySet, collection: Collection):
        super().__init__(asked, rows)
        self.filters["state"].extra["choices"] = [*(collection.states | SENT_IN).items()]


def sent_in(collection: Collection) -> QuerySet[Submission]:
    """New ones and changes that wait or were sent back, with the names they would have; `is_new`
    is what is not there until it is approved."""
    there = collection.model.objects.filter(pk=OuterRef(RECORD))
    return (
        Submission.objects.filter(change__proposal__subject=collection.subject, state__in=SENT_IN)
        .select_related("organization__member")
        .annotate(
            name=KeyTextTransform("name", DOCUMENT),
            name_fr=KeyTextTransform("name_fr", DOCUMENT),
            record_id=F(RECORD),
            is_new=~Exists(there),
            stands=F("state"),
        )
        .order_by("-urgent", "submitted_at", "pk")
    )


def every(collection: Collection, asked: QueryDict, now: datetime.datetime) -> CollectionFilter:
    """All that fit: of the records, or where one asks for it, of what was sent in."""
    of_submissions = asked.get("state") in SENT_IN
    rows = sent_in(collection) if of_submissions else collection.every(now)
    return CollectionFilter(asked, rows, collection)


def new_ones(collection: Collection, asked: QueryDict) -> QuerySet[Submission]:
    """Those that fit and are not among the records yet, because nobody has approved them."""
    return CollectionFilter(asked, sent_in(collection).filter(is_new=True), collection).qs


def rows(collection: Collection, found: list, now: datetime.datetime) -> list[Row]:
    """Lines of records, or of what was sent in."""
    if found and isinstance(found[0], Submission):
        return list(sent_in_rows(found))
    return collection.rows(found, now)


def sent_in_rows(submissions: Iterable[Submission]) -> Iterator[Row]:
    for one in submissions:
        names = [one.name, one.name_fr] if get_language() != "fr" else [one.name_fr, one.name]
        sent = date_format(localtime(one.submitted_at))
        organization = one.organization
        read = _("Read and decide") if one.state == State.WAITING else _("Read it")
        yield Row(
            one.record_id,
            title=next(filter(None, names), one.title),
            marks=[str(SENT_IN[one.state])],
            facts=[
                pgettext("something sent in", "new") if one.is_new else _("a change"),
                _("sent in on %(date)s") % {"date": sent},
            ],
            organization=organization,
            organization_page=organization_page(organization, shown=False) if organization else "",
            acts=(
                decide(read, one.pk),
                *(() if one.is_new else (history(one.record_id),)),
            ),
        )
