"""What every template may rely on."""

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils.translation import get_language

from directory.interchange.sample import is_sample_catalogue


def site(request: HttpRequest) -> dict:
    """The site's name and contact, the exit, the icons, this page in the other language, and
    whether the catalogue on show is the sample."""
    language = get_language() or "en"
    return {
        "site_name": settings.SITE_NAME,
        "contact_email": settings.CONTACT_EMAIL,
        "exit_url": settings.EXIT_URL,
        "icons": static("img/icons.svg"),
        "language": language,
        "other_language_url": other_language_url(request, language),
        "sample_data": is_sample_catalogue(),
    }


def other_language_url(request: HttpRequest, language: str) -> str:
    """This page, with its query, in French where it is English and the reverse.

    By the prefix alone, so that it holds on a page that was not found as well.
    """
    prefix = get_script_prefix()
    path = request.get_full_path().removeprefix(prefix)
    if language == "fr":
        rest = path.removeprefix("fr/") if path.startswith("fr/") else ""
        return prefix + rest.lstrip("/\\")  # never another site
    return f"{prefix}fr/{path}"
