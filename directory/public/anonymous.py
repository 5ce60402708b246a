"""Forms for people without an account or a cookie: what stands in for both.

A page that shows such a form puts `stamp` into it; who receives it asks `from_this_site` and
`check`. A field that only robots fill in stands beside it (`components/honeypot.html`).
"""

import time

from django.core import signing
from django.http import HttpRequest

SALT = "directory.anonymous"
TRAP = "website"  # the field that people do not see
HOURS = 12
QUICKEST = 2  # seconds that a person needs at least
SAME = {"same-origin", "none"}


class TooQuick(Exception):
    """Sent sooner than a person could have."""


class TooOld(Exception):
    """The page has been open for too long, or the stamp is not ours."""


def stamp(about: str) -> str:
    """For a form about something, from now on."""
    return signing.dumps([about, time.time()], salt=SALT)


def check(text: str, about: str) -> None:
    """Raises TooOld, TooQuick."""
    try:
        found, since = signing.loads(text, salt=SALT, max_age=HOURS * 3600)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise TooOld from error
    if found != about:
        raise TooOld
    if time.time() - since < QUICKEST:
        raise TooQuick


def from_this_site(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent this."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in SAME
    origin = request.headers.get("Origin", "")
    return origin == f"{request.scheme}://{request.get_host()}"
