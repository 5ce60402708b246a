"""Lists brought in: what waits of them is put on the desk, and a whole run can be undone."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from coalition.listings import actions as listings
from coalition.listings.models import Change
from coalition.review import actions as review
from coalition.review.enums import State
from coalition.review.models import Submission
from directory.interchange import proposals
from directory.interchange.actions import withdraw
from directory.interchange.importing.actions import import_services
from directory.interchange.importing.profiles import Profile
from directory.interchange.importing.report import Summary
from directory.interchange.proposals import Conflict
from directory.interchange.write import InvalidListing
from directory.models import (
    ImportRun,
    Organization,
    Origin,
    Proposal,
    Service,
    SourceRecord,
    Subject,
)

IMPORTED = "import"
BATCH = 500


class AlreadyUndone(Exception):
    """Somebody has undone this run; `run` says who and when."""

    def __init__(self, run: ImportRun):
        self.run = run
        super().__init__(str(run))


@transaction.atomic
def bring_in(path: Path, profile: Profile, **options) -> Summary:
    """Import a file and put before the coordinators what it may not overwrite, or do neither.

    Options and exceptions are those of `import_services`.
    """
    summary = import_services(path, profile, **options)
    if summary.run is not None:
        queue_imported(summary.run)
    return summary


@transaction.atomic
def queue_imported(run: ImportRun) -> int:
    """Submit what waits of this run. Returns how many submissions that makes."""
    waiting = list(run.proposals.filter(applied_at=None, change=None).order_by("made_at", "pk"))
    owners = organizations_of(waiting)
    for proposal in waiting:
        submission = review.submit(
            IMPORTED,
            title=listings.title(proposal.after),
            by=None,
            organization=owners.get(proposal.record_id),
            area=listings.area(proposal.after),
        )
        Change.objects.create(proposal=proposal, submission=submission)
    return len(waiting)


def organizations_of(found: list[Proposal]) -> dict[uuid.UUID, Organization]:
    """Whose record each is, by the record's identifier."""
    ids = [proposal.record_id for proposal in found]
    services = Service.objects.filter(pk__in=ids).select_related("organization")
    owners = {service.pk: service.organization for service in services}
    return owners | Organization.objects.in_bulk(ids)


def approve_imported(submission: Submission, *, by: User, reason: str) -> None:
    """The source's value takes the place of the person's. Who sees the listing stays as it is."""
    change = Change.objects.select_related("proposal").get(submission=submission)
    try:
        proposals.apply(change.proposal)
    except Conflict as conflict:
        raise ValidationError(
            _("The listing has changed since this was sent in, in the same places: %s.")
            % ", ".join(difference.path for difference in conflict.kept)
        ) from conflict
    except InvalidListing as error:
        raise ValidationError(
            [message for messages in error.errors.values() for message in messages]
        ) from error


@dataclass
class Undoing:
    """What undoing a run did: services restored, withdrawn, and left since they have changed."""

    restored: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    waiting: int = 0


@transaction.atomic
def undo(run: ImportRun, *, by: User) -> Undoing:
    """Take back what a run did, where it still stands: what has changed since is left alone.

    Listings it changed become what they were, those it added go out of sight, what waits of it is
    withdrawn. Raises AlreadyUndone; and InvalidListing where an earlier document cannot be written
    any more, having done nothing.
    """
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.undone_at is not None:
        raise AlreadyUndone(run)
    done = Undoing()
    steps = steps_of(run)
    lock(steps)
    organizations = restore_organizations(run, steps, by)
    restore_listings(run, steps, organizations, by, done)
    done.waiting = withdraw_waiting(run, by)
    run.undone_at = timezone.now()
    run.undone_by = listings.signed(by)
    run.save(update_fields=["undone_at", "undone_by"])
    record(
        "import.undo",
        by=by,
        about=run,
        note=_("%(restored)d restored, %(withdrawn)d hidden, %(left)d left as they are")
        % {
            "restored": len(done.restored),
            "withdrawn": len(done.withdrawn),
            "left": len(done.left),
        },
    )
    return done


def steps_of(run: ImportRun) -> dict[tuple[str, str], list[Proposal]]:
    """What the run has done to each record, the last first."""
    found = defaultdict(list)
    for proposal in run.proposals.applied().order_by("-number"):
        found[proposal.subject, str(proposal.record_id)].append(proposal)
    return found


def lock(steps: Iterable[tuple[str, str]]) -> None:
    """Organizations, then services, each in one order: as all who write do."""
    ids = [pk for subject, pk in steps if subject == Subject.SERVICE]
    owners = set(Service.objects.filter(pk__in=ids).values_list("organization_id", flat=True))
    owners |= {uuid.UUID(pk) for subject, pk in steps if subject == Subject.ORGANIZATION}
    for model, wanted in ((Organization, owners), (Service, ids)):
        rows = model.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        list(rows.values_list("pk"))


def way_back(now: dict | None, steps: list[tuple[dict | None, dict]]) -> tuple[dict | None, bool]:
    """From a document as it stands, back over these steps (before, after), the last first.

    Returns how far that leads, and whether it leads all the way. Pure.
    """
    for before, after in steps:
        if now != after:
            return now, False
        now = before
    return now, True


def alone(document: dict | None) -> dict | None:
    """A listing without what it shares with others of its organization."""
    if document is None:
        return None
    return {**document, "organization": {"id": document["organization"]["id"]}}


def restore_organizations(run: ImportRun, steps: dict, by: User) -> set[str]:
    """Organizations that still are as the run left them become what they were before it; which."""
    taken: dict[str, list[tuple[dict | None, dict]]] = defaultdict(list)
    for (subject, pk), found in steps.items():
        for proposal in found:
            before, after = proposal.before, proposal.after
            if subject == Subject.SERVICE:
                pk, after = after["organization"]["id"], after["organization"]
                before = before and before["organization"]
            if before and before.get("id") == pk and before != after:
                taken[pk].append((proposal.number, before, after))
    restored: set[str] = set()
    now = {
        document["id"]: document
        for document in proposals.documents_of(list(taken), Subject.ORGANIZATION)
    }
    for pk, found in taken.items():
        # Several listings tell of one change to what they share: each step counts once.
        path = []
        for _number, before, after in sorted(found, key=lambda step: -step[0]):
            if (before, after) not in path:
                path.append((before, after))
        document, _whole = way_back(now.get(pk), path)
        if document and document != now.get(pk):
            change = proposals.change(
                document,
                origin=Origin.COORDINATOR,
                by=listings.signed(by),
                note=note_of(run),
                subject=Subject.ORGANIZATION,
            )
            Change.objects.create(proposal=change, user=by)
            restored.add(pk)
    return restored


def restore_listings(
    run: ImportRun, steps: dict, organizations: set[str], by: User, done: Undoing
) -> None:
    found = {pk: path for (subject, pk), path in steps.items() if subject == Subject.SERVICE}
    published = dict(
        Service.objects.filter(pk__in=found, published_at__isnull=False).values_list(
            "pk", "published_by"
        )
    )
    wanted, hidden = [], []
    for now in proposals.documents_of(list(found), Subject.SERVICE):
        path = found[now["id"]]
        shown_by = published.get(uuid.UUID(now["id"]), path[-1].by)
        added = path[-1].before is None
        back, whole = way_back(alone(now), [(alone(p.before), alone(p.after)) for p in path])
        if added and whole and shown_by == path[-1].by:
            hidden.append(now["id"])
            done.withdrawn.append(listings.title(now))
        elif back is not None and back != alone(now):
            wanted.append(back)
            (done.restored if whole else done.left).append(listings.title(now))
        elif whole and now["organization"]["id"] in organizations:
            done.restored.append(listings.title(now))
        else:
            done.left.append(listings.title(now))
    for start in range(0, len(wanted), BATCH):
        proposals.change_many(
            wanted[start : start + BATCH],
            origin=Origin.COORDINATOR,
            by=listings.signed(by),
            note=note_of(run),
        )
    withdraw(hidden)
    # Brought in again, they are new.
    SourceRecord.objects.filter(source=run.source, service__in=hidden).delete()


def withdraw_waiting(run: ImportRun, by: User) -> int:
    """What waits of this run need not be decided any more."""
    open_ones = Submission.objects.filter(
        change__proposal__run=run, state__in=[State.WAITING, State.RETURNED]
    )
    for submission in open_ones.order_by("pk"):
        review.withdraw(submission, by=by)
    return len(open_ones)


def note_of(run: ImportRun) -> str:
    return _("Undoing an import: %s") % run


@dataclass(frozen=True)
class Part:
    """One proposal of a run, as a list shows it."""

    proposal: Proposal
    name: str

    @property
    def is_new(self) -> bool:
        return self.proposal.before is None


def named(page: Page) -> Page:
    """The same page, each proposal with the name of what it is about."""
    page.object_list = [
        Part(proposal, listings.title(proposal.after)) for proposal in page.object_list
    ]
    return page
