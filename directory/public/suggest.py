"""Suggestions while typing, for the script that improves the search box."""

import json

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from directory.search.suggestions import FIELDS, Suggestion, suggest

LONGEST = 100
# Answers fill whole blocks, so that their size tells someone who watches the line less of what
# was typed (Chen et al., "Side-Channel Leaks in Web Applications", IEEE S&P 2010).
BLOCK = 2048


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """`field` ("q" or "near") and `text`, its beginning, to groups of suggestions."""
    field, text = request.GET.get("field"), request.GET.get("text")
    if field not in FIELDS or text is None:
        return answer({}, status=400)
    groups = suggest(text[:LONGEST], field=field)
    n = sum(len(group.options) for group in groups)
    return answer(
        {
            "said": ngettext("%(n)s suggestion", "%(n)s suggestions", n) % {"n": n},
            "groups": [
                {"label": group.label, "options": [option(one) for one in group.options]}
                for group in groups
            ],
        }
    )


def option(one: Suggestion) -> dict:
    """A suggestion as the script takes it: `url` to go to, or what to put in the fields."""
    said = {"text": one.text, "lang": one.language, "detail": one.detail}
    said["detailLang"] = one.detail_language
    if one.slug:
        said["url"] = reverse("directory:organization_detail", args=[one.slug])
    said["near"] = one.near
    return {key: value for key, value in said.items() if value} | {"put": one.put}


def answer(content: dict, status: int = 200) -> HttpResponse:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    body += b" " * (-len(body) % BLOCK)
    headers = {
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
        "Content-Encoding": "identity",  # compressed, blocks would differ in size again
    }
    return HttpResponse(body, content_type="application/json", status=status, headers=headers)
