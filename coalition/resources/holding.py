"""Which files documents of resources name: live, in a draft, waiting, or in the history."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from coalition.listings.models import Draft
from directory.models import Proposal

from .models import ResourceVersion
from .schema import SUBJECT

NAMED = "$.versions[*].file.id"
IN_DOCUMENTS = f"""
SELECT DISTINCT file #>> '{{}}' FROM (
    SELECT jsonb_path_query(document, '{NAMED}') AS file
    FROM {Draft._meta.db_table} WHERE subject = %s
    UNION ALL SELECT jsonb_path_query(base, '{NAMED}')
    FROM {Draft._meta.db_table} WHERE subject = %s
    UNION ALL SELECT jsonb_path_query(after, '{NAMED}')
    FROM {Proposal._meta.db_table} WHERE subject = %s
    UNION ALL SELECT jsonb_path_query(before, '{NAMED}')
    FROM {Proposal._meta.db_table} WHERE subject = %s
) AS named
WHERE file #>> '{{}}' = ANY(%s)
"""  # noqa: S608


def held(ids: Iterable[UUID]) -> set[UUID]:
    """Those of these files that one names."""
    ids = set(ids)
    known = ResourceVersion.objects.filter(file__in=ids).values_list("file", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(IN_DOCUMENTS, [SUBJECT] * 4 + [[str(pk) for pk in ids]])
        return {*known, *(UUID(text) for (text,) in cursor.fetchall())}
