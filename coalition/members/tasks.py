"""What is forgotten by the clock."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from coalition.review.enums import State

from .applying import forget_taken_back
from .links import APPLICATION_DAYS
from .models import Application


@app.periodic(cron="23 4 * * *")
@app.task(name="forget_applications", queueing_lock="forget_applications")
def forget_applications(timestamp: int) -> None:
    """Forget applications that nobody went on with, once their link opens nothing any more; of
    what was taken back, who it was from.

    One that is being written or sent in at this moment is not among them.
    """
    before = timezone.now() - datetime.timedelta(days=APPLICATION_DAYS)
    old = Application.objects.filter(updated_at__lt=before)
    with transaction.atomic():
        locked_rows(old.filter(submission__isnull=True)).delete()
        taken_back = old.filter(submission__state=State.WITHDRAWN).select_related("submission")
        forget_taken_back(locked_rows(taken_back, "submission"))


def locked_rows(rows: QuerySet, *beside: str) -> QuerySet:
    """These, with what hangs on them by the names in `beside`, but for what somebody holds."""
    locked = rows.select_for_update(of=("self", *beside), skip_locked=True)
    return Application.objects.filter(pk__in=[row.pk for row in locked])
