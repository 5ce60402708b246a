"""Changes to listings and organizations, as whole documents before and after.

Every change goes through here: a partner's, a coordinator's, a resident's correction, an import's.
What is applied at once and what waits is for the caller to say; what was applied is the history,
from which any earlier document can be restored.
"""

import json
import uuid
from collections.abc import Container, Iterable, Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from directory.models import ImportRun, Organization, Proposal, Subject

from .actions import hold, publish, refresh_search, write_listings
from .merging import Difference, merge, normalized, taking
from .read import load, read_listings
from .schema import ORGANIZATION, SERVICE
from .subjects import SUBJECTS, Kept, register
from .write import write_organization


class Conflict(Exception):
    """The record changed since the proposal began, in the same places.

    `kept` are the values at stake: `before` is what stands now, `after` what the proposal wants.
    """

    def __init__(self, kept: list[Difference]):
        self.kept = kept
        super().__init__(", ".join(difference.path for difference in kept))


def current(record_id: uuid.UUID | str, subject: str = Subject.SERVICE) -> dict | None:
    """The document as it stands, in the form proposals keep; None where there is none yet."""
    document = next(iter(SUBJECTS[subject].read([record_id])), None)
    return kept_form(document, subject) if document else None


def kept_form(document: dict, subject: str = Subject.SERVICE) -> dict:
    return plain(normalized(document, SUBJECTS[subject].node))


def plain(document: dict) -> dict:
    """As JSON would give it back: what is compared with what was stored has one form."""
    return json.loads(json.dumps(document, cls=DjangoJSONEncoder))


def propose(
    document: dict,
    *,
    origin: str,
    by: str,
    note: str = "",
    subject: str = Subject.SERVICE,
    base: dict | None = None,
    run: ImportRun | None = None,
) -> Proposal:
    """A change that waits. `base` is what its author began from, if not what stands now."""
    document = {**document, "id": str(document.get("id") or uuid.uuid4())}
    return Proposal.objects.create(
        subject=subject,
        record_id=document["id"],
        before=base if base is not None else current(document["id"], subject),
        after=kept_form(document, subject),
        origin=origin,
        by=by,
        note=note,
        run=run,
    )


@transaction.atomic
def apply(proposal: Proposal, *, published_by: str = "") -> Proposal:
    """Write what a proposal wants into the catalogue; with `published_by` everyone sees it.

    Where the record changed meanwhile, both changes are kept; where they meet in one value this
    raises Conflict. Raises also what `write_listings` and `publish` raise.
    """
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.applied_at is not None:
        return proposal
    hold(alone=False)
    kept = SUBJECTS[proposal.subject]
    kept.lock(proposal.record_id)
    now = current(proposal.record_id, proposal.subject)
    document = proposal.after
    if now is not None and now != proposal.before:
        merged = merge(proposal.before or {}, now, proposal.after)
        # The text that comes in gives way to what a person set: here neither may win unseen.
        if merged.kept:
            raise Conflict(merged.kept)
        document = merged.document
    kept.write(document)
    if published_by and kept.publish is not None:
        kept.publish([proposal.record_id], by=published_by)
    proposal.before = now
    proposal.after = current(proposal.record_id, proposal.subject)
    proposal.applied_at = timezone.now()
    proposal.number = next_numbers(1)[0]
    proposal.save()
    return proposal


def change(document: dict, *, origin: str, by: str, published_by: str = "", **options) -> Proposal:
    """Propose and apply at once, in one transaction."""
    with transaction.atomic():
        return apply(propose(document, origin=origin, by=by, **options), published_by=published_by)


@transaction.atomic
def change_many(
    documents: Iterable[dict],
    *,
    origin: str,
    by: str,
    note: str = "",
    run: ImportRun | None = None,
    fresh: Container[str] = (),
) -> list[uuid.UUID]:
    """Write many listings, each with its place in the history; for imports. As `write_listings`.

    `fresh` are identifiers of those that count as new although something of them is there.
    """
    documents = list(documents)
    ids = [document["id"] for document in documents if document["id"] not in fresh]
    before = {document["id"]: kept_form(document) for document in read_listings(ids)}
    written = write_listings(documents)
    now = timezone.now()
    Proposal.objects.bulk_create(
        [
            Proposal(
                number=number,
                record_id=document["id"],
                before=before.get(document["id"]),
                after=kept_form(document),
                origin=origin,
                by=by,
                note=note,
                run=run,
                applied_at=now,
            )
            for number, document in zip(
                next_numbers(len(written)), read_listings(written), strict=True
            )
        ],
        batch_size=500,
    )
    return written


@transaction.atomic
def propose_values(
    wanted: dict[str, list[Difference]],
    *,
    origin: str,
    by: str,
    subject: str = Subject.SERVICE,
    run: ImportRun | None = None,
) -> int:
    """Propose the `after` values of these differences, for each record by its identifier.

    What waits already, word for word and from the same kind of author, is not proposed again.
    Returns how many proposals are new.
    """
    waiting: dict[str, list[dict]] = {}
    open_ones = Proposal.objects.filter(applied_at=None, origin=origin, record_id__in=list(wanted))
    for pk, after in open_ones.values_list("record_id", "after"):
        waiting.setdefault(str(pk), []).append(after)
    new = []
    for before in documents_of(wanted, subject):
        after = plain(taking(before, wanted[before["id"]]))
        if after != before and after not in waiting.get(before["id"], []):
            new.append(
                Proposal(
                    subject=subject,
                    record_id=before["id"],
                    before=before,
                    after=after,
                    origin=origin,
                    by=by,
                    run=run,
                )
            )
    Proposal.objects.bulk_create(new, batch_size=500)
    return len(new)


def documents_of(ids: Iterable[str], subject: str) -> Iterator[dict]:
    """Documents as they stand, in the form proposals keep."""
    for document in SUBJECTS[subject].read(ids):
        yield kept_form(document, subject)


def read_organizations(ids: Iterable[uuid.UUID | str]) -> Iterator[dict]:
    ids = [str(pk) for pk in ids]
    found = load(ORGANIZATION, Organization.objects.filter(pk__in=ids))
    yield from (found[pk] for pk in ids if pk in found)


register(
    Kept(
        Subject.SERVICE,
        SERVICE,
        read_listings,
        lambda document: write_listings([document]),
        publish,
    )
)
register(
    Kept(
        Subject.ORGANIZATION,
        ORGANIZATION,
        read_organizations,
        lambda document: refresh_search(write_organization(document)),
    )
)


def next_numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('directory_proposal_number') FROM generate_series(1, %s)", [count]
        )
        return sorted(number for (number,) in cursor.fetchall())
