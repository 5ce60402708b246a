"""Tell us what you looked for: a button where nothing was found, protected without a cookie."""

from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from directory.search import missed
from directory.search.results import Results

from .anonymous import from_this_site

SALT = "directory.missed"
HOURS = 12


def form(results: Results) -> dict | None:
    """The hidden field of the button; None where something was found or no word was looked for."""
    if results.total or not results.question:
        return None
    province = results.place.province if results.place else ""
    # What is counted is what this page looked for in vain, so that nobody can write in anything.
    return {"token": signing.dumps([results.question.text, province], salt=SALT, compress=True)}


@csrf_exempt  # no visitor has a cookie; the token and the browser's own word stand in for it
@require_http_methods(["GET", "HEAD", "POST"])
def missed_search(request: HttpRequest) -> HttpResponse:
    """Count it, and say thanks; the address then holds nothing of what was looked for."""
    if request.method != "POST":
        return render(request, "directory/missed.html")
    if not from_this_site(request):
        raise PermissionDenied
    token = request.POST.get("token", "")
    try:
        text, province = signing.loads(token, salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        return render(request, "directory/missed.html", {"expired": True}, status=400)
    if cache.add(f"missed:{token}", 1, HOURS * 3600):  # the same page sent twice counts once
        missed.count(text, province)
    return redirect("directory:missed_search")
