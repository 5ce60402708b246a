"""What imports ask, as the desk sees it."""

from django.utils.translation import gettext_lazy as _

from coalition.listings import reading
from coalition.review.kinds import Kind, register

from . import imports


def register_kinds() -> None:
    register(
        Kind(
            code=imports.IMPORTED,
            label=_("From an import"),
            template="coalition/review/listing.html",
            detail=reading.detail,
            approve=imports.approve_imported,
            give_back=None,  # there is nobody to send it back to
            summary=reading.summary,
        )
    )
