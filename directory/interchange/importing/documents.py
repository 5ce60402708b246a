"""A draft as a listing document, with every identifier following from the source's own."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from directory.interchange.merging import normalized
from directory.models.enums import LocationType, Visibility

from . import names
from .drafts import Draft
from .profiles import Profile
from .survey import Survey
from .whereabouts import Whereabouts, whereabouts

NAMESPACE = uuid.UUID("0a3c4b4e-98a4-5a0f-8a55-5e1f0a8f6a52")


def listing_id(profile: Profile, source_id: str) -> uuid.UUID:
    """A listing's identifier: the same wherever the same source is imported."""
    return uuid.uuid5(NAMESPACE, f"{profile.source}/{source_id}")


def operator_id(profile: Profile, key: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"{profile.source}/organization/{key}")


def document(
    found: Draft,
    survey: Survey,
    profile: Profile,
    operator_ids: Mapping[str, uuid.UUID] = MappingProxyType({}),
) -> dict:
    """The whole listing as the source has it, in normal form.

    `operator_ids` are those of organizations that keep another identifier than the one that
    follows from their name, by `names.key`. What the source does not say is not in it: no hours
    (which then are not known), no phone, no date of checking.
    """
    pk = listing_id(profile, found.source_id)

    def part(path: str) -> str:
        return str(uuid.uuid5(pk, path))

    key = survey.operator_key(found)
    organization_id = operator_ids.get(key) or operator_id(profile, key)
    place = located(found)
    zone = {"timezone": place.time_zone}
    point = dict(zip(("latitude", "longitude"), place.point or (), strict=False))
    listing = {
        "id": str(pk),
        "name": text(found, survey, "name", found.kind.name),
        "name_fr": text(found, survey, "name_fr", found.kind.name_fr),
        "description": description(found, survey, profile, ""),
        "description_fr": description(found, survey, profile, "_fr"),
        "url": found.website,
        "email": found.email,
        "delivery": list(found.kind.delivery),
        "state_province": found.province,
        **zone,
        "organization": {"id": str(organization_id), **survey.operator(found)},
        "attributes": [
            {"id": part(f"attributes/{term}"), "taxonomy_term": {"taxonomy": t, "code": c}}
            for term in found.terms
            for t, c in [term.split(":")]
        ],
        "service_at_locations": [
            {
                "id": part("place"),
                "location": {
                    "id": part("location"),
                    "visibility": visibility(found).value,
                    "location_type": LocationType.PHYSICAL.value,
                    **zone,
                    **point,
                    "external_identifier": found.identifier,
                    "external_identifier_type": profile.source,
                    "addresses": [
                        {
                            "id": part("address"),
                            "attention": found.street.attention,
                            "address_1": found.street.street,
                            "address_2": found.street.unit,
                            "city": found.town,
                            "state_province": found.province,
                            "postal_code": found.postal_code,
                            "country": "CA",
                        }
                    ],
                },
            }
        ],
    }
    if found.phone:
        number, extension = found.phone
        listing["phones"] = [{"id": part("phone"), "number": number, "extension": extension}]
    return normalized(listing)


def text(found: Draft, survey: Survey, field: str, template: str) -> str:
    """A name from its template, with what sets the place apart from its siblings."""
    french = field.endswith("_fr")
    offer = found.service.fr if french else found.service.en
    name = (found.name_fr or found.name) if french else (found.name or found.name_fr)
    filled = template.format(
        service=offer[:1].upper() + offer[1:], services=offer, name=name, town=found.town
    )
    # What sets places apart is often the street: not in the name of one that stays private.
    tells_apart = "{service}" in template and not may_be_a_shelter(found)
    apart = survey.apart(found) if tells_apart else ""
    return f"{filled} – {apart}" if apart else filled


def description(found: Draft, survey: Survey, profile: Profile, suffix: str) -> str:
    """What the source says of the place, then what it does not say."""
    own = getattr(found, f"description{suffix}")
    template = getattr(found.kind, f"description{suffix}")
    sentences = [own or text(found, survey, f"description{suffix}", template)]
    if found.address_note and not may_be_a_shelter(found):
        sentences.append(getattr(found.address_note, f"text{suffix}"))
    sentences.append(getattr(profile, f"closing{suffix}"))
    return " ".join(filter(None, sentences))


def warnings(found: Draft) -> list[str]:
    """What is worth a person's look, though nothing is wrong enough to refuse."""
    messages = list(located(found).warnings)
    if may_be_a_shelter(found):
        messages.append(
            _(
                "its name speaks of a shelter: its address is kept private, and it waits "
                "unpublished until a person decides"
            )
        )
    return messages


def may_be_a_shelter(found: Draft) -> bool:
    """Whether a name asks for care: a wrong guess costs a look, a leaked address far more."""
    name = names.key(f"{found.name} {found.operator}")
    return any(names.key(word) in name for word in found.kind.check_addresses)


def visibility(found: Draft) -> Visibility:
    return Visibility.CONFIDENTIAL if may_be_a_shelter(found) else Visibility.PUBLIC


def located(found: Draft) -> Whereabouts:
    return whereabouts(found.town, found.province, found.postal_code, found.point)
