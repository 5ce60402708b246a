"""What a search can be narrowed by: the filters with what each would leave, the chosen ones as
chips, and all of it in a sentence."""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from directory.search import vocabulary
from directory.search.filters import GENDERS, GROUPS, SORTS
from directory.search.results import Results

# What people ask most stands before "More".
FIRST = {
    "access": ("walk-in", "no-id", "free", "no-referral", "wheelchair", "pets", "no-abstinence"),
    "serves": ("youth", "women", "indigenous-peoples", "2slgbtq", "families-friends", "parents"),
    "language": ("en", "fr"),
}
NARROWS = (*GROUPS, "age", "gender", "open")


def url(asked: QueryDict, **changes) -> str:
    """This search with some parameters changed; None takes one away, and what was left empty."""
    query = asked.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query.setlist(name, value if isinstance(value, list) else [str(value)])
    for name, values in list(query.lists()):
        if not any(values):
            del query[name]
    return f"{reverse('directory:service_list')}?{query.urlencode()}"


def groups(results: Results) -> list[dict]:
    """The filters as checkboxes, chosen ones first, each with how many services it would leave.

    A category opens its kinds once one of them is chosen. `dead` is what leaves nothing, or in a
    group with something chosen adds nothing.
    """
    chosen = {name: set(results.choice.groups.get(name, ())) for name in GROUPS}

    def option(name: str, code: str, label) -> dict:
        checked = code in chosen[name]
        found = {"code": code, "label": label, "checked": checked}
        if (count := results.count(name, code)) is not None:
            dead = not checked and count == (results.total if chosen[name] else 0)
            found |= {"count": count, "dead": dead}
        return found

    def group(name: str, legend: str, options: list[dict]) -> dict:
        first = [o for o in options if o["checked"]]
        usual = FIRST.get(name)
        rest = [o for o in options if not o["checked"]]
        if usual is None:
            return {"name": name, "legend": legend, "options": first + rest, "more": []}
        return {
            "name": name,
            "legend": legend,
            "options": first + [o for o in rest if o["code"] in usual],
            "more": [o for o in rest if o["code"] not in usual],
        }

    def simple(name: str, legend: str) -> dict:
        return group(name, legend, [option(name, *pair) for pair in vocabulary.choices(name)])

    return [
        simple("access", _("Access")),
        {"name": "category", "legend": _("Kind"), "options": kinds(option, chosen), "more": []},
        simple("serves", _("For")),
        simple("led", _("Led by")),
        simple("delivery", _("How")),
        simple("language", _("Language")),
    ]


def kinds(option, chosen: dict[str, set[str]]) -> list[dict]:
    opened, closed = [], []
    for top in vocabulary.terms("category"):
        kind = option("category", top.code, top.label)
        if chosen["category"] & {top.code, *(child.code for child in top.children)}:
            opened.append(kind)
            opened += [
                option("category", child.code, child.label) | {"child": True}
                for child in top.children
            ]
        else:
            closed.append(kind)
    return opened + closed


def chips(results: Results, asked: QueryDict) -> list[dict]:
    """Each chosen filter with the search that drops only it."""
    found = []
    if results.moment is not None:
        found.append({"label": when(results, asked), "url": url(asked, open=None, page=None)})
    for name, codes in results.choice.groups.items():
        labels = vocabulary.codes(name)
        values = asked.getlist(name)
        for code in dict.fromkeys(codes):
            rest = [value for value in values if value != code]
            found.append(
                {"label": labels[code], "url": url(asked, **{name: rest or None}, page=None)}
            )
    if results.choice.age is not None:
        label = _("Age %s") % results.choice.age
        found.append({"label": label, "url": url(asked, age=None, page=None)})
    if results.choice.gender:
        label = str(dict(GENDERS)[results.choice.gender])
        found.append({"label": label, "url": url(asked, gender=None, page=None)})
    return found


def when(results: Results, asked: QueryDict) -> str:
    if results.filter.open_is_now:
        return _("Open now")
    return _("Open %s") % date_format(results.moment, "SHORT_DATETIME_FORMAT")


def says(results: Results, asked: QueryDict) -> str:
    """What the list was narrowed to and how it is ordered, as a sentence."""
    either = pgettext("between two choices, either of which will do", " or ")
    parts = [when(results, asked)] if results.moment is not None else []
    for name, codes in results.choice.groups.items():
        labels = vocabulary.codes(name)
        parts.append(either.join(str(labels[code]) for code in dict.fromkeys(codes)))
    if results.choice.age is not None:
        parts.append(_("for age %s, or no age given") % results.choice.age)
    if results.choice.gender:
        parts.append(
            _("for: %s, or no gender given") % dict(GENDERS)[results.choice.gender].lower()
        )
    order = str(dict(SORTS)[results.sort])
    if not parts:
        return _("Order: %s.") % order.lower()
    narrowed = "; ".join(parts)
    return _("Only: %(what)s. Order: %(order)s.") % {"what": narrowed, "order": order.lower()}
