"""What people looked for in vain, counted without trace.

What is kept is a keyed hash, by week and province: enough to see that the same thing is asked for
again and again, not what it is. The word itself is written down only once five different days have
asked for it, when it tells of nobody.
"""

import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from directory.places.gazetteer import fold

from .models import MissedSearch

DAYS_BEFORE_WORD = 5
KEPT = datetime.timedelta(weeks=53)
COUNT = """
INSERT INTO directory_missedsearch (week, province, word_hash, times, days, word)
VALUES (%s, %s, %s, 1, %s, '')
ON CONFLICT (week, province, word_hash) DO UPDATE
SET times = directory_missedsearch.times + 1, days = directory_missedsearch.days | excluded.days
"""


@transaction.atomic
def count(text: str, province: str) -> None:
    """Someone looked for this in this province (a code, or empty), and found nothing."""
    word = fold(text)[:200]
    if not word:
        return
    today = timezone.localdate()
    week = today - datetime.timedelta(days=today.weekday())
    digest = salted_hmac("directory.search.missed", word, algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [week, province, digest, 1 << today.weekday()])
    rows = MissedSearch.objects.filter(word_hash=digest)
    days = {
        (week, bit)
        for week, bits in rows.values_list("week", "days")
        for bit in range(7)
        if bits >> bit & 1
    }
    if len(days) >= DAYS_BEFORE_WORD:
        rows.update(word=word)


def forget_old() -> None:
    """Keep a year."""
    MissedSearch.objects.filter(week__lt=timezone.localdate() - KEPT).delete()
