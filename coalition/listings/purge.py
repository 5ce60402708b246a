"""A private address, removed for good: from the catalogue, from every earlier document, from what
people wrote about it.

What is kept of the place is its town, when it is open and how to reach it. What was written in
free text keeps all its words but the street and the postal code.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from coalition.accounts.models import User
from directory.interchange import proposals
from directory.interchange.actions import withdraw
from directory.interchange.forgetting import Secret, addresses_in, new_slug, scrubbed, secret_of
from directory.interchange.proposals import Conflict
from directory.interchange.subjects import SUBJECTS
from directory.interchange.write import InvalidListing
from directory.models import (
    Address,
    Organization,
    OrganizationSlug,
    Origin,
    Proposal,
    Service,
    ServiceSlug,
    SourceRecord,
    Subject,
)

from . import actions, addresses
from .models import Change
from .writing import WRITTEN


@transaction.atomic
def forget(
    service: Service,
    places: Iterable,
    *,
    by: User,
    withdrawn: Iterable = (),
    was: dict | None = None,
) -> list:
    """Remove these places' address everywhere, and show again what was `withdrawn` for it.

    `was` is the listing as it stood when it was reported: what it told then goes as well.
    Returns the listings that stay out of sight, because they may not be shown as they are now.
    """
    places = list(places)
    services = addresses.concerned(service, places)
    rows = Address.objects.filter(location__in=places)
    told = list(rows.values_list("address_1", "postal_code", "city"))
    secret = secret_of(places, told + addresses_in(was or {}, places))
    hidden = list(withdrawn)
    for found in services:
        rewrite(found, secret, by, hidden)
    scrub_history(services, secret)
    scrub_sources(services, secret)
    scrub_slugs(services, secret)
    scrub_what_people_wrote(secret)
    from .tasks import recount_words

    recount_words.defer()
    return addresses.show_again(hidden, signed=actions.signed(by))


def rewrite(service: Service, secret: Secret, by: User, hidden: list) -> None:
    """The listing without it, as a change like any other."""
    document = proposals.current(service.pk)
    cleaned = scrubbed(document, secret)
    if cleaned == document:
        return
    change = partial(
        proposals.change,
        cleaned,
        origin=Origin.COORDINATOR,
        by=actions.signed(by),
        note="address removed",
    )
    try:
        with transaction.atomic():
            proposal = change()
    except (InvalidListing, ValidationError, Conflict):
        withdraw([service.pk])
        hidden.append(service.pk)
        proposal = change()
    Change.objects.create(proposal=proposal, user=by)


def scrub_history(services: list[Service], secret: Secret) -> None:
    """Every document before and after a change: of these listings, of their organizations, and of
    whatever else has ever named the place."""
    ids = [service.pk for service in services]
    organizations = {service.organization_id for service in services}
    rows = Proposal.objects.annotate(
        was=Cast("before", models.TextField()), became=Cast("after", models.TextField())
    )
    named = Q(record_id__in=[*ids, *organizations])
    for pk in secret.places:
        named |= Q(was__contains=pk) | Q(became__contains=pk)
    if secret.pattern is not None:
        told = Q(was__iregex=secret.rough) | Q(became__iregex=secret.rough)
        named |= Q(subject__in=others()) & told
    for proposal in rows.filter(named).select_for_update().order_by("pk").iterator():
        before, after = proposal.before, proposal.after
        proposal.before = before and scrubbed(before, secret)
        proposal.after = scrubbed(after, secret)
        proposal.note = secret.without(proposal.note)
        if (proposal.before, proposal.after) != (before, after):
            proposal.save(update_fields=["before", "after", "note"])
    for organization in organizations:
        rewrite_organization(organization, secret)


def rewrite_organization(pk, secret: Secret) -> None:
    """An organization whose own words tell it, if no listing has carried the change."""
    if not Organization.objects.filter(pk=pk).exists():
        return
    document = proposals.current(pk, Subject.ORGANIZATION)
    cleaned = scrubbed(document, secret)
    if cleaned != document:
        SUBJECTS[Subject.ORGANIZATION].write(cleaned)


def scrub_sources(services: list[Service], secret: Secret) -> None:
    """What the source of a listing last said."""
    rows = SourceRecord.objects.annotate(said=Cast("document", models.TextField()))
    named = Q(service__in=services)
    for pk in secret.places:
        named |= Q(said__contains=pk)
    for row in rows.filter(named).iterator():
        cleaned = scrubbed(row.document, secret)
        if cleaned != row.document:
            SourceRecord.objects.filter(pk=row.pk).update(document=cleaned)


def scrub_slugs(services: list[Service], secret: Secret) -> None:
    """Addresses of pages that told it: they lead nowhere any more."""
    organizations = {service.organization_id for service in services}
    rooms = [SUBJECTS[code].node.model.former_slugs.rel.related_model for code in others()]
    for model, mine in (
        (ServiceSlug, Q(service__in=services)),
        (OrganizationSlug, Q(organization__in=organizations)),
        *((room, Q()) for room in rooms),
    ):
        told = [row.pk for row in model.objects.filter(mine) if secret.is_told_by(row.pk)]
        model.objects.filter(pk__in=told).delete()


def scrub_what_people_wrote(secret: Secret) -> None:
    """All that the coalition keeps: drafts, reports, decisions, notes, mail on its way. None of it
    is a listing of somebody else's, so it is looked for everywhere."""
    for model in apps.get_app_config("coalition").get_models():
        kinds = (models.CharField, models.TextField, models.JSONField)
        if not model._meta.managed:
            continue
        fields = [field for field in model._meta.concrete_fields if isinstance(field, kinds)]
        fields = [field for field in fields if not field.choices and not field.primary_key]
        if not fields:
            continue
        rows = list(scrub_table(model, fields, secret))
        for kind in WRITTEN.values():
            if rows and kind.node.model is model:
                kind.scrubbed([row.pk for row in rows])


def others() -> list[str]:
    """What is written besides listings and organizations."""
    return [subject for subject in WRITTEN if subject not in Subject.values]


def scrub_table(
    model: type[models.Model], fields: list[models.Field], secret: Secret
) -> Iterator[models.Model]:
    """Gives the rows that told it, as they were."""
    told = Q()
    rows = model._base_manager.all()
    for field in fields:
        name = f"text_of_{field.name}"
        rows = rows.annotate(**{name: Cast(field.name, models.TextField())})
        if secret.pattern is not None:
            told |= Q(**{f"{name}__iregex": secret.rough})
        if isinstance(field, models.JSONField):
            for pk in secret.places:
                told |= Q(**{f"{name}__contains": pk})
    if not told:
        return
    for row in rows.filter(told):
        changed = {}
        for field in fields:
            value = getattr(row, field.attname)
            cleaned = scrubbed(value, secret) if value else value
            if cleaned != value:
                changed[field.attname] = cleaned
        if "slug" in changed:
            names = {key: changed.get(key, getattr(row, key, "")) for key in ("name", "name_fr")}
            changed["slug"] = new_slug({"id": row.pk, **names})
        if changed:
            model._base_manager.filter(pk=row.pk).update(**changed)
            yield row
