"""What no single row tells: who stands behind several, which say the same, what sets them apart.

The file is read once for this before any row is decided. Rows are remembered by short digests,
so that memory does not grow with their text.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from . import addresses, names
from .drafts import Draft, LeftOut, Refused, draft, kind_of
from .profiles import Profile
from .rows import Row, Table


def digest(*parts: object) -> int:
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=12).digest(), "big")


@dataclass
class Operator:
    """An organization as all its rows spell it: the commonest spelling stands for all."""

    names: Counter = field(default_factory=Counter)
    names_fr: Counter = field(default_factory=Counter)
    alternate_names: Counter = field(default_factory=Counter)
    alternate_names_fr: Counter = field(default_factory=Counter)


def commonest(counts: Counter) -> str:
    """The value most rows have; the shortest, then the first by letter, where several do."""
    return min(counts, key=lambda text: (-counts[text], len(text), text), default="")


@dataclass(frozen=True)
class Site:
    """A branch of an organization that the source files under a longer name."""

    operator: str
    name: str


@dataclass
class Survey:
    """The file as a whole.

    `rows` counts them; `operators` are by `names.key`, `sites` by kind and identifier. The rest
    is by digest: `seen` the identifiers of rows, `listed_under` their operators' keys.
    """

    rows: int = 0
    operators: dict[str, Operator] = field(default_factory=lambda: defaultdict(Operator))
    sites: dict[tuple[str, str], Site] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    listed_under: dict[int, str] = field(default_factory=dict)
    contents: dict[int, tuple[int, int]] = field(default_factory=dict)
    ambiguous: dict[int, list[int]] = field(default_factory=dict)
    chosen: dict[int, tuple] = field(default_factory=dict)
    nearby: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    towns: dict[int, set] = field(default_factory=lambda: defaultdict(set))
    streets: dict[int, set] = field(default_factory=lambda: defaultdict(set))
    units: dict[int, set] = field(default_factory=lambda: defaultdict(set))

    def operator_name(self, found: Draft) -> str:
        site = self.sites.get((found.kind.code, found.identifier))
        return site.operator if site else found.operator or found.operator_fr

    def operator_key(self, found: Draft) -> str:
        return names.key(self.operator_name(found))

    def site_name(self, found: Draft) -> str:
        site = self.sites.get((found.kind.code, found.identifier))
        return site.name if site else ""

    def add(self, found: Draft, known: set[int]) -> None:
        """Take note of a row. `known` are the digests of identifiers already imported."""
        key = self.operator_key(found)
        operator = self.operators[key]
        site = self.sites.get((found.kind.code, found.identifier))
        operator.names[site.operator if site else found.operator] += 1
        if found.operator_fr and not site:
            operator.names_fr[found.operator_fr] += 1
        if site and names.reads_as_french(site.operator):
            operator.names_fr[site.operator] += 1
        if found.alternate_name:
            operator.alternate_names[found.alternate_name] += 1
        if found.alternate_name_fr:
            operator.alternate_names_fr[found.alternate_name_fr] += 1
        own = digest(found.source_id)
        self.listed_under[own] = key
        content = content_digest(found)
        row, before = self.contents.setdefault(own, (found.row, content))
        if before != content:
            self.ambiguous.setdefault(own, [row]).append(found.row)
        same = self.sameness(found)
        # One row stands for all that say the same: one imported before, else one that people go
        # to rather than an office, else the first by identifier, in whatever order they come.
        rank = (own not in known, found.address_note is not None, found.source_id, found.row)
        self.chosen[same] = min(self.chosen.get(same, rank), rank)
        for place in self.places(found):
            self.nearby[place].append(found.row)
        offer, town, street, unit = self.parts(found)
        self.towns[offer].add(town)
        self.streets[digest(offer, town)].add(street)
        self.units[digest(offer, town, street)].add(unit)

    def parts(self, found: Draft) -> tuple[int, int, int, int]:
        return (
            digest(
                self.operator_key(found), self.site_name(found), found.kind.code, found.service.en
            ),
            digest(names.key(found.town)),
            digest(addresses.street_key(found.street.street)),
            digest(names.key(found.street.unit)),
        )

    def sameness(self, found: Draft) -> int:
        """Equal for rows of which people would read the same."""
        return digest(self.parts(found), found.name, found.postal_code, found.terms)

    def places(self, found: Draft) -> list[int]:
        """Where an operator is, by address and by position to about 10 m."""
        key = self.operator_key(found)
        by_address = addresses.street_key(found.street.street), names.key(found.town)
        places = [digest(key, by_address)]
        if found.point:
            places.append(digest(key, [round(degrees, 4) for degrees in found.point]))
        return places

    def repeats(self, found: Draft) -> int:
        """The row that stands for this one; 0 if it stands for itself."""
        row = self.chosen[self.sameness(found)][-1]
        return 0 if row == found.row else row

    def ambiguous_rows(self, found: Draft) -> list[int]:
        """Rows with this one's identifier and other values, this one included."""
        return self.ambiguous.get(digest(found.source_id), [])

    def neighbours(self, found: Draft) -> list[int]:
        """Other rows of the same operator at the same place."""
        rows = {row for place in self.places(found) for row in self.nearby[place]}
        return sorted(rows - {found.row})

    def apart(self, found: Draft) -> str:
        """What sets it apart from its operator's other places that offer the same, if any."""
        if site := self.site_name(found):
            return site
        offer, town, street, _unit = self.parts(found)
        telling = []
        if len(self.units[digest(offer, town, street)]) > 1 and found.street.unit:
            telling.append(found.street.unit)
        if len(self.streets[digest(offer, town)]) > 1:
            telling.append(found.street.street)
        if len(self.towns[offer]) > 1:
            telling.append(found.town)
        return ", ".join(telling)

    def operator(self, found: Draft) -> dict[str, str]:
        """Name, French name and other names of who runs it, as the whole file spells them."""
        operator = self.operators[self.operator_key(found)]
        spelled = {
            "name": commonest(operator.names),
            "name_fr": commonest(operator.names_fr),
            "alternate_name": commonest(operator.alternate_names),
            "alternate_name_fr": commonest(operator.alternate_names_fr),
        }
        return {key: text for key, text in spelled.items() if text}


def content_digest(found: Draft) -> int:
    values = {k: v for k, v in vars(found).items() if k not in ("row", "kind", "notes")}
    return digest(sorted(values.items(), key=lambda item: item[0]))


def survey(table: Table, profile: Profile, turned_on: frozenset[str], known: set[int]) -> Survey:
    """Read the whole file once, or twice where a kind files branches under longer names."""
    result = Survey()
    if any(kind.has_sites for kind in profile.kinds.values()):
        result.sites = find_sites(table, profile, turned_on)
    for row in table.rows():
        result.rows += 1
        remember_identifier(row, profile, result)
        for found in drafted(row, profile, turned_on):
            result.add(found, known)
    return result


def remember_identifier(row: Row, profile: Profile, result: Survey) -> None:
    """Which listings the source still has, whatever becomes of their rows in this run."""
    if row.problem:
        return
    kind = profile.kind_of(row.values.get(profile.columns.get("kind", ""), "").strip())
    if kind and kind.code:
        identifier = row.values[profile.columns["identifier"]].strip()
        result.seen.add(digest(f"{kind.code}:{identifier}"))


def drafted(row: Row, profile: Profile, turned_on: frozenset[str]) -> Iterator[Draft]:
    try:
        yield draft(row, profile, turned_on)
    except (Refused, LeftOut):
        return


def find_sites(
    table: Table, profile: Profile, turned_on: frozenset[str]
) -> dict[tuple[str, str], Site]:
    """Branches and main places of one organization, told by their identifiers.

    A branch's identifier begins with that of its main place; what all their names begin with is
    the organization, the rest of each the name of the site.
    """
    mains: dict[tuple[str, str], list[tuple[str, str]]] = {}
    branches: list[tuple[str, str, str]] = []
    for row in table.rows():
        try:
            if row.problem or not kind_of(row, profile, turned_on).has_sites:
                continue
        except (Refused, LeftOut):
            continue
        for found in drafted(row, profile, turned_on):
            if found.is_site:
                branches.append((found.kind.code, found.identifier, found.name))
            else:
                mains[found.kind.code, found.identifier] = [(found.identifier, found.name)]
    for code, identifier, name in branches:
        ends = range(len(identifier) - 1, 0, -1)
        main = next((identifier[:end] for end in ends if (code, identifier[:end]) in mains), None)
        if main:
            mains[code, main].append((identifier, name))
    labels = {kind.code: kind.known_values for kind in profile.kinds.values()}
    sites = {}
    for (code, _main), members in mains.items():
        operator = names.common_start([name for _identifier, name in members])
        if len(members) == 1 or not operator:
            continue
        for identifier, name in members:
            rest = names.rest_of(name, operator)
            # "Main" and "Satellite" name nothing that people could find.
            sites[code, identifier] = Site(operator, "" if rest in labels[code] else rest)
    return sites
