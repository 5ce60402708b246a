"""Listings, as the desk sees them."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from coalition.files.actions import register_holder
from coalition.review.kinds import Kind, nothing, register
from coalition.review.models import Submission
from directory.models import Location, Service, Subject
from directory.public.views import service_detail

from . import actions, advice, corrections, deciding, draft_views, held_files, reading, writing
from .editor import SECTIONS
from .enums import Wrong
from .looking import forget_mended


def correction_detail(submission: Submission) -> dict:
    """What was said; the places it is about; where the listing is edited and checked."""
    correction = submission.correction
    service = correction.service
    places = Location.objects.filter(pk__in=correction.places).prefetch_related("addresses")
    return {
        "correction": correction,
        "service": service,
        "places": list(places.order_by("pk")) if correction.wrong == Wrong.ADDRESS else [],
        "shown": Service.objects.published().filter(pk=service.pk).exists(),
    }


def page(request: HttpRequest, pk) -> HttpResponse:
    return service_detail(request, Service.objects.get(pk=pk).slug)


def shown(ids) -> set:
    return set(Service.objects.published().filter(pk__in=ids).values_list("pk", flat=True))


def register_kinds() -> None:
    register_holder(held_files.named)
    writing.register(
        writing.Written(
            subject=Subject.SERVICE,
            kind=actions.LISTING,
            label=_("Listing"),
            sections=SECTIONS,
            shown=shown,
            preview=draft_views.listing_preview,
            page=page,
            missing=advice.essentials,
            at_fault=advice.at_fault,
            prepare=actions.prepare,
            problems=advice.problems,
            area=actions.area,
            changed=forget_mended,
            checkable=True,
        )
    )
    register(
        Kind(
            code=actions.LISTING,
            label=_("Listing"),
            template="coalition/review/listing.html",
            detail=reading.detail,
            approve=deciding.approve,
            decline=deciding.decline,
            mails=deciding.tell_partner,
            bulk=True,
            safe=reading.safe,
            summary=reading.summary,
        )
    )
    register(
        Kind(
            code=corrections.CORRECTION,
            label=_("Correction"),
            template="coalition/review/correction.html",
            detail=correction_detail,
            approve=nothing,
            give_back=None,
            mails=corrections.settled,
            language=corrections.language_of,
        )
    )
    register(
        Kind(
            code=corrections.ADDRESS,
            label=_("Address to hide"),
            template="coalition/review/correction.html",
            detail=correction_detail,
            approve=corrections.approve_address,
            decline=corrections.decline_address,
            give_back=None,
            mails=corrections.settled,
            language=corrections.language_of,
        )
    )
