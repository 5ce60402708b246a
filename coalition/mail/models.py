"""Messages on their way out."""

import uuid

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from directory.models.enums import Language


class MessageQuerySet(models.QuerySet):
    def unsent(self):
        return self.filter(sent_at__isnull=True)

    def stuck(self):
        """Messages that were tried and could not be delivered."""
        return self.unsent().filter(attempts__gt=0)


class Message(models.Model):
    """One message to one person, written when it was caused, sent by a job.

    `id` goes out in its `Message-ID`, the same on every attempt, so that a repeat is recognised.
    What it says is forgotten once it is sent: it may hold a link that opens something.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.SlugField(_("kind"), max_length=60)
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(_("written"), default=now, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("what went wrong"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(sent_at__isnull=True),
                name="message_unsent",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True) | models.Q(text="", html=""),
                name="message_sent_is_forgotten",
                violation_error_message=_("What a sent message said is not kept."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"
