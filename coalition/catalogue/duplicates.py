"""Finding listings that may be one, and remembering what they turned out to be."""

from django.db import connection, transaction
from django.utils import timezone

from coalition.accounts.actions import record
from coalition.accounts.models import User
from directory.models import Service
from directory.models.enums import SHOWN

from .enums import Settled, Why
from .models import Pair

# How alike two listings must be: half for their names, half for who runs them.
LIKE = 0.6
# A number or a door that more listings share than this says nothing of any two of them.
SHARED = 40
MOST = 2000
FOUND = """
WITH shown AS (
    SELECT service.id, service.organization_id,
        lower(unaccent(coalesce(nullif(service.name, ''), service.name_fr))) AS name,
        lower(unaccent(coalesce(nullif(organization.name, ''), organization.name_fr))) AS who
    FROM directory_service service
    JOIN directory_organization organization ON organization.id = service.organization_id
    WHERE service.published_at IS NOT NULL AND service.status = ANY(%(shown)s)
), marks AS (
    SELECT DISTINCT 'phone' AS why, right(regexp_replace(number, '[^0-9]', '', 'g'), 10) AS mark,
        coalesce(phone.service_id, place.service_id, here.service_id) AS id
    FROM directory_phone phone
    LEFT JOIN directory_serviceatlocation place ON place.id = phone.service_at_location_id
    LEFT JOIN directory_serviceatlocation here ON here.location_id = phone.location_id
    WHERE phone.type <> 'fax'
    UNION
    SELECT DISTINCT 'street', lower(unaccent(address_1 || '|' || city || '|' || state_province)),
        place.service_id
    FROM directory_address address
    JOIN directory_serviceatlocation place USING (location_id)
    WHERE address_1 <> '' AND address_type = 'physical'
), telling AS (
    SELECT why, mark, id, count(*) OVER (PARTITION BY why, mark) AS sharers
    FROM marks JOIN shown USING (id)
), pairs AS (
    SELECT one.id AS first_id, other.id AS second_id, min(one.why) AS why
    FROM telling one
    JOIN telling other ON other.why = one.why AND other.mark = one.mark AND other.id > one.id
    WHERE one.sharers <= %(shared)s
    GROUP BY one.id, other.id
)
SELECT first_id, second_id, why, likeness FROM (
    SELECT first_id, second_id, why,
        (similarity(one.name, other.name) + CASE
            WHEN one.organization_id = other.organization_id THEN 1
            ELSE similarity(one.who, other.who)
        END) / 2 AS likeness
    FROM pairs
    JOIN shown one ON one.id = first_id
    JOIN shown other ON other.id = second_id
) AS weighed
WHERE likeness >= %(like)s
ORDER BY likeness DESC, first_id, second_id
LIMIT %(most)s
"""


class AlreadySettled(Exception):
    """Somebody was faster; `pair` says who, when and how."""

    def __init__(self, pair: Pair):
        self.pair = pair
        super().__init__(pair.settled_as)


@transaction.atomic
def look() -> int:
    """Look for pairs anew: what is settled stays so. Returns how many are open now."""
    found = find()
    Pair.objects.bulk_create(found, ignore_conflicts=True)
    still = {(pair.first_id, pair.second_id) for pair in found}
    open_ones = Pair.objects.open().exclude(why=Why.PERSON)
    gone = [p.pk for p in open_ones if (p.first_id, p.second_id) not in still]
    Pair.objects.filter(pk__in=gone, settled_at=None).delete()
    return Pair.objects.open().count()


def find() -> list[Pair]:
    """The likeliest pairs of shown listings with the same phone or street, unsaved."""
    asked = {"shown": list(SHOWN), "shared": SHARED, "like": LIKE, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(FOUND, asked)
        rows = cursor.fetchall()
    return [
        Pair(first_id=first, second_id=second, why=why, likeness=likeness)
        for first, second, why, likeness in rows
    ]


@transaction.atomic
def pair_of(one: Service, other: Service) -> Pair:
    """These two as somebody wants to compare them; a settled pair is open again."""
    first, second = sorted([one, other], key=lambda service: service.pk)
    pair, new = Pair.objects.select_for_update().get_or_create(
        first=first, second=second, defaults={"why": Why.PERSON}
    )
    if not new and pair.settled_as == Settled.APART:
        pair.settled_at, pair.settled_as, pair.settled_by, pair.why = None, "", None, Why.PERSON
        pair.save()
    return pair


@transaction.atomic
def set_apart(pair: Pair, *, by: User) -> None:
    """They are two: not to be shown again. Raises AlreadySettled."""
    pair = still_open(pair)
    settle(pair, Settled.APART, by)
    record("duplicate.apart", by=by, about=f"{pair.first.filed_name} · {pair.second.filed_name}")


def still_open(pair: Pair) -> Pair:
    """The pair, locked. Raises AlreadySettled."""
    pair = (
        Pair.objects.select_for_update(of=["self"])
        .select_related("first", "second")
        .get(pk=pair.pk)
    )
    if pair.settled_at is not None:
        raise AlreadySettled(pair)
    return pair


def settle(pair: Pair, outcome: str, by: User) -> None:
    pair.settled_at = timezone.now()
    pair.settled_as = outcome
    pair.settled_by = by
    pair.save()
