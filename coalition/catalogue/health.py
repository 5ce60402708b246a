"""What is lacking, of listings, events and resources: counted, and listed.

The answers to each concern are kept (`Lack`), and looked for anew every ten minutes: a page of one
is then as quick with a hundred thousand listings as with ten. What was put right since is left out
at once.
"""

import datetime
from dataclasses import replace

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db import connection, transaction
from django.db.models import Count, F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .concerns import CONCERNS, Concern
from .everything import Act, Row
from .models import Lack, Pair

KEY = "coalition.catalogue.counted"
PAGE = 50
ADD = """
INSERT INTO coalition_lack (record_id, concern, since)
SELECT id, %s, since FROM ({found}) AS found
ON CONFLICT (record_id, concern) DO UPDATE SET since = excluded.since
WHERE coalition_lack.since <> excluded.since
"""
REMOVE = """
DELETE FROM coalition_lack
WHERE concern = %s AND record_id NOT IN (SELECT id FROM ({found}) AS found)
"""


@transaction.atomic
def refresh() -> None:
    """Go through everything, and note when."""
    with connection.cursor() as cursor:
        for concern in CONCERNS.values():
            found, parameters = question(concern)
            cursor.execute(ADD.format(found=found), [concern.code, *parameters])
            cursor.execute(REMOVE.format(found=found), [concern.code, *parameters])
    cache.set(KEY, timezone.now(), None)


def question(concern: Concern) -> tuple[str, tuple]:
    """SQL for `id` and `since` of what a concern is about, with its parameters."""
    found = concern.find().order_by().values("id", since=F(concern.since))
    return found.query.sql_with_params()


def counted_at() -> datetime.datetime:
    """When all was last gone through: now, if it never was."""
    found = cache.get(KEY)
    if found is None:
        refresh()
        found = timezone.now()
    return found


def counts() -> dict[str, int]:
    """How many each concern is about, and how many pairs may be duplicates."""
    found = dict.fromkeys(CONCERNS, 0)
    rows = Lack.objects.order_by().values_list("concern").annotate(Count("pk"))
    found |= {concern: count for concern, count in rows if concern in found}
    return found | {"duplicates": Pair.objects.open().count()}


def page_of(concern: Concern, number: str | None) -> Page:
    """One page of what a concern is about, as lines, without what was put right since."""
    now = timezone.now()
    lacks = Lack.objects.filter(concern=concern.code).order_by("since", "record_id")
    page = Paginator(lacks.values_list("record_id", flat=True), PAGE).get_page(number)
    ids = list(page.object_list)
    found = concern.collection.stand(concern.find().filter(pk__in=ids), now)
    by_id = {record.pk: record for record in found}
    records = [by_id[pk] for pk in ids if pk in by_id]
    details = concern.details(records)
    page.object_list = [
        replace(row, details=details.get(row.record_id, ()))
        for row in concern.collection.rows(records, now)
    ]
    if concern.by_phone:
        page.object_list = [
            with_call(row, record) for row, record in zip(page.object_list, records, strict=True)
        ]
    return page


def with_call(row: Row, service) -> Row:
    url = reverse("coalition:check_for_partner", args=[service.slug])
    return row.with_first(Act(_("Call them and check it"), url))
