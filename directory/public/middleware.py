"""What every answer carries for the privacy of whoever asked."""

from django.http import HttpRequest

from directory.interchange.sample import is_sample_catalogue

from .privacy import current_request

PERMISSIONS = ", ".join(
    [
        "geolocation=(self)",  # "Use my location", on request
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "browsing-topics",
                "camera",
                "display-capture",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "usb",
            )
        ),
    ]
)


def privacy_headers(get_response):
    """Keeps pages out of the browser's cache, search engines off sample data, and the request
    known to the log filter for as long as it is answered.

    A view that sets its own `Cache-Control` keeps it. A cache shared by many visitors may be told
    otherwise by a header of its own (`CDN-Cache-Control`).
    """

    def middleware(request: HttpRequest):
        token = current_request.set(request)
        try:
            response = get_response(request)
        finally:
            current_request.reset(token)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("Permissions-Policy", PERMISSIONS)
            if is_sample_catalogue():
                response.headers["X-Robots-Tag"] = "noindex"
        return response

    return middleware
