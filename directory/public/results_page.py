"""A page of results in words: what was asked, what is shown, what else to try."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from directory.places.gazetteer import Status
from directory.search import vocabulary
from directory.search.filters import SORTS
from directory.search.results import NEAR_KM, Results, busiest_towns

from .cards import cards, date_free_number
from .crisis_lines import crisis_lines

# What people ask most stands before "More".
FIRST = {
    "access": ("walk-in", "no-id", "free", "no-referral", "wheelchair", "pets", "no-abstinence"),
    "serves": ("youth", "women", "indigenous-peoples", "2slgbtq", "families-friends", "parents"),
}
CHOICES = 6
DISTANCES = (5, 10, 25, 50, 100, 250, 500)
FAR = ["phone", "online"]
GROUPS = ("access", "category", "serves", "led", "delivery", "language")


def results_page(results: Results, asked: QueryDict) -> dict:
    """The context of the results page."""
    form = results.filter.form
    place = results.place
    return {
        "form": form,
        "errors": {name: " ".join(messages) for name, messages in form.errors.items()},
        "typed": {name: asked.get(name, "") for name in ("q", "near", "open")},
        "q_error": " ".join(form.errors.get("q", [])),
        "near_error": " ".join(form.errors.get("near", [])),
        "results": results,
        "place": place,
        "place_says": place_says(results, asked),
        "heading": heading(results, asked),
        "cards": cards(results.rows, place=place, now=results.now),
        "remote": cards(results.remote, place=place, now=results.now),
        "remote_url": "" if asked.getlist("delivery") else url(asked, page=None, delivery=FAR),
        "nearest": cards(results.nearest, place=place, now=results.now),
        "wider": wider(results, asked),
        "groups": groups(form, asked),
        "filters_chosen": sum(len(asked.getlist(name)) for name in (*GROUPS, "open")),
        "chips": chips(form, asked),
        "clear_url": url(asked, **dict.fromkeys([*GROUPS, "open", "within", "page", "sort"])),
        "distances": distances(results),
        "sorts": [
            (code, label, (form.cleaned_data.get("sort") or "best") == code)
            for code, label in SORTS
            if place is not None or code != "distance"
        ],
        "open_now": asked.get("open") == "now",
        "open_url": url(asked, open="now", page=None)
        if results.total and not asked.get("open")
        else "",
        "lines": lines(place) if not results.total else (),
        "pager": pager(results, asked),
    }


def lines(place) -> tuple:
    """Crisis lines for the province searched; for all of Canada where no place is named."""
    return crisis_lines(get_language(), place.province if place else None)


def near_places(count: int) -> list[dict]:
    """Towns to start from, for a page that does not know where its reader is."""
    return [
        {
            "label": town.label,
            "url": f"{reverse('directory:service_list')}?{urlencode({'near': town.key})}",
            "count": services,
        }
        for town, services in busiest_towns(count)
    ]


def url(asked: QueryDict, **changes) -> str:
    """This search with some parameters changed; None takes one away."""
    query = asked.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query.setlist(name, value if isinstance(value, list) else [str(value)])
    return f"{reverse('directory:service_list')}?{query.urlencode()}"


def heading(results: Results, asked: QueryDict) -> str:
    """What the list is, in words."""
    words = results.filter.form.cleaned_data.get("q", "").strip()
    if not results.filter.text_was_used:
        words = ""
    count = ngettext("%s service", "%s services", results.total) % results.total
    if results.total == 0:
        count = _("No service")
    if results.from_afar:
        return _("%(count)s by phone or online for %(place)s") % {
            "count": count,
            "place": results.place.label,
        }
    if words and results.place:
        return _("%(count)s for “%(words)s” within %(km)s km of %(place)s") % {
            "count": count,
            "words": words,
            "km": date_free_number(results.within),
            "place": results.place.label,
        }
    if results.place:
        return _("%(count)s within %(km)s km of %(place)s") % {
            "count": count,
            "km": date_free_number(results.within),
            "place": results.place.label,
        }
    if words:
        return _("%(count)s for “%(words)s”") % {"count": count, "words": words}
    return count


def place_says(results: Results, asked: QueryDict) -> dict | None:
    """What to tell about the place that was typed: unknown, several, or rough."""
    found = results.found
    if found is None:
        return None

    def links(places) -> list[dict]:
        return [
            {"label": place.label, "url": url(asked, near=place.key, page=None)} for place in places
        ]

    if results.place is None:
        text = str(found.problem.label)
        if found.status == Status.UNKNOWN and found.others:
            hint = _("Did you mean one of these?")
            text = f"{text} {hint}"
        return {
            "text": text,
            "choices": links(found.others),
            "more": [],
            "problem": True,
        }
    if results.place.rough_km > NEAR_KM:
        text = _(
            "This postal area is large, so distances are rough: they can be %s km off. Naming "
            "your town works better."
        ) % round(results.place.rough_km)
        communities = links(found.within or found.others)
        return {
            "text": text,
            "choices": communities[:CHOICES],
            "more": communities[CHOICES:],
            "problem": False,
        }
    if found.others:
        text = _("This is %s. Or did you mean another?") % results.place.label
        return {"text": text, "choices": links(found.others), "more": [], "problem": False}
    return None


def wider(results: Results, asked: QueryDict) -> dict | None:
    if results.wider is None:
        return None
    kilometres, count = results.wider
    return {
        "url": url(asked, within=kilometres, page=None),
        "text": ngettext(
            "%(count)s service within %(km)s km", "%(count)s services within %(km)s km", count
        )
        % {"count": count, "km": kilometres},
    }


def groups(form, asked: QueryDict) -> list[dict]:
    """The filters as checkboxes; a category opens its kinds once it is chosen."""
    chosen = {name: set(asked.getlist(name)) for name in GROUPS}

    def option(name: str, code: str, label) -> dict:
        return {"code": code, "label": label, "checked": code in chosen[name]}

    found = []
    for name, legend in (("access", _("Access")), ("serves", _("For"))):
        options = [option(name, code, label) for code, label in vocabulary.choices(name)]
        first = [o for o in options if o["code"] in FIRST[name] or o["checked"]]
        more = [o for o in options if o not in first]
        found.append({"name": name, "legend": legend, "options": first, "more": more})
    kinds = []
    for top in vocabulary.terms("category"):
        kinds.append(option("category", top.code, top.label))
        if {top.code, *(child.code for child in top.children)} & chosen["category"]:
            kinds += [
                {**option("category", child.code, child.label), "child": True}
                for child in top.children
            ]
    found.insert(1, {"name": "category", "legend": _("Kind"), "options": kinds, "more": []})
    for name, legend, choices in (
        ("led", _("Led by"), vocabulary.LED),
        ("delivery", _("How"), vocabulary.DELIVERY),
    ):
        options = [option(name, code, label) for code, label in choices]
        found.append({"name": name, "legend": legend, "options": options, "more": []})
    languages = [option("language", code, label) for code, label in vocabulary.LANGUAGES]
    found.append(
        {
            "name": "language",
            "legend": _("Language"),
            "options": [o for i, o in enumerate(languages) if i < 2 or o["checked"]],
            "more": [o for i, o in enumerate(languages) if i >= 2 and not o["checked"]],
        }
    )
    return found


def chips(form, asked: QueryDict) -> list[dict]:
    """Each chosen filter with the search that drops only it."""
    found = []
    if moment := form.cleaned_data.get("open"):
        label = (
            _("Open now")
            if asked["open"] == "now"
            else _("Open %s") % date_format(moment, "SHORT_DATETIME_FORMAT")
        )
        found.append({"label": label, "url": url(asked, open=None, page=None)})
    for name in GROUPS:
        labels = dict(form.fields[name].choices)
        values = asked.getlist(name)
        for code in dict.fromkeys(values):
            if code in labels:
                rest = [value for value in values if value != code]
                found.append(
                    {"label": labels[code], "url": url(asked, **{name: rest or None}, page=None)}
                )
    return found


def distances(results: Results) -> list[tuple[str, bool]]:
    if results.within is None:
        return []
    current = results.within
    return [
        (date_free_number(km), km == current) for km in sorted({*map(float, DISTANCES), current})
    ]


def pager(results: Results, asked: QueryDict) -> dict | None:
    if results.pages == 1:
        return None
    return {
        "page": results.page,
        "pages": results.pages,
        "previous": url(asked, page=results.page - 1) if results.page > 1 else "",
        "next": url(asked, page=results.page + 1) if results.page < results.pages else "",
    }
