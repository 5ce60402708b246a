"""From what people type to a place: a town, a postal code or a position."""

from __future__ import annotations

import enum
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.places.atlas import (
    atlas,
    clear_winner,
    communities,
    nearest_town,
    postal_areas,
    rural_codes,
)
from directory.places.folding import fold
from directory.places.place import Place
from directory.places.provinces import province_code
from directory.places.spelling import suggest
from directory.places.sphere import great_circle_km, in_canada

LONGEST = 200
MOST_CHOICES = 8
MOST_SUGGESTIONS = 5
# A rural postal code names a community; its farms and cabins lie around it.
AROUND_A_COMMUNITY_KM = 5
# "Parkdale, Toronto": the first name is taken where it lies in or beside the second.
BESIDE_KM = 60


class Status(enum.StrEnum):
    ONE = "one"
    SEVERAL = "several"
    UNKNOWN = "unknown"
    BAD = "bad"


class Problem(models.TextChoices):
    """Why there is no one place, in words for the person who typed."""

    EMPTY = "empty", _("Name a town or a postal code.")
    TOO_LONG = "too_long", _("That is too long for a place. Name a town or a postal code.")
    UNREADABLE = "unreadable", _("That can't be read as a place. Name a town or a postal code.")
    NOT_A_POSITION = (
        "not_a_position",
        _("That isn't a position. Latitude goes from -90 to 90, longitude from -180 to 180."),
    )
    OUTSIDE_CANADA = "outside_canada", _("That position is outside Canada.")
    WHOLE_PROVINCE = (
        "whole_province",
        _("That is a whole province or territory. Name a town or a postal code in it."),
    )
    AMBIGUOUS = "ambiguous", _("Several places have that name. Which one do you mean?")
    UNKNOWN_TOWN = "unknown_town", _("We don't know a place by that name.")
    UNKNOWN_POSTAL = "unknown_postal", _("We don't know that postal code.")


@dataclass(frozen=True, slots=True)
class Found:
    """What a text names.

    `status` ONE: `place` is it, `others` its namesakes, for "did you mean"; `within` the
    communities of a rural postal area, for people to name theirs. SEVERAL: `others` are the
    choices. UNKNOWN: `others` are spellings that come close, perhaps none. BAD: not a place at
    all. Except for ONE, `problem` says why; its label is the message.
    """

    status: Status
    place: Place | None = None
    others: tuple[Place, ...] = ()
    within: tuple[Place, ...] = ()
    problem: Problem | None = None


def find(text: str) -> Found:
    """The place a person means by a town, a postal code or a position. Never raises.

    A town in any case, with or without accents and province ("montreal", "St Johns NL", "Québec
    (Québec)"); a name that several towns share means the largest if it is ten times the next
    (`clear_winner`), else the person is asked. A postal code in any spelling, of which only the
    first half is kept in towns, and the whole one where it names a rural community. A position as
    "lat,lon" in decimal degrees, kept to two decimals (about a kilometre).
    `find(place.key).place == place` for every place.
    """
    text = text or ""
    if len(text) > LONGEST:
        return _bad(Problem.TOO_LONG)
    # One form for full-width digits and the like; marks of writing direction say nothing.
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf").strip()
    if not text:
        return _bad(Problem.EMPTY)
    if any(unicodedata.category(c) in {"Cc", "Cs", "Cn"} and not c.isspace() for c in text):
        return _bad(Problem.UNREADABLE)
    return _find_position(text) or _find_postal(text) or _find_town(text)


def _bad(problem: Problem) -> Found:
    return Found(Status.BAD, problem=problem)


# Positions

MINUS = str.maketrans(dict.fromkeys("−‐‑‒–—﹣－", "-") | {"°": " ", "º": " "})
NUMBER = r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|nan|inf(?:inity)?)"
POSITION = re.compile(
    rf"({NUMBER})\s*([NS])?\s*(?:[,;]|\s)\s*({NUMBER})\s*([EWO])?", re.IGNORECASE | re.ASCII
)
# As French writes decimals: "48,38; -89,25".
WITH_COMMAS = re.compile(r"([+-]?\d+),(\d+)\s*[,;\s]\s*([+-]?\d+),(\d+)", re.ASCII)


def _find_position(text: str) -> Found | None:
    text = text.translate(MINUS).strip()
    if match := WITH_COMMAS.fullmatch(text):
        text = "{}.{} {}.{}".format(*match.groups())
    match = POSITION.fullmatch(text)
    if not match:
        return None
    lat, south, lon, west = match.groups()
    lat, lon = float(lat), float(lon)
    if south and south in "sS":
        lat = -abs(lat)
    if west and west in "wWoO":
        lon = -abs(lon)
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        return _bad(Problem.NOT_A_POSITION)
    lat, lon = round(lat, 2), round(lon, 2)
    if not in_canada(lat, lon):
        return _bad(Problem.OUTSIDE_CANADA)
    return Found(Status.ONE, point(lat, lon))


def point(lat: float, lon: float) -> Place:
    """A position in Canada as a place, kept to two decimals, with its province and time zone."""
    lat, lon = round(lat, 2), round(lon, 2)
    town = nearest_town(lat, lon)
    name = f"{lat:.2f},{lon:.2f}"
    return Place(
        "point", name, name, town.province, lat, lon,
        timezone=town.timezone, near=town.name, near_fr=town.name_fr,
    )  # fmt: skip


# Postal codes

CODE = re.compile(r"[A-Z]\d[A-Z](?:\d(?:[A-Z]\d?)?)?")
MEANT_AS_CODE = re.compile(r"[A-Z]\d[A-Z]")
# Digits that letters are taken for; no postal code has O or I, and L is none in a digit's place.
DIGITS = str.maketrans("OIL", "011")
WITH_TOWN = re.compile(r"(.*?)[\s,(]+([A-Z]\d[A-Z])[ -]?(\d[A-Z]\d)?[)\s]*(?:,?\s*canada)?", re.I)


def _find_postal(text: str) -> Found | None:
    compact = re.sub(r"[\s.\-–]", "", text).upper()
    if 3 <= len(compact) <= 6 and compact.isascii() and compact.isalnum():
        if CODE.fullmatch(compact):
            return _postal(compact)
        # As typed it's no postal code; with O for 0 put right it may be, if no town is called so.
        mended = "".join(c.translate(DIGITS) if i % 2 else c for i, c in enumerate(compact))
        if CODE.fullmatch(mended) and mended[:3] in postal_areas() and not atlas().called(text):
            return _postal(mended)
        if MEANT_AS_CODE.match(compact):
            near = postal_areas().get(compact[:3])
            others = (near,) if near else ()
            return Found(Status.UNKNOWN, others=others, problem=Problem.UNKNOWN_POSTAL)
    if match := WITH_TOWN.fullmatch(text):
        return _postal_and_town(match[1], (match[2] + (match[3] or "")).upper())
    return None


def _postal(compact: str) -> Found:
    """The place of a well-formed code without its space: "P7B", "P7B5E1" or between."""
    code, area = f"{compact[:3]} {compact[3:]}", postal_areas().get(compact[:3])
    if area is None:
        alike = [place for key, place in postal_areas().items() if key[:2] == compact[:2]]
        return Found(
            Status.UNKNOWN,
            others=tuple(alike[:MOST_SUGGESTIONS]),
            problem=Problem.UNKNOWN_POSTAL,
        )
    community = rural_codes().get(code)
    if community is None:
        return Found(Status.ONE, area, within=communities().get(area.name, ()))
    return Found(
        Status.ONE,
        Place(
            "postal", code, code, community.province, community.lat, community.lon,
            timezone=community.timezone,
            rough_km=max(community.rough_km, AROUND_A_COMMUNITY_KM),
            near=community.name, near_fr=community.name_fr,
        ),
    )  # fmt: skip


def _postal_and_town(rest: str, compact: str) -> Found | None:
    """ "Sioux Lookout, ON P8T 1A1": the code where it is the finer of the two, else the town."""
    postal, town = _postal(compact), _find_town(rest)
    if town.status is not Status.ONE:
        return postal if postal.status is Status.ONE else None
    if postal.status is not Status.ONE or postal.place.province != town.place.province:
        return town
    return town if postal.within else postal


# Towns

BEFORE_A_NAME = re.compile(
    r"(?:the )?(?:city|town|village|township|municipality) of |"
    r"(?:la )?(?:ville|municipalite|village) (?:de |d )|near |pres de "
)
# "Sandy Lake 88" on an address or a map is the reserve of Sandy Lake.
AFTER_A_NAME = re.compile(
    r"(?: (?:cree|ojibway|first) nation| fn| indian reserve| reserve)?(?: \d+\w?)?$"
)


def _find_town(text: str) -> Found:
    parts = [part for part in map(fold, re.split(r"[,;()\n]", text)) if part]
    if len(parts) > 1 and parts[-1] == "canada":
        parts.pop()
    if not parts:
        return _bad(Problem.UNREADABLE)
    towns, province = _towns(parts)
    if not towns:
        if len(parts) == 1 and province_code(parts[0]):
            return Found(Status.UNKNOWN, problem=Problem.WHOLE_PROVINCE)
        return _suggestions(parts, province)
    if len(towns) == 1 or clear_winner(towns):
        return Found(Status.ONE, towns[0], others=tuple(towns[1 : MOST_CHOICES + 1]))
    return Found(Status.SEVERAL, others=tuple(towns[:MOST_CHOICES]), problem=Problem.AMBIGUOUS)


def _towns(parts: list[str]) -> tuple[list[Place], str]:
    """Towns that some names mean, likeliest first, and the province they name."""
    province = ""
    for names, region in _readings(parts):
        province = province or region
        if towns := _called(names, region):
            return towns, province
    return [], province


def place_called(text: str) -> Place | None:
    """The one town or postal area that words in the midst of others name, spelt exactly; or None.

    For finding the place in "naloxone thunder bay": nothing is guessed, and a name that several
    towns share is none unless one of them is what people mean by it.
    """
    compact = re.sub(r"[\s.\-–]", "", text).upper()
    if CODE.fullmatch(compact):
        return _postal(compact).place
    if not (name := fold(text)):
        return None
    towns, _province = _towns([name])
    return towns[0] if towns and (len(towns) == 1 or clear_winner(towns)) else None


def _readings(parts: list[str]) -> Iterator[tuple[list[str], str]]:
    """Ways to take some words as names and a province code, likeliest first."""
    if len(parts) > 1 and (region := province_code(parts[-1])):
        yield parts[:-1], region
    else:
        yield parts, ""
        words = parts[-1].split()
        if words[-1] == "canada":
            words.pop()
        for length in range(min(4, len(words) - 1), 0, -1):
            if region := province_code(" ".join(words[-length:])):
                yield [*parts[:-1], " ".join(words[:-length])], region
        if len(words) < len(parts[-1].split()) and words:
            yield [*parts[:-1], " ".join(words)], ""


def _called(names: list[str], province: str) -> list[Place]:
    """Towns that some names, finest first, mean together: the finest one that is there."""
    whole = " ".join(names)
    if towns := atlas().called(whole, province):
        return towns
    if len(names) == 1:
        name = AFTER_A_NAME.sub("", BEFORE_A_NAME.sub("", whole, count=1))
        return atlas().called(name, province)
    last = _called(names[-1:], province)
    if not last:
        return []
    for name in names[:-1]:
        towns = [
            town
            for town in atlas().called(name, province)
            if great_circle_km(town.lat, town.lon, last[0].lat, last[0].lon) < BESIDE_KM
        ]
        if towns:
            return towns
    return last


def _suggestions(parts: list[str], province: str) -> Found:
    names = parts[:-1] if len(parts) > 1 and province_code(parts[-1]) else parts
    name = " ".join(names)
    if province and len(names) == len(parts):
        # The province was the end of the last part: "tunder bay on".
        words = parts[-1].split()
        for length in range(min(4, len(words) - 1), 0, -1):
            if province_code(" ".join(words[-length:])) == province:
                name = " ".join([*names[:-1], " ".join(words[:-length])])
                break
    others = [*atlas().called(name)[:MOST_SUGGESTIONS], *suggest(name, province)]
    return Found(
        Status.UNKNOWN,
        others=tuple(dict.fromkeys(others))[:MOST_SUGGESTIONS],
        problem=Problem.UNKNOWN_TOWN,
    )
