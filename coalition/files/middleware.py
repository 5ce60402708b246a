"""How answers are packed."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import cc_delim_re


class Packing(GZipMiddleware):
    """Packs what gains by it: an answer that says `no-transform` (RFC 9111) goes out as it is, with
    its length and its strong ETag."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase):
        if "no-transform" in cc_delim_re.split(response.get("Cache-Control", "").lower()):
            return response
        return super().process_response(request, response)
