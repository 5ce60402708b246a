"""Short-hand for parts of a listing: telephones, spots on the map, hours, languages, costs.

People write the sample catalogue by hand (`data/sample/README.md`); each function here reads one
of its short forms and gives what a listing document holds.
"""

import datetime
import math
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

LANGUAGES = {
    "ar": ("Arabic", "Arabe"),
    "ase": ("American Sign Language", "Langue des signes américaine"),
    "cr": ("Cree", "Cri"),
    "crg": ("Michif", "Mitchif"),
    "den": ("Dene", "Déné"),
    "dgr": ("Tłı̨chǫ", "Tłı̨chǫ"),
    "en": ("English", "Anglais"),
    "es": ("Spanish", "Espagnol"),
    "fa": ("Farsi", "Persan"),
    "fcs": ("Quebec Sign Language", "Langue des signes québécoise"),
    "fr": ("French", "Français"),
    "gwi": ("Gwich’in", "Gwich’in"),
    "ht": ("Haitian Creole", "Créole haïtien"),
    "iu": ("Inuktitut", "Inuktitut"),
    "mic": ("Mi’kmaw", "Mi’gmaq"),
    "moe": ("Innu-aimun", "Innu-aimun"),
    "oj": ("Ojibwe (Anishinaabemowin)", "Ojibwé (anishinaabemowin)"),
    "ojs": ("Oji-Cree (Anishininiimowin)", "Oji-cri (anishininiimowin)"),
    "pa": ("Punjabi", "Pendjabi"),
    "so": ("Somali", "Somali"),
    "ti": ("Tigrinya", "Tigrigna"),
    "tl": ("Tagalog", "Tagalog"),
    "uk": ("Ukrainian", "Ukrainien"),
    "zh": ("Mandarin", "Mandarin"),
}
BEARINGS = {name: i * 45 for i, name in enumerate(("N", "NE", "E", "SE", "S", "SW", "W", "NW"))}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Fortnights are counted from a Monday, so that every day's load agrees on which week it is.
FIRST_MONDAY = datetime.date(2024, 1, 1)
EARTH_DEGREE_KM = 111.32
STATES = {"by appointment": "by_appointment", "call first": "call_first", "closed": "closed"}


class BadShorthand(ValueError):
    """A sample file says something this module does not understand; the message names it."""


@dataclass(frozen=True, slots=True)
class Town:
    """A real town. `fsas` are its postal areas, `code` its telephone area code.

    `dry` are the compass directions in which there is land for a few kilometres.
    """

    name: str
    name_fr: str
    province: str
    lat: float
    lon: float
    fsas: tuple[str, ...]
    code: str
    timezone: str
    dry: tuple[str, ...]


def typographic(text: str, *, french: bool) -> str:
    """Text with the apostrophes and the unbreakable spaces its language asks for (OQLF)."""
    text = " ".join(text.split()).replace("'", "’")
    if french:
        text = re.sub(r" (?=[:»%$])|(?<=«) |(?<=\d) (?=h\b|km\b|m\b|ans\b)", "\u00a0", text)
        text = re.sub(r"(?<=\bh) (?=\d\d\b)", "\u00a0", text)
    return text


def say(target: dict, key: str, pair) -> None:
    """Set `key` and `key_fr` from ["English", "Français"]; an empty one stays out."""
    if not (isinstance(pair, list) and len(pair) == 2):
        raise BadShorthand(f"{key} is a pair of English and French, not {pair!r}.")
    for suffix, text, french in (("", pair[0], False), ("_fr", pair[1], True)):
        if text:
            target[f"{key}{suffix}"] = typographic(text, french=french)


def phone(text: str, town: Town) -> dict:
    """ "0142", "text 0143", "cell 0143", "0142 x12", "0142 | at night | la nuit"."""
    number, *notes = [part.strip() for part in text.split("|")]
    found = re.fullmatch(r"(?:(text|cell|fax|textphone) )?(01\d\d)(?: x(\d+))?", number)
    if not found:
        raise BadShorthand(f"Not a fictional telephone number: {text!r}.")
    kind, line, extension = found.groups()
    document = {"number": f"{town.code}-555-{line}", "type": kind or "voice"}
    if extension:
        document["extension"] = int(extension)
    if notes:
        say(document, "description", notes)
    return document


def offset(lat: float, lon: float, km: float, bearing: float) -> tuple[float, float]:
    """The point `km` kilometres away in a direction, in degrees from north."""
    angle = math.radians(bearing)
    north = km * math.cos(angle) / EARTH_DEGREE_KM
    east = km * math.sin(angle) / (EARTH_DEGREE_KM * math.cos(math.radians(lat)))
    return round(lat + north, 5), round(lon + east, 5)


def spot(text: str, town: Town, seed: int) -> tuple[float, float]:
    """ "1.2 NW" of the town's centre; somewhere dry within 1.5 km where nothing is said."""
    if text:
        km, direction = text.split()
        return offset(town.lat, town.lon, float(km), BEARINGS[direction])
    direction = BEARINGS[town.dry[seed % len(town.dry)]]
    return offset(town.lat, town.lon, 0.3 + seed % 121 / 100, direction + seed % 31 - 15)


def hours(text: str, today: datetime.date) -> list[dict]:
    """Schedule lines of one line of short-hand, such as `MO-FR 09:00-12:00 13:00-16:30`.

        24/7                                      always, holidays too
        by appointment MO-FR 09:00-17:00          also `call first`; times may be left out
        fortnightly TU 10:00-14:00                `fortnightly+1` is the other week
        monthly -1FR 13:00-16:00                  last Friday; `monthly 1,15` are dates
        next SA+1 10:00-15:00                     the Saturday after next, once
        day 5 18:00-21:00                         once, five days from today
        closed day 4..11                          also `closed next MO`
        holidays 10:00-14:00                      on public holidays only; `closed holidays`

    After a comma and a space: `closed on holidays`, `holidays too`, a season
    (`05-01..09-30`), `from day 7`, `until day 90`. After a bar, the same in words:
    `… | Last Friday | Le dernier vendredi`. Raises BadShorthand.
    """
    spec, *notes = [part.strip() for part in text.split("|")]
    spec, *flags = spec.split(", ")
    common: dict = {}
    for words, state in STATES.items():
        if spec.startswith(words):
            common["state"], spec = state, spec.removeprefix(words).strip()
    tokens = spec.split()
    times = [token for token in tokens if re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", token)]
    pattern = [token for token in tokens if token not in times]
    match pattern:
        case []:
            common |= {"freq": "WEEKLY", "byday": ",".join(WEEKDAYS)}
        case ["24/7"]:
            common |= {"freq": "WEEKLY", "byday": ",".join(WEEKDAYS), "holidays": "as_usual"}
            times = ["00:00-00:00"]
        case ["fortnightly" | "fortnightly+1" as which, days]:
            first = FIRST_MONDAY + datetime.timedelta(weeks=which.endswith("+1"))
            common |= {"freq": "WEEKLY", "interval": 2, "byday": weekdays(days)}
            common["dtstart"] = first.isoformat()
        case ["monthly", days]:
            key = "byday" if days[-1].isalpha() else "bymonthday"
            common |= {"freq": "MONTHLY", key: days}
        case ["next", day]:
            common["dtstart"] = next_weekday(day, today).isoformat()
        case ["day", span]:
            first, _, last = span.partition("..")
            common["dtstart"] = in_days(first, today)
            if last:
                common["until"] = in_days(last, today)
        case ["holidays"]:
            common["holidays"] = "only"
        case [days]:
            common |= {"freq": "WEEKLY", "byday": weekdays(days)}
        case _:
            raise BadShorthand(f"Not hours: {text!r}.")
    for flag in flags:
        common |= hours_flag(flag, today)
    if notes:
        say(common, "description", notes)
    if not times:
        return [common]
    spans = [time.split("-") for time in times]
    return [{**common, "opens_at": opens, "closes_at": closes} for opens, closes in spans]


def hours_flag(flag: str, today: datetime.date) -> dict:
    if flag in ("closed on holidays", "holidays too"):
        return {"holidays": "closed" if flag.startswith("closed") else "as_usual"}
    if season := re.fullmatch(r"(\d\d-\d\d)\.\.(\d\d-\d\d)", flag):
        return {"season_from": season[1], "season_to": season[2]}
    if limit := re.fullmatch(r"(from|until) day (-?\d+)", flag):
        return {"valid_from" if limit[1] == "from" else "valid_to": in_days(limit[2], today)}
    raise BadShorthand(f"Not something about hours: {flag!r}.")


def weekdays(text: str) -> str:
    """ "MO-FR" as "MO,TU,WE,TH,FR"."""
    found: list[str] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            raise BadShorthand(f"Not days of the week: {text!r}.")
        found += WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last or first) + 1]
    return ",".join(found)


def next_weekday(text: str, today: datetime.date) -> datetime.date:
    """ "SA" is the Saturday after today, "SA+1" the one a week later."""
    day, _, later = text.partition("+")
    ahead = (WEEKDAYS.index(day) - today.weekday() - 1) % 7 + 1
    return today + datetime.timedelta(days=ahead, weeks=int(later or 0))


def in_days(count: str, today: datetime.date) -> str:
    return (today + datetime.timedelta(days=int(count))).isoformat()


def refuse_unknown(entry: dict, known: frozenset[str]) -> None:
    if unknown := entry.keys() - known:
        raise BadShorthand(f"Unknown key: {', '.join(sorted(unknown))}.")


def languages(text: str | list[str]) -> list[dict]:
    """Languages of "en fr oj", or of ["en fr", "oj | on Tuesdays | le mardi"]."""
    found = []
    for item in [text] if isinstance(text, str) else text:
        codes, *notes = [part.strip() for part in item.split("|")]
        for code in codes.split():
            name, name_fr = LANGUAGES[code]
            language = {"code": code, "name": name, "name_fr": name_fr}
            if notes:
                say(language, "note", notes)
            found.append(language)
    return found


def cost(entry: dict) -> dict:
    document: dict = {"currency": "CAD"}
    say(document, "option", entry.get("for", ["", ""]))
    say(document, "amount_description", entry.get("words", ["", ""]))
    if "amount" in entry:
        document["amount"] = entry["amount"]
    return document


def capacity(text: str, town: Town, number: int, today: datetime.date) -> dict:
    """ "2/12 bed", "0/8 bed, 21 days ago", "3/10 place | For women | Pour femmes"."""
    spec, *notes = [part.strip() for part in text.split("|")]
    found = re.fullmatch(r"(\d+)(?:/(\d+))? ([a-z]+)(?:, (\d+) days ago)?", spec)
    if not found:
        raise BadShorthand(f"Not a number of beds or places: {text!r}.")
    available, maximum, unit, days = found.groups()
    counted = today - datetime.timedelta(days=int(days or 1))
    moment = datetime.time(20 - 3 * number, 15)
    document = {
        "unit": {"identifier": unit},
        "available": int(available),
        "updated": datetime.datetime.combine(counted, moment, ZoneInfo(town.timezone))
        .astimezone(datetime.UTC)
        .isoformat(),
    }
    if maximum:
        document["maximum"] = int(maximum)
    if notes:
        say(document, "description", notes)
    return document
