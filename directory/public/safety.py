"""Help now, how to use this site safely, and the way out for browsers without JavaScript.

What these pages need of the database they remember; they work while it does not answer.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from .crisis_lines import NATIONAL, crisis_lines


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """The lines that answer, and what to do in an overdose."""
    lines = crisis_lines(get_language() or "en")
    return render(
        request,
        "directory/help_now.html",
        {
            "national_lines": [line for line in lines if line.scope == NATIONAL],
            "provincial_lines": [line for line in lines if line.scope != NATIONAL],
        },
    )


@require_safe
def your_safety(request: HttpRequest) -> HttpResponse:
    """What the quick exit does, with and without JavaScript, and what stays on a device."""
    exit_host = (urlsplit(settings.EXIT_URL).hostname or "").removeprefix("www.")
    return render(request, "directory/your_safety.html", {"exit_host": exit_host})


@require_safe
def exit(request: HttpRequest) -> HttpResponse:
    """Leave for EXIT_URL, telling it nothing of where one came from.

    Clears what a server can: the browser's cache of this site. Only the browser's own history
    can still lead back, and `/your-safety/` says so.
    """
    response = HttpResponseRedirect(settings.EXIT_URL)
    response.status_code = 303  # See Other: asked for again by GET, whatever brought one here
    response.headers["Clear-Site-Data"] = '"cache"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
