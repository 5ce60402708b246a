"""Listings, as the desk sees them."""

from django.utils.translation import gettext_lazy as _

from coalition.review.kinds import Kind, nothing, register
from coalition.review.models import Submission
from directory.models import Location, Service

from . import actions, corrections, deciding, reading
from .enums import Wrong


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


def register_kinds() -> None:
    register(
        Kind(
            code=actions.LISTING,
            label=_("Listing"),
            template="coalition/review/listing.html",
            detail=reading.detail,
            approve=deciding.approve_listing,
            decline=deciding.decline_listing,
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
