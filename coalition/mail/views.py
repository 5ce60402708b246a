"""The last mails, for trials on one machine without a mail server."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import get_current_timezone
from django.views.decorators.http import require_safe

SHOWN = 50
# What Django's file backend writes after each message.
RULE = re.compile(rb"\n-{79}\n")


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    language: str
    text: str
    at: datetime


@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """What was written last, newest first. Only where the settings say so."""
    if not settings.SHOW_MAIL:
        raise Http404
    context = {"letters": last_letters(Path(settings.EMAIL_FILE_PATH))}
    return render(request, "coalition/demo_mail.html", context)


def last_letters(folder: Path, count: int = SHOWN) -> list[Letter]:
    """The letters in the newest files of Django's file backend; one that cannot be read is left
    out."""
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    found: list[Letter] = []
    for path in files[:count]:
        at = datetime.fromtimestamp(path.stat().st_mtime, get_current_timezone())
        parts = [part for part in RULE.split(path.read_bytes()) if part.strip()]
        found += [letter(part, at) for part in reversed(parts)]
    return found[:count]


def letter(raw: bytes, at: datetime) -> Letter:
    message = BytesParser(policy=policy.default).parsebytes(raw.lstrip(b"\n"))
    body = message.get_body(("plain",))
    return Letter(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        language=str(message["Content-Language"] or ""),
        text=body.get_content().strip() if body else "",
        at=at,
    )
