"""Write a message; a job of the same transaction sends it."""

import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from .models import Message

ERROR_LENGTH = 300
MOMENT = datetime.timedelta(minutes=1)


@transaction.atomic
def post(kind: str, *, to: str, language: str, **context) -> Message:
    """Write the message `templates/emails/<kind>.txt` to one person and defer its sending.

    The template's first line is the subject; it is rendered in the reader's `language`, and the
    HTML part is made from the same text. Rolled back with the transaction it belongs to.
    """
    from .tasks import send_message

    with override(language):
        rendered = render_to_string(f"emails/{kind}.txt", {**everywhere(), **context})
        subject, _line, text = rendered.strip().partition("\n")
        return written(
            kind, to=to, language=language, subject=subject, text=text.strip(), send=send_message
        )


@transaction.atomic
def post_text(kind: str, *, to: str, language: str, subject: str, text: str) -> Message:
    """The same for a message that somebody else has written (django-allauth)."""
    from .tasks import send_message

    return written(kind, to=to, language=language, subject=subject, text=text, send=send_message)


def written(kind: str, *, to: str, language: str, subject: str, text: str, send) -> Message:
    with override(language):
        html = render_to_string(
            "emails/base.html",
            {**everywhere(), "subject": subject, "text": text, "language": language},
        )
    message = Message.objects.create(
        kind=kind,
        to=to,
        language=language,
        subject=" ".join(subject.split())[:300],
        text=text,
        html=html,
    )
    send.defer(message_id=str(message.pk))
    return message


def written_lately(kind: str, *, to: str) -> bool:
    """Whether this was written to them within the minute: what asks for it was sent twice.

    In a transaction: until it ends, nobody else writes it to them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind} {to}"])
    since = timezone.now() - MOMENT
    return Message.objects.filter(kind=kind, to__iexact=to, created_at__gt=since).exists()


def everywhere() -> dict:
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact_email": settings.CONTACT_EMAIL,
    }


def send(message: Message) -> None:
    """Hand it to the mail server. Raises what the server or the way to it raises.

    Sent twice only where a worker dies between the two steps: then under the same Message-ID.
    """
    domain = settings.SITE_URL.partition("://")[2].partition(":")[0].partition("/")[0]
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        settings.DEFAULT_FROM_EMAIL,
        [message.to],
        headers={
            "Message-ID": f"<{message.pk}@{domain}>",
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
        connection=get_connection(),
    )
    mail.attach_alternative(message.html, "text/html")
    try:
        mail.send()
    except Exception as error:
        Message.objects.filter(pk=message.pk).update(
            attempts=F("attempts") + 1,
            last_error=f"{type(error).__name__}: {error}"[:ERROR_LENGTH],
        )
        raise
    Message.objects.filter(pk=message.pk).update(
        attempts=F("attempts") + 1, last_error="", sent_at=timezone.now(), text="", html=""
    )


@transaction.atomic
def try_now() -> int:
    """Send at once what waits for its next attempt; returns how many messages that are.

    Their jobs are moved forward, so that none is sent by two; a message whose job was lost gets
    a new one.
    """
    from .tasks import send_message

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = NULL "
            "WHERE status = 'todo' AND task_name = %s AND scheduled_at > now()",
            [send_message.name],
        )
        moved = cursor.rowcount
        cursor.execute(
            "SELECT args ->> 'message_id' FROM procrastinate_jobs "
            "WHERE status IN ('todo', 'doing') AND task_name = %s",
            [send_message.name],
        )
        under_way = {pk for (pk,) in cursor.fetchall()}
    unsent = map(str, Message.objects.unsent().values_list("pk", flat=True))
    lost = [pk for pk in unsent if pk not in under_way]
    for pk in lost:
        send_message.defer(message_id=pk)
    return moved + len(lost)
