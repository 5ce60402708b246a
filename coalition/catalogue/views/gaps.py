"""What the coalition could build next: as tables, pictures and files."""

import csv

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coalition.catalogue import gaps
from coalition.catalogue.gaps import Matrix
from coalition.catalogue.picture import picture
from coalition.review.views import coordinators_only
from directory.models.enums import Province
from directory.public.spreadsheet import safe

FILES = ("services", "missed", "words")


@coordinators_only
@require_safe
def gap_list(request: HttpRequest) -> HttpResponse:
    """Services by area, and searches that found nothing. `by` and `area` choose, `file` saves."""
    group = request.GET.get("by", "category")
    area = request.GET.get("area", "")
    if group not in gaps.GROUPS or area not in ("", *Province.values):
        raise Http404
    if name := request.GET.get("file"):
        return file(name, group, area)
    matrix = gaps.services(group, area)
    hidden = max(len(matrix.rows) - gaps.SHOWN, 0) if area else 0
    if hidden:
        matrix.rows = matrix.rows[: gaps.SHOWN]
    missed = gaps.missed_by_week()
    context = {
        "group": group,
        "area": area,
        "area_name": Province(area).label if area else "",
        "provinces": Province.choices,
        "matrix": matrix,
        "hidden": hidden,
        "picture": picture(matrix.tops),
        "missed": missed,
        "missed_picture": picture(missed),
        "words": gaps.missed_words(),
        "section": "desk",
    }
    return render(request, "coalition/catalogue/gaps.html", context)


def file(name: str, group: str, area: str) -> HttpResponse:
    if name not in FILES:
        raise Http404
    if name == "words":
        rows = [[_("word"), _("times"), _("last week")]]
        rows += [[row["word"], row["total"], row["last"]] for row in gaps.missed_words()]
    elif name == "missed":
        rows = table(gaps.missed_by_week(), _("week"))
    else:
        rows = table(gaps.services(group, area), _("town") if area else _("for"))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    response.write("\ufeff")  # a mark by which spreadsheets know that this is UTF-8
    csv.writer(response).writerows([safe(cell) for cell in row] for row in rows)
    return response


def table(matrix: Matrix, corner: str) -> list[list]:
    heading = [corner, *(label for _key, label in matrix.columns)]
    return [
        heading,
        *([label.removeprefix(gaps.BELOW), *numbers] for label, numbers in matrix.lines),
    ]
