"""Names as people write them, from a table without accents and with odd capitals."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict

from directory.places.extraction.sources import DATA, Town

NOT_A_COMMUNITY = re.compile(
    r"County|Reserved|Squaw |^Dsl |'S Village|^Em-1|No\. \d|^.{30,}$|^Yarmouth 33"
)
# Newfoundland tells its namesakes apart by the bay they lie on.
BAYS = {
    "Bb": "Bonavista Bay", "Bdv": "Bay de Verde", "Blp": "Burgeo-La Poile", "Boi": "Bay of Islands",
    "Cb": "Conception Bay", "Fb": "Fortune Bay", "Gb": "Green Bay", "Lab": "Labrador",
    "Ndb": "Notre Dame Bay", "Pb": "Placentia Bay", "Smb": "St. Mary's Bay",
    "Tb": "Trinity Bay", "Wb": "White Bay",
}  # fmt: skip
COUNTIES = {"Northumb": "Northumberland", "Westmor": "Westmorland"}
PARTICLES = re.compile(
    r"(?<=[ -])(A|À|And|Au|Aux|De|Des|Du|En|Et|La|Le|Les|Lès|Of|On|Sous|Sur|The|Par|By|In)(?=[ -])"
)


def accents(towns: list[Town], areas: dict[str, tuple[float, float, str]]) -> dict[str, str]:
    """Words of Quebec and New Brunswick names by their bare spelling: francois -> François.

    The postal table writes no accents; a word gets one back where other names nearly always
    have it.
    """
    seen: dict[str, Counter] = defaultdict(Counter)
    names = [t.name for t in towns if t.province in {"QC", "NB"}]
    names += [city for fsa, (_, _, city) in areas.items() if fsa[0] in "GHJE"]
    for name in names:
        for word in re.findall(r"[^\W\d_]+", name):
            seen[bare(word)][word.capitalize()] += 1
    found = {}
    for plain, forms in seen.items():
        form, times = forms.most_common(1)[0]
        if bare(form) != form.lower() and times >= 0.7 * forms.total():
            found[plain] = form
    by_hand = (DATA / "accents_by_hand.txt").read_text("utf-8").split()
    return found | {bare(word): word for word in by_hand}


def bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower().replace("œ", "oe"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def community_name(raw: str, province: str, accented: dict[str, str]) -> tuple[str, str]:
    """A postal table's name as people write it, and the bay that tells it apart, if any."""
    name, near = re.sub(r" \d+[A-Z]?$", "", raw), ""
    if province == "NL" and (bay := BAYS.get(name.rpartition(" ")[2])):
        name, near = name.rpartition(" ")[0], bay
    if county := re.fullmatch(r"(.+) (\w+) Co", name):
        name, near = county[1], f"{COUNTIES.get(county[2], county[2])} County"
    french = province in {"QC", "NB"}
    for short, full, dotted in (("St", "Saint", "St."), ("Ste", "Sainte", "Ste.")):
        if french and ("-" in name or province == "QC"):
            name = re.sub(rf"\b{short}[ -]", f"{full}-", name)
        else:
            name = re.sub(rf"\b{short} ", f"{dotted} ", name)
    if french:
        name = re.sub(
            r"[^\W\d_]+", lambda m: accented.get(bare(m[0]), m[0]) if len(m[0]) > 2 else m[0], name
        )
        name = re.sub(r"(?<=-)A(?=-)", "À", name)
    name = PARTICLES.sub(lambda m: m[0].lower(), name)
    name = re.sub(r"(?<=[ -])([DL])'(?=\w)", lambda m: m[0].lower(), name)
    name = re.sub(r"'S\b", "'s", name)
    name = re.sub(r"\bFn$", "First Nation", name)
    name = re.sub(r"\bMc([a-z])", lambda m: f"Mc{m[1].upper()}", name)
    return name, near
