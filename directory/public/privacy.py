"""Keeps what visitors look for out of every log.

A search term, a place or an address in a log ties a person to what they needed. So while a
request is answered, a log record says what went wrong and where in the code, never what was
asked: Django's own lines name the view instead of the address, other messages keep their text
but not the values put into it, and a traceback keeps its lines but not the exceptions' messages.
"""

import logging
import re
import traceback
from contextvars import ContextVar

from django.http import HttpRequest

current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)

HIDDEN = "[hidden]"
REQUEST_LINE = re.compile(
    r"\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT)\s+\S.*?(?=\s+HTTP/[\d.]+|[\"']|$)"
)
QUERY = re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*")


class WithoutAddress(logging.Filter):
    """Rewrites every record so that no handler can write an address, a term or a place.

    It never drops a record. Records made outside a request (commands, jobs, start-up) keep their
    message, with request lines and query strings taken out.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None) or current_request.get()
        if isinstance(request, HttpRequest):
            record.msg = message_in_request(record, request)
            record.args = ()
            record.request = None
            if record.exc_info and record.exc_info[1] is not None:
                record.exc_text = frames_only(record.exc_info[1])
            record.exc_info = None
            record.stack_info = None
        else:
            record.msg = without_addresses(record.getMessage())
            record.args = ()
        return True


def message_in_request(record: logging.LogRecord, request: HttpRequest) -> str:
    status = getattr(record, "status_code", None)
    if status is not None:  # django.request and django.security: "%s: %s" of reason and path
        return f"{status} {request.method} {view_name(request)}"
    return without_asked(without_addresses(str(record.msg)), request)


def view_name(request: HttpRequest) -> str:
    """The name of the address pattern, which holds none of the values in it."""
    match = request.resolver_match
    return (match.view_name or "a view without a name") if match else "no such page"


def without_addresses(message: str) -> str:
    message = REQUEST_LINE.sub(rf"\1 {HIDDEN}", message)
    return QUERY.sub(f"?{HIDDEN}", message)


def without_asked(message: str, request: HttpRequest) -> str:
    """The message without the request's address or any value sent with it."""
    sent = {request.path, request.path_info, request.META.get("QUERY_STRING", "")}
    for _name, values in request.GET.lists():
        sent.update(values)
    for text in sorted(sent, key=len, reverse=True):
        if len(text) > 1:
            message = message.replace(text, HIDDEN)
    return message


def frames_only(error: BaseException) -> str:
    """A traceback of files, lines and kinds of exception, through every cause, oldest first."""
    parts = []
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kind = type(error)
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{frames}{kind.__module__}.{kind.__qualname__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nwhich led to:\n\n".join(reversed(parts))
