"""Which files something that is written here names: a draft, a change that waits, the history."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from directory.interchange.subjects import SUBJECTS
from directory.models import Proposal

from .models import Draft

NAMED = f"""
SELECT DISTINCT found[1]::uuid
FROM (
    SELECT document::text AS said FROM {Draft._meta.db_table} WHERE subject = ANY(%(kinds)s)
    UNION ALL
    SELECT concat(before::text, after::text) FROM {Proposal._meta.db_table}
    WHERE subject = ANY(%(kinds)s)
) AS documents,
    regexp_matches(said, '"id": "([0-9a-f-]{{36}})"', 'g') AS found
WHERE found[1] = ANY(%(ids)s)
"""  # noqa: S608 (names of tables)


def named(ids: Iterable[UUID]) -> set[UUID]:
    """Those of these files that some document names, whatever has become of it since."""
    # Listings and organizations name no files.
    kinds = [code for code in SUBJECTS if code not in ("service", "organization")]
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"kinds": kinds, "ids": [str(pk) for pk in ids]})
        return {pk for (pk,) in cursor.fetchall()}
