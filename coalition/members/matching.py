"""Which organization of the catalogue somebody may mean, so that none appears twice."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from directory.models import Organization

from .models import Application

NAMES = ("name", "name_fr", "alternate_name", "alternate_name_fr")
PLACE = "services__service_at_locations__location__"
MOST = 8
FOUND = 20


def called_like(names: Iterable[str]) -> Q:
    """Any of its names is like one of these, accents and spelling aside."""
    found = Q(pk__in=[])
    for name in names:
        for column in NAMES:
            found |= Q(**{f"{column}__unaccent__trigram_similar": name})
            found |= Q(**{f"{column}__unaccent__icontains": name})
    return found


def has_words_like(text: str) -> Q:
    """A part of any of its names is like this."""
    found = called_like([text])
    for column in NAMES:
        found |= Q(**{f"{column}__unaccent__trigram_word_similar": text})
    return found


def at_address(application: Application) -> Q:
    """A public place of theirs is at the same street address."""
    return Q(
        **{
            f"{PLACE}addresses__address_1__iexact": application.address_1,
            f"{PLACE}addresses__city__iexact": application.city,
            f"{PLACE}visibility": "public",
        }
    )


def possible_doubles(application: Application) -> list[Organization]:
    """Organizations that may be the one that applies: a like name, or the same street address."""
    found = called_like(name for name in (application.name, application.name_fr) if name)
    if application.address_1 and application.city:
        found |= at_address(application)
    return list(Organization.objects.filter(found).distinct().order_by("pk")[:MOST])


def shown_to_all() -> QuerySet[Organization]:
    """Organizations that anybody can find in the directory."""
    return Organization.objects.filter(services__published_at__isnull=False).distinct()


def search(text: str) -> list[Organization]:
    """Organizations that anybody can find, by name."""
    text = text.replace("\0", "").strip()[:100]
    if not text:
        return []
    return list(shown_to_all().filter(has_words_like(text)).order_by("name", "pk")[:FOUND])


def with_towns(organizations: list[Organization]) -> list[tuple[Organization, str]]:
    """Each with the towns of its public places, to tell two of one name apart."""
    towns = defaultdict(list)
    rows = (
        Organization.objects.filter(pk__in=[o.pk for o in organizations])
        .filter(**{f"{PLACE}visibility": "public"})
        .values_list("pk", f"{PLACE}addresses__city")
        .distinct()
        .order_by(f"{PLACE}addresses__city")
    )
    for pk, city in rows:
        if city:
            towns[pk].append(city)
    return [(o, ", ".join(towns[o.pk][:3])) for o in organizations]
