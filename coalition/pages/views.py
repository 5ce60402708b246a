"""Home, who runs this, what is kept, and the pages shown when something is wrong."""

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from coalition.events.lists import next_ones
from directory.places.gazetteer import find
from directory.public.anonymous import from_this_site
from directory.public.results_page import near_places

from .needs import NEEDS

NEAR_PLACES = 8

LAST_RESORT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Something broke</title>
<p>Something broke on our side. In danger or an overdose, <a href="tel:911">call 9-1-1</a>.
To talk, <a href="tel:988">call</a> or <a href="sms:988">text 9-8-8</a>, at any hour.</p>
<p lang="fr">Un problème est survenu de notre côté. En cas de danger ou de surdose,
<a href="tel:911">appelez le 9-1-1</a>. Pour parler, <a href="tel:988">appelez</a> ou
<a href="sms:988">textez le 9-8-8</a>, à toute heure.</p></html>"""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What do you need, where are you; what is on, near a `town` if one is named. Without a
    database it still shows whom to call."""
    town = request.GET.get("town", "")
    found = find(town) if town else None
    place = found.place if found else None
    try:
        places = near_places(NEAR_PLACES)
        events = next_ones(place) if place or not town else []
        something_on = bool(events or town)
    except (DatabaseError, InterfaceError):
        places, events, something_on = [], [], False
    context = {
        "needs": NEEDS,
        "near_places": places,
        "events": events,
        "something_on": something_on,
        "town": town,
        "place": place,
        "town_error": found.problem.label if found and found.problem else "",
    }
    return render(request, "coalition/home.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who runs this, how to reach them, where the data is from, and how we speak."""
    return render(request, "coalition/about.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept: nothing that tells who looked for what."""
    return render(request, "coalition/privacy.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def without_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token; what somebody wrote into it is shown, to be copied.

    Only where a page of ours sent it: nobody else puts words onto this page.
    """
    typed = []
    if from_this_site(request):
        fields = [name for name in request.POST if "password" not in name]
        typed = [text for name in fields for text in request.POST.getlist(name) if is_prose(text)]
    return render(request, "403_csrf.html", {"typed": typed}, status=403)


def is_prose(text: str) -> bool:
    """Words somebody would miss, and neither an identifier nor a number."""
    return len(text.split()) > 1


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A page that needs neither the database nor anything that may have just failed.

    If even its template fails, the lines that answer are still given.
    """
    try:
        page = render_to_string(
            "500.html",
            {
                "language": get_language() or "en",
                "exit_url": settings.EXIT_URL,
                "icons": static("img/icons.svg"),
            },
        )
    except Exception:  # whatever it is, it must not hide the numbers
        page = LAST_RESORT
    return HttpResponseServerError(page)
