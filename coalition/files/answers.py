"""A kept file, given out. Whoever calls this has decided that this person may have it."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from .actions import read
from .models import StoredFile

KEPT_BY_CACHES = "public, max-age=3600"  # seconds: a picture that is taken down is gone in an hour
ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"


def answer(
    request: HttpRequest, file: StoredFile, *, inline: bool = False, public: bool = False
) -> HttpResponseBase:
    """The file, for GET and HEAD; 304 to who has it.

    A picture that is asked for `inline` is shown; everything else is downloaded, and nothing runs
    that may be in it. No browser keeps it: it would tell what somebody has looked at. `public`
    says that everyone may have it: shared caches then keep it for an hour.
    """
    shown = inline and file.is_picture
    etag = f'"{file.sha256}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        if request.method == "HEAD":
            response = HttpResponse(content_type=file.content_type)
        else:
            response = StreamingHttpResponse(read(file), content_type=file.content_type)
        response.headers["Content-Length"] = str(file.size)
        response.headers["Content-Disposition"] = content_disposition_header(not shown, file.name)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"{'' if public else 'private, '}no-store, no-transform"
    if public:
        response.headers["CDN-Cache-Control"] = KEPT_BY_CACHES
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
