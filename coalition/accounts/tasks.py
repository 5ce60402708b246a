"""What is forgotten by the clock."""

from django.contrib.sessions.models import Session
from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="29 4 * * *")
@app.task(name="forget_sessions", queueing_lock="forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Forget the sessions that have ended."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
