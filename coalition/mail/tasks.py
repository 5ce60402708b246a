"""Sending, again and again until it works."""

import datetime

from django.conf import settings
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from .actions import send
from .models import Message

KEEP_DAYS = 30


class BackOff(BaseRetryStrategy):
    """Twice as long each time, up to an hour, without end: a dead mail server loses nothing."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        wait = min(settings.MAIL_RETRY_SECONDS * 2 ** min(job.attempts, 12), 3600)
        return RetryDecision(retry_in={"seconds": wait})


@app.task(name="send_message", retry=BackOff())
def send_message(message_id: str) -> None:
    """Send one message, unless it is sent already."""
    message = Message.objects.unsent().filter(pk=message_id).first()
    if message is not None:
        send(message)


@app.periodic(cron="41 4 * * *")
@app.task(name="forget_messages", queueing_lock="forget_messages")
def forget_messages(timestamp: int) -> None:
    """Forget to whom messages went, a month after."""
    before = timezone.now() - datetime.timedelta(days=KEEP_DAYS)
    Message.objects.filter(sent_at__lt=before).delete()
