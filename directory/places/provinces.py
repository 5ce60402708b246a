"""The thirteen provinces and territories: names in both languages, postal letters, how typed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from directory.places.folding import fold


@dataclass(frozen=True, slots=True)
class Province:
    """A province or territory.

    `letters`: first letters of its postal codes (Canada Post). `also`: other ways people write
    it, from Canada Post's abbreviations, the older ones, and French usage.
    """

    code: str
    name: str
    name_fr: str
    letters: str
    also: tuple[str, ...] = ()


PROVINCES: dict[str, Province] = {
    province.code: province
    for province in (
        Province("AB", "Alberta", "Alberta", "T", ("Alta", "Alb")),
        Province("BC", "British Columbia", "Colombie-Britannique", "V", ("C.-B.", "B.C.")),
        Province("MB", "Manitoba", "Manitoba", "R", ("Man",)),
        Province("NB", "New Brunswick", "Nouveau-Brunswick", "E", ("N.-B.", "N.B.")),
        Province(
            "NL",
            "Newfoundland and Labrador",
            "Terre-Neuve-et-Labrador",
            "A",
            ("NF", "NFLD", "LB", "Labrador", "Newfoundland", "Terre-Neuve", "T.-N.-L.", "N.L."),
        ),
        Province("NS", "Nova Scotia", "Nouvelle-Écosse", "B", ("N.-É.", "N.S.")),
        Province(
            "NT",
            "Northwest Territories",
            "Territoires du Nord-Ouest",
            "X",
            ("NWT", "N.W.T.", "T.N.-O.", "Northwest Territory"),
        ),
        Province("NU", "Nunavut", "Nunavut", "X", ("Nvt", "Nun")),
        Province("ON", "Ontario", "Ontario", "KLMNP", ("Ont",)),
        Province(
            "PE",
            "Prince Edward Island",
            "Île-du-Prince-Édouard",
            "C",
            ("PEI", "P.E.I.", "Î.-P.-É."),
        ),
        Province("QC", "Quebec", "Québec", "GHJ", ("PQ", "P.Q.", "Que")),
        Province("SK", "Saskatchewan", "Saskatchewan", "S", ("Sask",)),
        Province(
            "YT", "Yukon", "Yukon", "Y", ("YK", "Yukon Territory", "Yn", "Territoire du Yukon")
        ),
    )
}


def province_name(code: str, language: str) -> str:
    """ "Quebec" or "Québec" for "QC", by language code ("en", "fr-ca"); empty if no such code."""
    if province := PROVINCES.get(code):
        return province.name_fr if language.startswith("fr") else province.name
    return ""


@lru_cache(maxsize=1)
def _typed() -> dict[str, str]:
    return {
        fold(spelling): province.code
        for province in PROVINCES.values()
        for spelling in (province.code, province.name, province.name_fr, *province.also)
    }


def province_code(text: str) -> str:
    """The code for a province as people write it ("ont.", "Colombie-Britannique"), or ""."""
    return _typed().get(fold(text), "")
