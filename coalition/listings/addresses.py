"""An address that should never have been shown: out of everybody's sight at once, put back where
the report was mistaken. What removes it for good is `purge`."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from coalition.accounts.models import User
from coalition.members.enums import Standing
from directory.interchange import proposals
from directory.interchange.actions import publish, withdraw
from directory.interchange.proposals import Conflict
from directory.interchange.publication import public_listings
from directory.interchange.write import InvalidListing
from directory.models import Address, Location, Origin, Proposal, Service
from directory.models.enums import Visibility

from .models import Change


@dataclass
class Hidden:
    """What it took: the visibility each place had, and the listings that went out of sight."""

    places: dict[str, str] = field(default_factory=dict)
    withdrawn: list = field(default_factory=list)
    proposal: Proposal | None = None

    def __bool__(self) -> bool:
        return bool(self.places or self.withdrawn)


def shown_places(service: Service) -> list[Location]:
    """Places of the listing of which anyone may read more than the province."""
    return list(
        Location.objects.filter(service_at_locations__service=service)
        .exclude(visibility=Visibility.CONFIDENTIAL)
        .order_by("service_at_locations__position", "pk")
        .prefetch_related("addresses")
    )


def with_twins(service: Service, places: Iterable) -> list:
    """These places, and others of the same organization at the same street address."""
    places = list(places)
    same = Q(pk__in=places)
    for street, city in Address.objects.filter(location__in=places).values_list(
        "address_1", "city"
    ):
        if street:
            same |= Q(
                addresses__address_1__iexact=street,
                addresses__city__iexact=city,
                service_at_locations__service__organization=service.organization_id,
            )
    return list(
        Location.objects.filter(same).distinct().order_by("pk").values_list("pk", flat=True)
    )


def streets_of(places: Iterable) -> list[str]:
    found = Address.objects.filter(location__in=list(places)).exclude(address_1="")
    return list(found.values_list("address_1", flat=True))


def concerned(service: Service, places: Iterable) -> list[Service]:
    """Every listing that may tell these places, locked in one order: those there, and all of
    their organizations."""
    there = Service.objects.filter(service_at_locations__location__in=list(places))
    organizations = {service.organization_id, *there.values_list("organization_id", flat=True)}
    rows = Service.objects.filter(
        Q(organization__in=organizations) | Q(pk__in=there.values("pk"))
    ).order_by("pk")
    return list(rows.select_for_update())


@transaction.atomic
def hide(service: Service, places: Iterable) -> Hidden:
    """Nobody reads these places any more, in no listing; `service` is the one that was reported.

    Where words tell what is hidden, or nobody could reach a listing so, it goes out of sight
    whole. So does one whose every place was hidden before: then its words must have told.
    """
    hidden = Hidden()
    places = with_twins(service, places)
    services = concerned(service, places)
    services.sort(key=lambda found: found.pk != service.pk)  # the one reported first
    open_ones = Location.objects.filter(pk__in=places).exclude(visibility=Visibility.CONFIDENTIAL)
    hidden.places = {str(pk): shown for pk, shown in open_ones.values_list("pk", "visibility")}
    left = set(hidden.places)
    for found in services:
        if left:
            left -= hide_in(found, left, hidden)
    streets = [street.casefold() for street in streets_of(places)]
    if not hidden.places and service.service_at_locations.exists():
        out_of_sight(service.pk, hidden)
    for document in public_listings([found.pk for found in services]):
        said = json.dumps(document, ensure_ascii=False).casefold()
        if any(street in said for street in streets):
            out_of_sight(document["id"], hidden)
    return hidden


def hide_in(service: Service, places: set[str], hidden: Hidden) -> set[str]:
    """Hide those of the places that this listing has; returns them."""
    document = proposals.current(service.pk)
    found = set()
    for place in document.get("service_at_locations", []):
        location = place["location"]
        if location["id"] in places:
            location["visibility"] = Visibility.CONFIDENTIAL.value
            found.add(location["id"])
    if found:
        proposal = written(document, hidden)
        if hidden.proposal is None:
            hidden.proposal = proposal
    return found


def written(document: dict, hidden: Hidden) -> Proposal:
    """Written at any rate: without being shown, if it may not be shown like this."""
    options = {"origin": Origin.PUBLIC, "by": "", "note": "address hidden"}
    try:
        with transaction.atomic():
            return proposals.change(document, **options)
    except (InvalidListing, ValidationError, Conflict):
        out_of_sight(document["id"], hidden)
    return proposals.change(document, **options)


def out_of_sight(pk, hidden: Hidden) -> None:
    if Service.objects.published().filter(pk=pk).exists():
        withdraw([pk])
        hidden.withdrawn.append(uuid.UUID(str(pk)))


@transaction.atomic
def put_back(service: Service, hidden: Hidden, *, by: User, signed: str) -> None:
    """Shown again as it was. Raises ValidationError where that may not be."""
    left = set(hidden.places)
    for found in concerned(service, left):
        document = proposals.current(found.pk)
        changed = False
        for place in document.get("service_at_locations", []):
            location = place["location"]
            if location["id"] in left:
                left.discard(location["id"])
                changed |= location["visibility"] == Visibility.CONFIDENTIAL
                location["visibility"] = hidden.places[location["id"]]
        if changed:
            proposal = proposals.change(
                document, origin=Origin.COORDINATOR, by=signed, note="address shown again"
            )
            Change.objects.create(proposal=proposal, user=by)
    show_again(hidden.withdrawn, signed=signed)


def show_again(ids: Iterable, *, signed: str) -> list:
    """Bring these listings back; returns those that may not be shown as they are."""
    refused = []
    for service in may_be_shown(ids):
        try:
            with transaction.atomic():
                publish([service.pk], by=signed)
        except ValidationError:
            refused.append(service)
    return refused


def may_be_shown(ids: Iterable) -> QuerySet:
    """But for those whose organization is suspended or has left."""
    found = Service.objects.filter(pk__in=list(ids), published_at__isnull=True).order_by("pk")
    return found.filter(
        Q(organization__member__isnull=True) | Q(organization__member__standing=Standing.ACTIVE)
    )
