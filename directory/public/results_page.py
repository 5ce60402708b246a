"""A page of results in words: what was asked, what is shown, what else to try."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from directory.places.gazetteer import Status
from directory.search import vocabulary
from directory.search.filters import GENDERS, SORTS
from directory.search.results import ENOUGH, NEAR_KM, Results, busiest_towns
from directory.search.understanding import Question

from . import missed
from .cards import cards, date_free_number
from .crisis_lines import crisis_lines
from .narrowing import NARROWS, chips, groups, says, url

CHOICES = 6
DISTANCES = (5, 10, 25, 50, 100, 250, 500)
FAR = ["phone", "online"]


def results_page(results: Results, asked: QueryDict) -> dict:
    """The context of the results page."""
    form = results.filter.form
    place = results.place
    open_at = results.filter.typed_open
    return {
        "form": form,
        "errors": {name: " ".join(messages) for name, messages in form.errors.items()},
        "typed": {name: asked.get(name, "") for name in ("q", "near", "age", "gender")},
        "q_error": " ".join(form.errors.get("q", [])),
        "near_error": " ".join(form.errors.get("near", [])),
        "results": results,
        "place": place,
        "understood": understood(results.question, asked),
        "place_says": place_says(results, asked),
        "heading": heading(results),
        "says": says(results, asked),
        "cards": cards(results.rows, place=place, now=results.now),
        "remote": cards(results.remote, place=place, now=results.now),
        "remote_url": "" if asked.getlist("delivery") else url(asked, page=None, delivery=FAR),
        "nearest": cards(results.nearest, place=place, now=results.now),
        "wider": wider(results, asked),
        "related": related(results, asked),
        "little": results.total < ENOUGH and not results.capped,
        "missed": missed.form(results),
        "groups": groups(results),
        "genders": GENDERS,
        "filters_chosen": sum(bool(v) for name in NARROWS for v in asked.getlist(name)),
        "chips": chips(results, asked),
        "clear_url": url(asked, **dict.fromkeys([*NARROWS, "within", "page", "sort"])),
        "distances": distances(results),
        "sorts": [
            (code, label, results.sort == code)
            for code, label in SORTS
            if place is not None or code != "distance"
        ],
        "open_now": open_at == "now",
        "open_at": "" if open_at == "now" else open_at,
        "open_url": url(asked, open="now", page=None) if results.total and not open_at else "",
        "map_url": url(asked, map="1") + "#map" if results.total and not asked.get("map") else "",
        "list_url": url(asked, map=None),
        "csv_url": url(asked, format="csv", page=None) if results.total else "",
        "lines": lines(place) if not results.total else (),
        "pager": pager(results, asked),
    }


def understood(question: Question, asked: QueryDict, url: Callable[..., str] = url) -> list[dict]:
    """What was put right, taken for a place or left out, and the way to the words as typed.

    `url` gives the address of this list with some parameters changed.
    """
    exact = url(asked, exact="1", page=None)
    typed = question.typed.strip()
    found = []
    if question.corrections:
        found.append(
            {
                "text": _("Showing %s.") % question.text,
                "link": _("Search %s instead.") % typed,
                "url": exact,
            }
        )
    if question.place is not None:
        found.append(
            {
                "text": _("Looking near %s.") % question.place.label,
                "link": _("Search %s everywhere instead.") % typed,
                "url": exact,
            }
        )
    if question.dropped or question.any_of:
        text = _("Nothing has all of these words.")
        if question.dropped:
            text += " " + _("Left out: %s.") % ", ".join(question.dropped)
        if question.any_of:
            text += " " + _("Showing what has any of: %s.") % ", ".join(
                segment.text for segment in question.segments
            )
        found.append({"text": text, "link": _("Search %s instead.") % typed, "url": exact})
    if asked.get("exact"):
        found.append(
            {
                "text": _("Searched exactly as typed."),
                "link": _("Search with help for spelling and places."),
                "url": url(asked, exact=None, page=None),
            }
        )
    return found


def related(results: Results, asked: QueryDict) -> list[dict]:
    """Needs beside the one that few or none answer here."""
    return [
        {
            "label": vocabulary.label(f"category:{one.code}"),
            "count": one.services,
            "url": url(asked, q=None, exact=None, page=None, category=one.code, near=near(results)),
        }
        for one in results.related
    ]


def near(results: Results) -> str | None:
    return results.place.key if results.place else None


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


def heading(results: Results) -> str:
    """What the list is, in words."""
    words = results.question.text
    if results.capped:
        count = _("%s+ services") % number_format(results.total, force_grouping=True)
    elif results.total == 0:
        count = _("No service")
    else:
        count = ngettext("%s service", "%s services", results.total) % number_format(
            results.total, force_grouping=True
        )
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


def distances(results: Results) -> list[tuple[str, bool]]:
    if results.within is None or results.from_afar:
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
