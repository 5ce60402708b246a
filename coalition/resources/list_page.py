"""A page of the list in words: what was asked, what is shown, what it can be narrowed by."""

from functools import partial

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coalition.accounts.models import User
from directory.public.narrowing import kinds
from directory.public.results_page import understood

from .enums import ResourceKind, SeenBy
from .filters import GROUPS, SORTS
from .finding import Results

LEGENDS = {"kind": _("Kind"), "topic": _("Topic"), "language": _("Language")}
NARROWS = (*GROUPS, "seen")


def url(asked: QueryDict, **changes) -> str:
    """This list with some parameters changed; None takes one away, and what was left empty."""
    query = asked.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query.setlist(name, value if isinstance(value, list) else [str(value)])
    for name, values in list(query.lists()):
        if not any(values):
            del query[name]
    address = reverse("coalition:resource_list")
    return f"{address}?{query.urlencode()}" if query else address


def list_page(results: Results, asked: QueryDict, user: User) -> dict:
    """The context of coalition/resources/list.html."""
    form = results.filter.form
    funding = results.filter.chosen.get("kind") == [ResourceKind.FUNDING]
    return {
        "results": results,
        "errors": {name: " ".join(messages) for name, messages in form.errors.items()},
        "typed": asked.get("q", ""),
        "understood": understood(results.question, asked, url),
        "heading": heading(results),
        "cards": results.cards,
        "groups": groups(results),
        "seen": seen(results) if user.is_authenticated else [],
        "chosen": sum(bool(value) for name in NARROWS for value in asked.getlist(name)),
        "chips": chips(results, asked),
        "clear_url": url(asked, **dict.fromkeys([*NARROWS, "page", "sort"])),
        "all_url": reverse("coalition:resource_list"),
        "sorts": [(code, label, results.sort == code) for code, label in SORTS],
        "funding": funding,
        "funding_url": url(QueryDict(), kind=ResourceKind.FUNDING.value),
        "kinds": [(label, url(QueryDict(), kind=code)) for code, label in ResourceKind.choices],
        "pager": pager(results, asked),
    }


def heading(results: Results) -> str:
    if not results.total:
        count = _("Nothing found")
    else:
        number = number_format(results.total, force_grouping=True)
        count = ngettext("%s resource", "%s resources", results.total) % number
    if words := results.question.text:
        return _("%(count)s for “%(words)s”") % {"count": count, "words": words}
    return str(count)


def groups(results: Results) -> list[dict]:
    """The filters as checkboxes, chosen ones first, each with how many there would be with it."""
    found = []
    for name, legend in LEGENDS.items():
        chosen = set(results.filter.chosen.get(name, ()))
        option = partial(an_option, results, name, chosen)
        if name == "topic":
            options = kinds(lambda _group, *one, option=option: option(*one), {"category": chosen})
        else:
            options = [option(*one) for one in GROUPS[name][1]().items()]
            options.sort(key=lambda one: not one["checked"])
        options = [one for one in options if one["checked"] or not one["dead"]]
        if options:
            found.append({"name": name, "legend": legend, "options": options})
    return found


def an_option(results: Results, name: str, chosen: set[str], code: str, label) -> dict:
    """A choice that changes nothing is `dead`."""
    checked, count = code in chosen, results.counts[name][code]
    dead = not checked and count == (results.total if chosen else 0)
    return {"code": code, "label": label, "checked": checked, "count": count, "dead": dead}


def seen(results: Results) -> list[tuple[str, str, bool]]:
    """For whom they are: of use to those only who see more than everyone does."""
    chosen = results.filter.asked.get("seen") or []
    return [(code, label, code in chosen) for code, label in SeenBy.choices]


def chips(results: Results, asked: QueryDict) -> list[dict]:
    """Each chosen filter with the list that drops only it."""
    found = []
    chosen = results.filter.chosen | {"seen": results.filter.asked.get("seen") or []}
    for name, codes in chosen.items():
        labels = dict(SeenBy.choices) if name == "seen" else GROUPS[name][1]()
        for code in codes:
            rest = [value for value in asked.getlist(name) if value != code]
            address = url(asked, **{name: rest or None}, page=None)
            found.append({"label": labels[code], "url": address})
    return found


def pager(results: Results, asked: QueryDict) -> dict | None:
    if results.pages == 1:
        return None
    page = results.page
    return {
        "page": page,
        "pages": results.pages,
        "previous": url(asked, page=page - 1) if page > 1 else "",
        "next": url(asked, page=page + 1) if page < results.pages else "",
    }
