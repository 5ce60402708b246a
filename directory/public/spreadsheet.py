"""A list of services as a file for a spreadsheet: the rows the page shows, all pages of them."""

import csv
from collections.abc import Iterable, Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from directory.places.gazetteer import Place

from .cards import cards, labels

COLUMNS = (
    "id",
    "name",
    "organization",
    "kind",
    "state_now",
    "distance_km",
    "place",
    "address",
    "province",
    "phone",
    "website",
    "serves",
    "access",
    "cost",
    "checked",
    "link",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Line:
    """What csv writes to; hands the line on."""

    def write(self, text: str) -> str:
        return text


def spreadsheet(request: HttpRequest, batches: Iterable[list], place: Place | None, now):
    """The file, in the reader's language; `batches` are rows as a results page has them."""
    response = StreamingHttpResponse(
        lines(request, batches, place, now, get_language()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="services.csv"'
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def lines(request: HttpRequest, batches, place, now, language: str) -> Iterator[str]:
    writer = csv.writer(Line())
    french = language == "fr"
    # A mark by which spreadsheets know that this is UTF-8.
    yield "\ufeff" + writer.writerow(COLUMNS)
    for rows in batches:
        with translation.override(language):  # a file is sent after the page's own language ends
            shown = cards(rows, place=place, now=now)
        for row, card in zip(rows, shown, strict=True):
            data = row.card
            yield writer.writerow(
                safe(value)
                for value in (
                    card["uuid"],
                    card["name"],
                    card["organization_name"],
                    "; ".join(labels(data["category"], french)),
                    card["state_text"],
                    "" if card["km"] is None else card["km"],
                    card["place_text"],
                    data.get("street", ""),
                    row.province,
                    card["phone_text"],
                    card["website_url"],
                    card["serves_text"],
                    "; ".join(labels(data["access"], french)),
                    card["cost_text"],
                    row.assured_date or "",
                    request.build_absolute_uri(
                        reverse("directory:service_detail", args=[data["slug"]])
                    ),
                )
            )


def safe(value) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
