"""Resources, as the desk, the editor, the history and the search see them."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from coalition.files.actions import register_holder
from coalition.listings import deciding, looking, reading, writing
from coalition.listings.models import NAMELESS
from coalition.members.actions import register_hider
from coalition.review import kinds as review
from directory.interchange import subjects
from directory.search import wordlist

from . import actions, documents, editor, index, looked_at, views
from .models import ResourceVersion
from .schema import RESOURCE, SUBJECT


def held(files: Iterable[UUID]) -> set[UUID]:
    """Those of these files that are a version of something. Drafts and the history are seen to."""
    return set(ResourceVersion.objects.filter(file__in=files).values_list("file", flat=True))


def words_used() -> wordlist.Ways:
    ids = index.for_everyone().order_by("pk").values_list("pk", flat=True)
    return index.used(documents.read_resources(ids))


def register_kinds() -> None:
    NAMELESS[SUBJECT] = _("Something new to share")
    subjects.register(
        subjects.Kept(
            SUBJECT,
            RESOURCE,
            documents.read_resources,
            documents.write_resource,
            actions.publish,
        )
    )
    writing.register(
        writing.Written(
            subject=SUBJECT,
            kind=SUBJECT,
            label=_("Resource"),
            sections=editor.SECTIONS,
            shown=actions.SIGHT.shown,
            preview=views.preview,
            page=views.page_of,
            missing=editor.missing,
            at_fault=editor.at_fault,
            prepare=documents.prepare,
            problems=looked_at.problems,
            changed=partial(looking.forget_mended, subject=SUBJECT),
            edit="coalition:resource_edit",
            fresh_at_once=True,
        )
    )
    review.register(
        review.Kind(
            code=SUBJECT,
            label=_("Resource"),
            template="coalition/review/listing.html",
            detail=reading.detail,
            approve=deciding.approve,
            decline=deciding.decline,
            mails=deciding.tell_partner,
            summary=reading.summary,
        )
    )
    wordlist.register(wordlist.Source(index.PUBLIC_WORDS, words_used))
    register_holder(held)
    looking.register_source(looked_at.said)
    register_hider(actions.SIGHT.withdraw_all)
