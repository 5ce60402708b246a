"""The pages of an event's editor."""

from functools import partial

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from coalition.listings.editor import Section, keys_of
from coalition.listings.forms.documents import form_for
from coalition.listings.forms.moments import LocalMomentField, MomentsForm
from coalition.listings.forms.parts import Posted, Rows, Values
from coalition.listings.forms.terms import Terms

from .forms.parts import HostForm, PictureForm, PlaceForm, ServiceForm
from .forms.when import WhenForm
from .places import clock_of
from .recurrence import within_reach
from .schema import EVENT

WhatForm = form_for(
    EVENT,
    "name* kind description*",
    helps={"description": _("In plain words: what happens, and what people need not worry about.")},
)
WhoForm = form_for(EVENT, "audience* languages")
WhereForm = form_for(EVENT, "attendance")
ElsewhereForm = form_for(
    EVENT,
    "place_name* address_1 city state_province postal_code visibility directions*",
    helps={
        "place_name": _("Only where it is not at one of your places."),
        "visibility": _(
            "Where people could be harmed by others knowing the address, show the area only, and "
            "tell those who register."
        ),
    },
)
OnlineForm = form_for(
    EVENT,
    "online_url online_note*",
    helps={
        "online_url": _(
            "Everyone sees it, unless people register on this site: then only they get it."
        )
    },
)
ComeForm = form_for(EVENT, "registration places contact_phone contact_email contact_url")
CostForm = form_for(
    EVENT, "amount cost_description*", helps={"amount": _("0 means free. Empty if it depends.")}
)
AccessForm = form_for(EVENT, "access access_note* substance_free")


class ShowBase(MomentsForm):
    """From when on it is shown, on the clock of where it takes place."""

    publish_from = LocalMomentField(
        label=capfirst(EVENT.model_fields["publish_from"].verbose_name),
        help_text=_(
            "On the clock of where it takes place. Empty to show it as soon as it is approved."
        ),
        validators=[within_reach],
    )

    def __init__(self, data, *, of: dict, prefix: str, posted: Posted):
        self.organization = posted.organization
        super().__init__(data, of=of, prefix=prefix)

    def clock(self, of: dict) -> str:
        organizer = {"organization": {"id": self.organization.pk}} if self.organization else {}
        return clock_of(of | organizer)


ShowForm = form_for(
    EVENT,
    "status_note*",
    base=ShowBase,
    helps={
        "status_note": _("What people must know now: “New room: 204”. Empty it when over."),
    },
)


def what(posted: Posted, document: dict, at: str) -> list:
    return [Values(WhatForm, posted, document, "what")]


def who(posted: Posted, document: dict, at: str) -> list:
    return [
        Values(WhoForm, posted, document, "who"),
        Terms(posted, document, taxonomies=("serves",)),
    ]


def when(posted: Posted, document: dict, at: str) -> list:
    return [Values(WhenForm, posted, document, "when")]


def where(posted: Posted, document: dict, at: str) -> list:
    return [
        Values(WhereForm, posted, document, "how"),
        Values(partial(PlaceForm, posted=posted), posted, document, "place"),
        Values(ElsewhereForm, posted, document, "where"),
        Values(OnlineForm, posted, document, "online"),
    ]


def come(posted: Posted, document: dict, at: str) -> list:
    return [
        Values(ComeForm, posted, document, "come"),
        Values(CostForm, posted, document, "cost"),
        Values(AccessForm, posted, document, "access"),
    ]


def more(posted: Posted, document: dict, at: str) -> list:
    return [
        Values(partial(PictureForm, posted=posted), posted, document, "picture"),
        rows("hosts", HostForm, posted, document, _("Hosts with you"), _("Add a host")),
        rows(
            "services", ServiceForm, posted, document, _("Belongs to a listing"), _("Add a listing")
        ),
        Values(partial(ShowForm, posted=posted), posted, document, "show"),
    ]


def rows(key: str, form, posted: Posted, document: dict, title, add) -> Rows:
    made = partial(form, posted=posted)
    return Rows(
        key,
        lambda posted, item, prefix: [Values(made, posted, item, f"{prefix}it")],
        posted,
        document,
        title=title,
        add=add,
        note=_("They are asked, and shown once they agree.") if key == "hosts" else "",
        shown_empty=False,
    )


SECTIONS = {
    section.code: section
    for section in (
        Section("what", _("What it is"), keys_of(WhatForm), what, _("People read this first.")),
        Section(
            "when",
            _("When it is"),
            ("starts_on", "starts_at", "ends_on", "ends_at", "timezone", "rrule", "exdates"),
            when,
        ),
        Section(
            "where",
            _("Where it is"),
            (*keys_of(WhereForm, ElsewhereForm, OnlineForm), "location"),
            where,
        ),
        Section("who", _("Who it is for"), (*keys_of(WhoForm), "attributes"), who),
        Section(
            "come", _("Coming, cost and access"), keys_of(ComeForm, CostForm, AccessForm), come
        ),
        Section(
            "more",
            _("Picture, hosts and showing it"),
            (*keys_of(PictureForm, ShowForm), "picture", "hosts", "services"),
            more,
            uploads=True,
        ),
    )
}
