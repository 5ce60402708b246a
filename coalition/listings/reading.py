"""What a proposal would do, in words, for whoever decides on it or reads it later."""

from collections.abc import Sequence

from coalition.members.enums import Standing
from coalition.members.models import Member
from coalition.review.models import Submission
from directory.interchange import proposals
from directory.interchange.differences import Section, difference, linked_in, told_in_full
from directory.interchange.merging import differences, merge
from directory.interchange.reading_out import label_of, vocabulary
from directory.interchange.subjects import SUBJECTS
from directory.models import Proposal, Service, Subject

from .models import Change
from .writing import WRITTEN

# A change of more values than these is opened and read by itself.
FEW = 3
# Whom it may expose or send to the wrong door is never approved in passing.
WEIGHTY = ("visibility", "addresses", "latitude", "longitude", "location", "steward", "indigenous")


def sections_of(proposal: Proposal) -> list[Section]:
    return between(proposal.before, proposal.after, proposal.subject)


def between(before: dict | None, after: dict | None, subject: str) -> list[Section]:
    """Two documents side by side, in the active language."""
    node = SUBJECTS[subject].node
    return difference(before, after, vocabulary([before, after], node), node)


def detail(submission: Submission) -> dict:
    """What the page of a proposed listing, or another kind of document, shows."""
    proposal = Proposal.objects.get(change__submission=submission)
    node = SUBJECTS[proposal.subject].node
    context = {
        "proposal": proposal,
        "listing": proposal.subject == Subject.SERVICE,
        "sections": sections_of(proposal),
        "fresh": proposal.before is None,
        "changed_since": False,
        "meeting": [],
        "hidden": False,
    }
    if proposal.applied_at is None:
        kind = WRITTEN.get(proposal.subject)
        if kind is not None and proposal.before is not None:
            context["hidden"] = not kind.is_shown(proposal.record_id)
        now = proposals.current(proposal.record_id, proposal.subject)
        if now is not None and now != proposal.before:
            kept = merge(proposal.before or {}, now, proposal.after).kept
            context |= {
                "changed_since": True,
                "meeting": list(dict.fromkeys(label_of(found.path, node) for found in kept)),
            }
    return context


def summary(submission: Submission) -> list[Section]:
    return sections_of(Proposal.objects.get(change__submission=submission))


def safe(submissions: Sequence[Submission]) -> set:
    """Those that may be approved together: a member's change of a few values to a listing that
    people see already, and of nothing that could give a person or a door away."""
    found = set()
    changes = Change.objects.filter(submission__in=submissions).select_related("proposal")
    changes = {change.submission_id: change.proposal for change in changes}
    public = set(
        Service.objects.published()
        .filter(pk__in=[proposal.record_id for proposal in changes.values()])
        .values_list("pk", flat=True)
    )
    members = set(
        Member.objects.filter(standing=Standing.ACTIVE)
        .filter(organization__in=[row.organization_id for row in submissions])
        .values_list("organization_id", flat=True)
    )
    for row in submissions:
        proposal = changes.get(row.pk)
        known = proposal and proposal.record_id in public and row.organization_id in members
        if known and not row.urgent and is_small(proposal):
            found.add(row.pk)
    return found


def is_small(proposal: Proposal) -> bool:
    if proposal.before is None:
        return False
    after = told_in_full(proposal.after, linked_in(proposal.before))
    found = differences(proposal.before, after)
    return 0 < len(found) <= FEW and not any(word in one.path for one in found for word in WEIGHTY)
