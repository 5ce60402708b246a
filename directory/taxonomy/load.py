"""The project's own taxonomies, synonyms, units and crisis lines, from the files beside this."""

import csv
import datetime
import json
import uuid
from pathlib import Path

from django.db import transaction

from directory.models import CrisisLine, Synonym, Taxonomy, TaxonomyTerm, Unit

DATA = Path(__file__).parent / "data"
LINES = DATA / "crisis_lines.json"
NATIONAL = "national"
NAMESPACE = uuid.UUID("6f0f5d1e-6a53-5b51-9a0e-3f5a5f2f7d10")
TAXONOMIES = {
    "category": ("Category", "Catégorie", "What a service offers.", "Ce qu’un service offre."),
    "serves": ("For", "Pour", "Who a service is for.", "À qui un service s’adresse."),
    "access": ("Access", "Accès", "How one gets in.", "Comment y accéder."),
}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_taxonomy() -> int:
    """Add what is missing; leave what is there as coordinators have made it.

    Identifiers follow from the codes, so that every site has the same. Returns how many terms
    were added.
    """
    Taxonomy.objects.bulk_create(
        [
            Taxonomy(
                id=uuid.uuid5(NAMESPACE, code),
                code=code,
                name=name,
                name_fr=name_fr,
                description=description,
                description_fr=description_fr,
            )
            for code, (name, name_fr, description, description_fr) in TAXONOMIES.items()
        ],
        ignore_conflicts=True,
    )
    known = set(TaxonomyTerm.objects.values_list("taxonomy__code", "code"))
    terms = [
        TaxonomyTerm(
            id=term_id(row["taxonomy"], row["code"]),
            taxonomy_id=uuid.uuid5(NAMESPACE, row["taxonomy"]),
            parent_id=term_id(row["taxonomy"], row["parent"]) if row["parent"] else None,
            code=row["code"],
            name=row["name"],
            name_fr=row["name_fr"],
            description=row["description"],
            description_fr=row["description_fr"],
            sensitive=row["sensitive"] == "1",
            icon=row["icon"],
            term_uri=row["open_eligibility"],
            position=position,
        )
        for position, row in enumerate(rows("terms.csv"))
        if (row["taxonomy"], row["code"]) not in known
    ]
    TaxonomyTerm.objects.bulk_create(terms)
    added = {(term.taxonomy_id, term.code) for term in terms}
    Synonym.objects.bulk_create(
        [
            Synonym(
                term_id=term_id(row["taxonomy"], row["code"]),
                language=row["language"],
                text=row["text"],
            )
            for row in rows("synonyms.csv")
            if (uuid.uuid5(NAMESPACE, row["taxonomy"]), row["code"]) in added
        ],
        ignore_conflicts=True,
    )
    Unit.objects.bulk_create(
        [
            Unit(
                id=uuid.uuid5(NAMESPACE, f"unit/{row['identifier']}"),
                identifier=row["identifier"],
                name=row["name"],
                name_fr=row["name_fr"],
            )
            for row in rows("units.csv")
        ],
        ignore_conflicts=True,
    )
    return len(terms)


def term_id(taxonomy: str, code: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"{taxonomy}/{code}")


def shipped_lines() -> list[dict]:
    """The crisis lines the project comes with, as columns of `CrisisLine`, in their order."""
    rows = json.loads(LINES.read_text("utf-8"))
    rows.sort(key=lambda row: (row["scope"] != NATIONAL, row["order"]))
    return [
        {
            **{name: row[name] for name in SAME},
            "province": "" if row["scope"] == NATIONAL else row["scope"],
            "last_confirmed": row["last_confirmed"]
            and datetime.date.fromisoformat(row["last_confirmed"]),
            # What is held back waits for a person who has called.
            "unconfirmed": not row["published"],
            "position": position,
        }
        for position, row in enumerate(rows)
    ]


SAME = (
    *("code", "name", "name_fr", "what", "what_fr", "call", "tel", "text", "text_body"),
    *("text_body_fr", "hours", "hours_fr", "languages", "audience", "published", "note"),
    "sources",
)


@transaction.atomic
def load_lines() -> int:
    """The shipped lines where there are none; others stay as coordinators have made them."""
    if CrisisLine.objects.exists():
        return 0
    return len(CrisisLine.objects.bulk_create(CrisisLine(**row) for row in shipped_lines()))
