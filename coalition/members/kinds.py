"""Applications, as the desk sees them."""

from django.utils.translation import gettext_lazy as _

from coalition.review.kinds import Kind, register
from coalition.review.models import Submission

from . import applying, matching


def detail(submission: Submission) -> dict:
    application = submission.application
    return {
        "application": application,
        "doubles": matching.with_towns(
            [o for o in matching.possible_doubles(application) if o.pk != application.claims_id]
        ),
        "claims_owner": application.claims is not None and applying.has_owner(application.claims),
    }


def register_kinds() -> None:
    register(
        Kind(
            code=applying.APPLICATION,
            label=_("Application to join"),
            template="coalition/review/application.html",
            detail=detail,
            approve=applying.approve_application,
            mails=applying.tell_applicant,
            language=lambda submission: submission.application.language,
        )
    )
