"""The map beside a list of results: what it draws, what it says, and the links that move it.

What may be shown of a service follows its row (`Reach`), and a confidential address is on no map,
not even as the area its listing names.
"""

from django.http import QueryDict
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from directory.maps.drawing import Drawing, draw
from directory.maps.frame import BadFrame, Frame
from directory.maps.pins import Entry
from directory.models.enums import Visibility
from directory.places.gazetteer import Place
from directory.search.asking import ShownRow
from directory.search.models import Reach

from .cards import date_free_number, kilometres_of, kilometres_text, place_text
from .cards import text as in_language
from .narrowing import url

FIT = "1"
# Natural Earth's shores are drawn for 1 : 10,000,000; closer than this a door may seem to swim.
ROUGH_SHORE_KM = 50


def results_map(
    rows: list[ShownRow],
    *,
    place: Place | None,
    within: float | None,
    asked: QueryDict,
    text: str,
    first: int = 1,
) -> dict:
    """The context of `components/results_map.html`.

    `rows`: the list as it is shown, whose first is number `first` (`Results.first`). `place` and
    `within` (km) are what was searched around, if anything. `text`: the `map` parameter,
    "lat,lon,width in km", or "1" to fit the list. `numbers` of the answer is what each card is to
    bear, as `id="service-<number>"`: a number for each service_id.
    """
    numbered = list(enumerate(rows, first))
    shown = {number: row for number, row in numbered if on_maps(row)}
    entries = [
        Entry(number, row.latitude, row.longitude, area=row.reach == Reach.AREA)
        for number, row in shown.items()
    ]
    points = [(entry.lat, entry.lon) for entry in entries]
    fitted = Frame.fitting(points, place)
    frame, error = fitted, ""
    if text not in ("", FIT):
        try:
            frame = Frame.parse(text)
        except BadFrame:
            error = _("The part of the map asked for makes no sense; this one shows the list.")
    french = get_language() == "fr"
    drawing = draw(frame, entries, place=place, within=within, french=french)
    links = {
        pin.number: link(pin.number, shown[pin.number], place, french) for pin in drawing.marks.pins
    }
    return {
        "drawing": drawing,
        "pins": [{"mark": pin, **links[pin.number]} for pin in drawing.marks.pins],
        "scale_text": metres(drawing.scale.metres),
        "moves": moves(frame, fitted, points, asked),
        "says": says(numbered, drawing.marks.outside),
        "key": key(drawing, place, within),
        "rough_shore": frame.width <= ROUGH_SHORE_KM and bool(drawing.ground.shore),
        "error": error,
        "numbers": {row.service_id: number for number, row in numbered},
    }


def on_maps(row: ShownRow) -> bool:
    """Whether a row may be drawn at all."""
    return row.latitude is not None and row.card.get("visibility") != Visibility.CONFIDENTIAL


def link(number: int, row: ShownRow, place: Place | None, french: bool) -> dict:
    """What a number says when it is read out or pointed at: "3. Name, 2.4 km"."""
    name, lang = in_language(row.card, "name", french)
    area = place_text(row) if row.reach == Reach.AREA else ""
    kilometres = kilometres_text(row, kilometres_of(row), place)
    return {"name": ", ".join(filter(None, [f"{number}. {name}", area, kilometres])), "lang": lang}


def metres(length: int) -> str:
    if length < 1000:
        return _("%s m") % length
    return _("%s km") % date_free_number(length // 1000)


def moves(
    frame: Frame, fitted: Frame, points: list[tuple[float, float]], asked: QueryDict
) -> list[dict]:
    """The links that move the map, in the order they stand; without `url` where there is no more.

    Each keeps every other parameter of the search.
    """
    choices = (
        ("west", pgettext("move the map", "West"), frame.moved(-1, 0)),
        ("north", pgettext("move the map", "North"), frame.moved(0, -1)),
        ("south", pgettext("move the map", "South"), frame.moved(0, 1)),
        ("east", pgettext("move the map", "East"), frame.moved(1, 0)),
        ("in", _("Closer"), frame.closer(points)),
        ("out", _("Wider"), frame.wider()),
    )
    found = [
        {"icon": icon, "name": name, "url": f"{url(asked, map=to.text)}#map" if to else ""}
        for icon, name, to in choices
    ]
    whole = "" if frame == fitted else f"{url(asked, map=FIT)}#map"
    return [*found, {"icon": "fit", "name": _("The whole list"), "url": whole}]


def says(numbered: list[tuple[int, ShownRow]], outside: list[int]) -> list[str]:
    """What of the list is on the map, and what is not and why."""
    confidential, nowhere = [], []
    for number, row in numbered:
        if row.card.get("visibility") == Visibility.CONFIDENTIAL:
            confidential.append(number)
        elif row.latitude is None:
            nowhere.append(number)
    total = len(numbered)
    if not total:
        return []
    there = total - len(confidential) - len(nowhere) - len(outside)
    if there == total:
        count = ngettext(
            "The %s service listed here is on the map.",
            "All %s services listed here are on the map.",
            total,
        )
        return [count % total]
    count = ngettext(
        "Of the %(total)s service listed here, the map shows %(there)s.",
        "Of the %(total)s services listed here, the map shows %(there)s.",
        total,
    )
    said = [count % {"there": there, "total": total}]
    for numbers, why in (
        (outside, _("Beyond its edges: %s.")),
        (confidential, _("Private address, on no map: %s.")),
        (nowhere, _("No place of its own (by phone, online, or it comes to you): %s.")),
    ):
        if numbers:
            said.append(why % ", ".join(map(str, numbers)))
    return said


def key(drawing: Drawing, place: Place | None, within: float | None) -> list[tuple[str, str]]:
    """What the signs mean, for those that are drawn: (sign, words)."""
    found = []
    if drawing.here:
        found.append(("here", _("Where you searched: %s") % place.label))
    if drawing.rough:
        found.append(("rough", _("Where you searched, roughly: %s") % place.label))
    if drawing.ring:
        found.append(("ring", _("%s km around it") % date_free_number(within)))
    if drawing.marks.areas:
        found.append(("area", _("Somewhere in this area")))
    if drawing.dots:
        found.append(("dot", _("The exact place of a number beside it")))
    return found
