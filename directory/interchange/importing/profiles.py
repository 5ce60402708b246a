"""What a source's columns and values mean: a profile, read from a TOML file.

The profiles that ship with the project lie in `directory/interchange/profiles/`;
docs/importing.md says how to write another. A profile that says something impossible is refused
with the place in it that is wrong.
"""

import re
import tomllib
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import get_origin

from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.models.enums import Delivery, Province

from .cleaning import CANADA, Bounds

SHIPPED = Path(__file__).resolve().parent.parent / "profiles"
CODE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")

# What a column may hold. Only these four must be mapped.
REQUIRED_ROLES = ("identifier", "name", "street", "town")
ROLES = (
    *REQUIRED_ROLES,
    "name_fr",
    "alternate_name",
    "alternate_name_fr",
    "kind",
    "detail",
    "unit",
    "address_note",
    "province",
    "postal_code",
    "latitude",
    "longitude",
    "phone",
    "email",
    "website",
    "description",
    "description_fr",
)
PLACEHOLDERS = {"service", "services", "name", "town"}


class BadProfile(ValueError):
    """A profile that cannot be used; the message names the place in it and why."""


class Publish(TextChoices):
    """Whether rows of a kind become listings."""

    ALWAYS = "always"
    IF_TURNED_ON = "if turned on"
    NEVER = "never"


@dataclass(frozen=True)
class Detail:
    """What one value of the detail column says; or several, where they stand together.

    `service` is the offer in lower case, as it stands within a sentence. `site` marks a branch
    of the row whose identifier its own begins with. `leave_out` keeps such rows out.
    """

    values: tuple[str, ...]
    service: str = ""
    service_fr: str = ""
    terms: tuple[str, ...] = ()
    site: bool = False
    leave_out: bool = False


@dataclass(frozen=True)
class Kind:
    """What one value of the kind column becomes.

    `code` stands in the identifiers of listings and on the command line: it never changes. Texts
    may name `{service}` (with a capital), `{services}` (without), `{name}` and `{town}`.
    `organization` says from which columns the operator's name is taken, the first that is filled.
    A name with one of `check_addresses` in it is reported: its address may have to stay secret.
    """

    value: str
    code: str = ""
    title: str = ""
    title_fr: str = ""
    publish: str = Publish.ALWAYS
    service: str = ""
    service_fr: str = ""
    name: str = "{service}"
    name_fr: str = "{service}"
    description: str = ""
    description_fr: str = ""
    terms: tuple[str, ...] = ()
    delivery: tuple[str, ...] = (Delivery.IN_PERSON.value,)
    organization: tuple[str, ...] = ("name",)
    check_addresses: tuple[str, ...] = ()
    drop_store_numbers: bool = False
    separator: str = ""
    details: tuple[Detail, ...] = ()

    @property
    def label(self) -> str:
        """Its title in the active language, for reports."""
        french = (get_language() or "en").startswith("fr")
        return (self.title_fr if french else "") or self.title or self.value

    @property
    def has_sites(self) -> bool:
        return any(detail.site for detail in self.details)

    @cached_property
    def known_values(self) -> frozenset[str]:
        return frozenset(value for detail in self.details for value in detail.values)


@dataclass(frozen=True)
class Mend:
    """A known mistake of the source: `wrong` becomes `right` wherever it stands in a column."""

    columns: tuple[str, ...]
    wrong: str
    right: str


@dataclass(frozen=True)
class AddressNote:
    """What the address note column says that people should know, added to descriptions."""

    value: str
    text: str
    text_fr: str


@dataclass(frozen=True)
class Profile:
    """How one source is read. `source` names it for good: it ties listings to their rows."""

    name: str
    source: str
    title: str
    columns: dict[str, str]
    kinds: dict[str, Kind]
    title_fr: str = ""
    province: str = ""
    bounds: Bounds = CANADA
    closing: str = ""
    closing_fr: str = ""
    acronyms: frozenset[str] = frozenset()
    mends: tuple[Mend, ...] = ()
    address_notes: dict[str, AddressNote] = field(default_factory=dict)

    def kind_of(self, value: str) -> Kind | None:
        """The kind of a row; with no kind column all rows are of the only one."""
        if "kind" not in self.columns:
            return next(iter(self.kinds.values()))
        return self.kinds.get(value)

    def kind_by_code(self, code: str) -> Kind | None:
        return next((kind for kind in self.kinds.values() if kind.code == code), None)

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every taxonomy term that the profile gives to listings."""
        found = {term for kind in self.kinds.values() for term in kind.terms}
        for kind in self.kinds.values():
            found |= {term for detail in kind.details for term in detail.terms}
        return frozenset(found)

    @property
    def published_by(self) -> str:
        """Who published what this imports, in words anyone may read."""
        return _("Import: %s") % self.title


def shipped_profiles() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_profile(name: str | Path) -> Profile:
    """A profile by its name, or from the path of a `.toml` file. Raises BadProfile."""
    path = Path(name)
    if path.suffix != ".toml":
        path = SHIPPED / f"{name}.toml"
        if not CODE.match(str(name)) or not path.exists():
            raise BadProfile(
                _("There is no profile “%(name)s”. There is: %(known)s.")
                % {"name": name, "known": ", ".join(shipped_profiles())}
            )
    try:
        with path.open("rb") as file:
            return read_profile(tomllib.load(file))
    except OSError as error:
        raise BadProfile(
            _("Cannot read %(path)s: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise BadProfile(
            _("%(path)s is not TOML: %(reason)s.") % {"path": path, "reason": error}
        ) from None


def read_profile(data: dict) -> Profile:
    """A profile from the content of its file, checked."""
    values = dict(data)
    left_out = listed(values, "left_out", "left_out")
    kinds = [read_kind(item, f"kinds[{n}]") for n, item in enumerate(tables(values, "kinds"))]
    kinds += [Kind(value, publish=Publish.NEVER) for value in left_out]
    notes = [build(AddressNote, item, "address_notes") for item in tables(values, "address_notes")]
    mends = [build(Mend, item, "mends") for item in tables(values, "mends")]
    profile = build(
        Profile,
        {
            **{key: value for key, value in values.items() if key != "bounds"},
            **({"bounds": build(Bounds, values["bounds"], "bounds")} if "bounds" in values else {}),
            "kinds": {kind.value: kind for kind in kinds},
            "mends": tuple(mends),
            "address_notes": {note.value: note for note in notes},
            "acronyms": frozenset(listed(values, "acronyms", "acronyms")),
        },
        "",
        given=values,
    )
    check(profile, kinds)
    return profile


def read_kind(data: dict, where: str) -> Kind:
    details = tuple(
        build(Detail, item, f"{where}.details[{n}]")
        for n, item in enumerate(tables(dict(data), "details", where))
    )
    kind = build(Kind, {**data, "details": details}, where)
    if kind.publish not in Publish.values:
        refuse(f"{where}.publish", _("One of: %s.") % ", ".join(Publish.values))
    return kind


def build(model: type, data, where: str, given: dict | None = None):
    """One of the classes above from a TOML table, with every key known and every type right."""
    if not isinstance(data, dict):
        refuse(where, _("This must be a table."))
    known = {item.name: item for item in fields(model)}
    values = {}
    for key, value in data.items():
        path = f"{where}.{key}" if where else key
        if key not in known:
            if given is not None and key in {"left_out"}:
                continue
            refuse(path, _("There is no such setting."))
        if isinstance(value, list):
            value = tuple(listed(data, key, path))
        expected = known[key].type
        if get_origin(expected) is tuple and not isinstance(value, tuple):
            refuse(path, _("This must be a list of texts."))
        if expected is bool or expected is str or expected is float:
            accepted = (int, float) if expected is float else expected
            if not isinstance(value, accepted):
                refuse(path, _("This has the wrong type."))
        values[key] = value
    try:
        return model(**values)
    except TypeError as error:
        missing = re.findall(r"'(\w+)'", str(error))
        refuse(where or _("the profile"), _("This is missing: %s.") % ", ".join(missing))


def tables(data: dict, key: str, where: str = "") -> list[dict]:
    found = data.get(key, [])
    if not isinstance(found, list):
        refuse(f"{where}.{key}".strip("."), _("This must be a list of tables."))
    return found


def listed(data: dict, key: str, where: str) -> list[str]:
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        refuse(where, _("This must be a list of texts."))
    return found


def refuse(where: str, why: str):
    raise BadProfile(_("In the profile, %(where)s: %(why)s") % {"where": where, "why": why})


def check(profile: Profile, kinds: list[Kind]) -> None:
    """What the types alone cannot say."""
    for code in ("name", "source"):
        if not CODE.match(getattr(profile, code)):
            refuse(code, _("Use small letters, digits and hyphens."))
    if not isinstance(profile.columns, dict):
        refuse("columns", _("This must be a table."))
    for role, column in profile.columns.items():
        if role not in ROLES:
            refuse(f"columns.{role}", _("One of: %s.") % ", ".join(ROLES))
        if not isinstance(column, str) or not column:
            refuse(f"columns.{role}", _("Name the column as the file's first row spells it."))
    for role in REQUIRED_ROLES:
        if role not in profile.columns:
            refuse("columns", _("This is missing: %s.") % role)
    if ("latitude" in profile.columns) != ("longitude" in profile.columns):
        refuse("columns", _("Latitude and longitude come together or not at all."))
    if "province" not in profile.columns and profile.province not in Province.values:
        refuse("province", _("Map a column, or name one of: %s.") % ", ".join(Province.values))
    if not kinds or ("kind" not in profile.columns and len(kinds) > 1):
        refuse("kinds", _("Name the kinds, and the column that tells them apart."))
    codes = [kind.code for kind in kinds if kind.publish != Publish.NEVER]
    for kind in kinds:
        if [other.value for other in kinds].count(kind.value) > 1:
            refuse("kinds", _("“%s” is there twice.") % kind.value)
        if kind.publish != Publish.NEVER:
            check_kind(profile, kind, codes)
    for mend in profile.mends:
        for role in mend.columns:
            if role not in profile.columns:
                refuse("mends", _("No column is mapped to “%s”.") % role)
        if not mend.wrong:
            refuse("mends", _("This is missing: %s.") % "wrong")


def check_kind(profile: Profile, kind: Kind, codes: list[str]) -> None:
    where = f"kinds “{kind.value}”"
    if not CODE.match(kind.code) or codes.count(kind.code) > 1:
        refuse(where, _("Give it a code of its own in small letters, digits and hyphens."))
    for value in kind.delivery:
        if value not in Delivery.values:
            refuse(where, _("Delivery is one of: %s.") % ", ".join(Delivery.values))
    for role in kind.organization:
        if role not in profile.columns:
            refuse(where, _("No column is mapped to “%s”.") % role)
    if kind.details and "detail" not in profile.columns:
        refuse(where, _("No column is mapped to “%s”.") % "detail")
    for text in (kind.name, kind.name_fr, kind.description, kind.description_fr):
        for placeholder in re.findall(r"{([^{}]*)}", text):
            if placeholder not in PLACEHOLDERS:
                refuse(where, _("There is no {%s} to fill in.") % placeholder)
    offers = [kind, *(d for d in kind.details if not d.leave_out)]
    for offer in offers:
        if bool(offer.service) != bool(offer.service_fr):
            refuse(where, _("Name the service in both languages."))
    named = kind.service or any(detail.service for detail in kind.details)
    if "{service" in f"{kind.name}{kind.name_fr}{kind.description}" and not named:
        refuse(where, _("Name the service in both languages."))
    for term in [*kind.terms, *(term for detail in kind.details for term in detail.terms)]:
        if not re.match(r"^[a-z]+:[a-z0-9-]+$", term):
            refuse(where, _("A term looks like category:naloxone."))
