"""The sections of a resource's editor."""

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.listings.advice import Advice, in_one_language
from coalition.listings.editor import Section, Sections, keys_of
from coalition.listings.forms.documents import form_for
from coalition.listings.forms.moments import LocalMomentField, MomentsForm
from coalition.listings.forms.parts import Posted, Values
from coalition.listings.forms.terms import Family, Terms

from .documents import nothing_to_get
from .enums import ELSEWHERE, Licence, ResourceKind
from .forms.related import EventLinkForm, Links, ServiceLinkForm
from .forms.versions import Versions
from .schema import RESOURCE

WhatForm = form_for(
    RESOURCE,
    "kind name* description* audience* languages version",
    helps={
        "description": _("In plain words: what is in it, and what people can do with it."),
        "audience": _("Such as: outreach workers, families, anybody."),
    },
)
GetForm = form_for(
    RESOURCE,
    "url how_to_get*",
    helps={
        "url": _("For a link or a video, and for what has a page of its own elsewhere."),
        "how_to_get": _("Whom to ask, where it is, what it costs, until when it is lent."),
    },
)


class FundingBase(MomentsForm):
    """What may be had, and until when one can ask."""

    deadline = LocalMomentField(
        label=capfirst(RESOURCE.model_fields["deadline"].verbose_name),
        help_text=_("After it, the page says that it is closed."),
    )

    def clean(self):
        cleaned = super().clean()
        least, most = cleaned.get("amount_minimum"), cleaned.get("amount_maximum")
        if least is not None and most is not None and least > most:
            self.add_error("amount_maximum", _("The least amount is above the most."))
        return cleaned


class SeenBase(MomentsForm):
    """Who may see it, and from when on."""

    publish_from = LocalMomentField(
        label=capfirst(RESOURCE.model_fields["publish_from"].verbose_name),
        help_text=_("Nobody sees it before. Leave it empty to show it as soon as it is approved."),
    )

    def __init__(self, data, *, of: dict, prefix: str):
        super().__init__(data, of=of, prefix=prefix)
        self.order_fields(["seen_by", "licence", "publish_from", "timezone"])


FundingForm = form_for(
    RESOURCE,
    "timezone who_may_apply* amount_minimum amount_maximum amount_description*",
    base=FundingBase,
    choices={"timezone": []},
)
SeenForm = form_for(RESOURCE, "timezone seen_by licence", base=SeenBase, choices={"timezone": []})


class Topics(Terms):
    """What it is about: kinds of support, to tick."""

    def __init__(self, posted: Posted, obj: dict):
        super().__init__(posted, obj, taxonomies=("category",))

    @property
    def groups(self) -> list[tuple[str, str, list[Family]]]:
        return [(code, _("What it is about"), families) for code, _own, families in super().groups]


def what(posted: Posted, document: dict, at: str) -> list:
    return [
        Values(WhatForm, posted, document, "what"),
        Topics(posted, document),
    ]


def files(posted: Posted, document: dict, at: str) -> list:
    return [Versions(posted, document)]


def get(posted: Posted, document: dict, at: str) -> list:
    return [Values(GetForm, posted, document, "get")]


def funding(posted: Posted, document: dict, at: str) -> list:
    return [Values(FundingForm, posted, document, "funding")]


def seen(posted: Posted, document: dict, at: str) -> list:
    return [Values(SeenForm, posted, document, "seen")]


def related(posted: Posted, document: dict, at: str) -> list:
    return [
        Links(
            "services",
            ServiceLinkForm,
            posted,
            document,
            title=_("Services it belongs to"),
            add=_("Add a service"),
        ),
        Links(
            "events",
            EventLinkForm,
            posted,
            document,
            title=_("Events it belongs to"),
            add=_("Add an event"),
        ),
    ]


SECTIONS: Sections = {
    section.code: section
    for section in (
        Section(
            "what",
            _("What it is"),
            (*keys_of(WhatForm), "attributes"),
            what,
            _("People read this first."),
        ),
        Section(
            "file",
            _("Files"),
            ("versions",),
            files,
            _(
                "A new file takes the place of the one before it. Links to the earlier ones go on "
                "working."
            ),
            uploads=True,
        ),
        Section("get", _("Link, or how to get it"), keys_of(GetForm), get),
        Section(
            "funding",
            _("Deadline and amount"),
            keys_of(FundingForm),
            funding,
            _("For funding. Leave it empty for all else."),
        ),
        Section("seen", _("Who may see and use it"), keys_of(SeenForm), seen),
        Section("related", _("What it belongs to"), ("services", "events"), related),
    )
}


def missing(document: dict) -> Iterator[Advice]:
    """What people need to know and are not told."""
    if not (document.get("name") or document.get("name_fr")):
        yield Advice("what", gettext("It has no title."))
    if not (document.get("description") or document.get("description_fr")):
        yield Advice("what", gettext("Nothing says what it is."))
    if not document.get("attributes"):
        yield Advice("what", gettext("It has no topic: people who filter by topic do not find it."))
    if not document.get("languages"):
        yield Advice("what", gettext("Nothing says in which language it is."))
    there = ("versions", "url", "how_to_get", "how_to_get_fr")
    if not any(document.get(key) for key in there):
        yield Advice("file", nothing_to_get())
    kind = document.get("kind")
    if kind == ResourceKind.FUNDING and not document.get("deadline"):
        yield Advice("funding", gettext("Funding without a deadline is not in the calendar."))
    if document.get("licence", Licence.UNSTATED) == Licence.UNSTATED:
        yield Advice("seen", gettext("Nothing says what others may do with it."))
    yield from in_one_language(document, SECTIONS)


def at_fault(message: str, document: dict) -> str:
    """Where one that was refused as a whole is put right."""
    if document.get("kind") in ELSEWHERE and not document.get("url"):
        return "get"
    if not (document.get("name") or document.get("name_fr")):
        return "what"
    return "file"
