"""One row of a source as what it says of a service, without asking the catalogue. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from directory.models.enums import Province

from . import addresses, cleaning, names
from .cleaning import BadValue, shown
from .profiles import AddressNote, Detail, Kind, Profile, Publish
from .rows import Row
from .whereabouts import town_meant

IDENTIFIER_LENGTH = 120
NAME_LENGTH = 300


class Refused(Exception):
    """A row that cannot become a listing: the column at fault, its value, and why."""

    def __init__(self, column: str, value: str, reason: str):
        self.column = column
        self.value = value
        self.reason = reason
        super().__init__(f"{column}: {value}: {reason}")


class LeftOut(Exception):
    """A row that is not for this directory; the message says why."""


@dataclass(frozen=True)
class Service:
    """What is offered, in both languages, as it stands within a sentence."""

    en: str
    fr: str


@dataclass
class Draft:
    """What one row says. `notes` are messages on what was mended or looks odd."""

    row: int
    kind: Kind
    identifier: str
    name: str
    name_fr: str
    alternate_name: str
    alternate_name_fr: str
    operator: str
    operator_fr: str
    service: Service
    terms: tuple[str, ...]
    is_site: bool
    street: addresses.Street
    town: str
    province: str
    postal_code: str
    point: tuple[float, float] | None
    address_note: AddressNote | None
    phone: tuple[str, int | None] | None
    email: str
    website: str
    description: str
    description_fr: str
    notes: list[str] = field(default_factory=list)

    @property
    def source_id(self) -> str:
        """What ties the listing to its row from one edition of the file to the next."""
        return f"{self.kind.code}:{self.identifier}"


class Cells:
    """A row's values by role, tidied and mended, with a note on each mend that matters."""

    def __init__(self, row: Row, profile: Profile):
        self.row = row
        self.profile = profile
        self.notes: list[str] = []

    def raw(self, role: str) -> str:
        return self.row.values.get(self.profile.columns.get(role, ""), "")

    def text(self, role: str, limit: int = 0) -> str:
        """The cell as text fit to be shown. Raises Refused if it is longer than `limit`."""
        tidied = cleaning.tidy(self.raw(role))
        self.note(role, tidied.mended)
        text = tidied.text
        for mend in self.profile.mends:
            if role in mend.columns and mend.wrong in text:
                right = text.replace(mend.wrong, mend.right)
                self.note(
                    role,
                    [_("“%(wrong)s” read as “%(right)s”") % {"wrong": text, "right": right}],
                )
                text = right
        if limit and len(text) > limit:
            raise self.refusal(
                role,
                _("This has %(length)d characters; %(limit)d is the most.")
                % {"length": len(text), "limit": limit},
            )
        return text

    def read(self, role: str, reader, *arguments):
        """The cell through a reader of `cleaning`; None if empty. Raises Refused."""
        if not self.raw(role).strip():
            return None
        try:
            return reader(self.text(role), *arguments)
        except BadValue as error:
            raise self.refusal(role, str(error)) from None

    def refusal(self, role: str, reason: str) -> Refused:
        return Refused(self.profile.columns.get(role, role), shown(self.raw(role)), reason)

    def note(self, role: str, messages: Iterable[str]) -> None:
        column = self.profile.columns.get(role, role)
        self.notes += [f"{column}: {message}" for message in messages]


def kind_of(row: Row, profile: Profile, turned_on: frozenset[str]) -> Kind:
    """The row's kind if it is to be published. Raises Refused or LeftOut."""
    cells = Cells(row, profile)
    value = cleaning.respaced(cells.raw("kind"))
    kind = profile.kind_of(value)
    if kind is None:
        raise cells.refusal("kind", _("The profile does not know this kind of row."))
    if kind.publish == Publish.NEVER:
        raise LeftOut(_("%s: not for this directory.") % kind.label)
    if kind.publish == Publish.IF_TURNED_ON and kind.code not in turned_on:
        raise LeftOut(
            _("%(kind)s: not turned on (--turn-on %(code)s).")
            % {"kind": kind.label, "code": kind.code}
        )
    return kind


def draft(row: Row, profile: Profile, turned_on: frozenset[str] = frozenset()) -> Draft:
    """What the row says. Raises Refused with the column at fault, or LeftOut."""
    cells = Cells(row, profile)
    if row.problem:
        raise Refused("", "", row.problem)
    kind = kind_of(row, profile, turned_on)
    details = details_of(cells, kind)
    identifier = cells.text("identifier", IDENTIFIER_LENGTH)
    if not identifier:
        raise cells.refusal("identifier", _("Without it the row cannot be known again."))
    name, name_fr = names_of(cells, profile)
    alternate_name, alternate_name_fr = alternates_of(cells, profile)
    operator, operator_fr = name, name_fr
    if kind.organization[0] == "alternate_name" and (alternate_name or alternate_name_fr):
        operator, operator_fr = alternate_name, alternate_name_fr
        alternate_name = alternate_name_fr = ""
    if kind.drop_store_numbers:
        operator = names.without_store_number(operator)
    province = province_of(cells, profile)
    point = point_of(cells, profile)
    return Draft(
        row=row.number,
        kind=kind,
        identifier=identifier,
        name=name,
        name_fr=name_fr,
        alternate_name=alternate_name,
        alternate_name_fr=alternate_name_fr,
        operator=operator,
        operator_fr=operator_fr,
        service=service_of(kind, details),
        terms=tuple(dict.fromkeys([*kind.terms, *(t for d in details for t in d.terms)])),
        is_site=any(detail.site for detail in details),
        street=street_of(cells, profile),
        town=town_of(cells, province, point),
        province=province,
        postal_code=postal_code_of(cells),
        point=point,
        address_note=profile.address_notes.get(cells.text("address_note")),
        phone=cells.read("phone", cleaning.phone),
        email=cells.read("email", cleaning.email) or "",
        website=cells.read("website", cleaning.website) or "",
        description=cells.text("description"),
        description_fr=cells.text("description_fr"),
        notes=cells.notes,
    )


def details_of(cells: Cells, kind: Kind) -> list[Detail]:
    """What the detail column says, matched from the longest combination down."""
    if not kind.details:
        return []
    text = cells.text("detail")
    values = [v.strip() for v in text.split(kind.separator)] if kind.separator else [text]
    left = list(dict.fromkeys(value for value in values if value))
    if not left:
        raise cells.refusal("detail", _("It is empty, so that it is not known what is offered."))
    found = []
    for detail in sorted(kind.details, key=lambda detail: -len(detail.values)):
        if all(value in left for value in detail.values):
            found.append(detail)
            left = [value for value in left if value not in detail.values]
    for value in left:
        raise cells.refusal("detail", _("The profile does not know “%s”.") % shown(value))
    if any(detail.leave_out for detail in found):
        raise LeftOut(_("%(kind)s: %(value)s.") % {"kind": kind.label, "value": shown(text)})
    return sorted(found, key=kind.details.index)


def service_of(kind: Kind, details: list[Detail]) -> Service:
    """What is offered, in one phrase: `harm reduction and rapid HIV testing`."""
    offers = [detail for detail in details if detail.service] or [kind]
    return Service(
        in_words(dict.fromkeys(offer.service for offer in offers), "and"),
        in_words(dict.fromkeys(offer.service_fr for offer in offers), "et"),
    )


def in_words(items: Iterable[str], conjunction: str) -> str:
    """`a, b and c`, in the language of its own words, whatever language is active."""
    *rest, last = items
    return f"{', '.join(rest)} {conjunction} {last}" if rest else last


def names_of(cells: Cells, profile: Profile) -> tuple[str, str]:
    """Its name in English and in French; both the same where the English one is French."""
    text = names.straightened(cells.text("name", NAME_LENGTH))
    french = names.straightened(cells.text("name_fr", NAME_LENGTH))
    if not text and not french:
        raise cells.refusal("name", _("A service without a name cannot be shown."))
    english, split = names.split_languages(text)
    if split:
        cells.note("name", [_("taken apart into English and French")])
    english, split, french = (
        names.cased(one, profile.acronyms) for one in (english, split, french)
    )
    french = french or split
    if not french or french == english:
        # A French name with no other beside it is the name in both languages.
        french = english if names.reads_as_french(english) else ""
    return english, french


def alternates_of(cells: Cells, profile: Profile) -> tuple[str, str]:
    found = []
    for role in ("alternate_name", "alternate_name_fr"):
        text = cells.text(role, NAME_LENGTH)
        if names.is_numbered_company(text):
            cells.note(role, [_("“%s”, a company’s number, is not shown") % text])
            text = ""
        plain = names.without_remarks(text)
        if plain != text:
            cells.note(
                role, [_("“%(wrong)s” read as “%(right)s”") % {"wrong": text, "right": plain}]
            )
        found.append(names.cased(names.straightened(plain), profile.acronyms))
    english, split = names.split_languages(found[0])
    return english, found[1] or split


def street_of(cells: Cells, profile: Profile) -> addresses.Street:
    try:
        street = addresses.street(cells.text("street"), cells.text("unit"))
    except BadValue as error:
        raise cells.refusal("street", str(error)) from None
    if len(street.street) > NAME_LENGTH:
        raise cells.refusal("street", _("This is too long for an address."))
    return addresses.Street(
        street.street,
        names.cased(street.unit, profile.acronyms),
        names.cased(street.attention, profile.acronyms),
    )


def town_of(cells: Cells, province: str, point: tuple[float, float] | None) -> str:
    town = names.mc_capitals(cells.text("town", 100))
    if not town:
        raise cells.refusal("town", _("Without a town nobody could find it."))
    meant = town_meant(town, province, point)
    if meant != town:
        cells.note("town", [_("“%(wrong)s” read as “%(right)s”") % {"wrong": town, "right": meant}])
    return meant


def province_of(cells: Cells, profile: Profile) -> str:
    value = cells.text("province").upper()
    if not value:
        if not profile.province:
            raise cells.refusal("province", _("Without it the town cannot be told."))
        return profile.province
    if value not in Province.values:
        raise cells.refusal("province", _("One of: %s.") % ", ".join(Province.values))
    return value


def postal_code_of(cells: Cells) -> str:
    found = cells.read("postal_code", cleaning.postal_code)
    if found is None:
        return ""
    cells.note("postal_code", found.mended)
    return found.text


def point_of(cells: Cells, profile: Profile) -> tuple[float, float] | None:
    latitude = cells.read("latitude", cleaning.degrees)
    longitude = cells.read("longitude", cleaning.degrees)
    try:
        point = cleaning.point(latitude, longitude, profile.bounds)
    except BadValue as error:
        raise Refused(
            f"{profile.columns['latitude']}, {profile.columns['longitude']}",
            f"{shown(cells.raw('latitude'))}, {shown(cells.raw('longitude'))}",
            str(error),
        ) from None
    if point is None and "latitude" in profile.columns:
        cells.note("latitude", [_("no position given: it cannot be found by distance")])
    return point


def notes_on(row: Row, profile: Profile) -> list[str]:
    """What would be mended or refused in a row that is left out, so that dirt has a name."""
    cells = Cells(row, profile)
    for role in profile.columns:
        cells.text(role)
    try:
        postal_code_of(cells)
    except Refused as refused:
        cells.notes.append(f"{refused.column}: “{refused.value}”: {refused.reason}")
    return cells.notes
