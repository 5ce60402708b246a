"""One of everything, belonging to one organization, for the sweep over roles and addresses."""

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

from django.db import transaction
from django.utils import timezone

from coalition.catalogue.models import Pair
from coalition.events import registering
from coalition.events.models.events import Event, HostAnswer
from coalition.listings import actions as listings
from coalition.listings import checks
from coalition.listings.models import CheckRequest
from coalition.members import links
from coalition.members.models import Application, Invitation
from coalition.review import actions as review
from coalition.review.models import CannedReason
from directory.interchange import proposals
from directory.models import ImportRun, Organization, TaxonomyTerm
from directory.models.lines import CrisisLine
from tests.events import event
from tests.people import administrator, coordinator, member, person
from tests.resources import resource, stored, version
from tests.uploads import picture


def scene() -> SimpleNamespace:
    """People of every role, and one of everything that belongs to the first organization."""
    owner, editor, other = person(), person(), person()
    applicant = person()
    beds = {"unit": {"identifier": "bed"}, "available": 1, "updated": timezone.now()}
    organization = member(owner=owner, editor=editor, capacities=[beds])
    elsewhere = member(owner=other)
    double = elsewhere.services.get()
    service = organization.services.get()
    application = Application.objects.create(
        applicant=applicant, email=applicant.email, name="North Shore"
    )
    application.submission = review.submit("application", title="North Shore", by=applicant)
    application.save()
    draft = listings.start_draft(organization, by=editor)
    listings.save_draft(draft, {"name": "Half a listing"})
    edit = listings.start_draft(organization, by=editor, service=service)
    listings.save_draft(edit, edit.document | {"name": "New name"})
    proposal = listings.send_in(edit, by=editor)
    applied = proposals.change(
        proposals.current(service.pk) | {"name": "Older name"}, origin="system", by="test"
    )
    evening = evenings(organization)
    day = evening.occurrences.earliest("starts_at")
    hosted = event(elsewhere, name="Lake day", hosts=[{"organization": organization}])
    return SimpleNamespace(
        people={
            "visitor": None,
            "applicant": applicant,
            "editor": editor,
            "owner": owner,
            "other owner": other,
            "coordinator": coordinator(),
            "administrator": administrator(),
        },
        organization=organization,
        service=service,
        application=application,
        double=double,
        draft=draft,
        submission=proposal.change.submission,
        proposal=proposal,
        applied=applied,
        invitation=Invitation.objects.create(organization=organization, email="new@example.org"),
        membership=organization.memberships.get(user=editor),
        reason=CannedReason.objects.create(outcome="declined", text="No"),
        check=CheckRequest.objects.create(
            service=service, email=owner.email, expires_at=timezone.now() + timedelta(days=1)
        ),
        pair=Pair.objects.create(
            first=min(service, double, key=lambda one: one.pk),
            second=max(service, double, key=lambda one: one.pk),
            why="phone",
        ),
        run=ImportRun.objects.create(source="test"),
        term=TaxonomyTerm.objects.get(taxonomy__code="category", code="naloxone"),
        line=CrisisLine.objects.first(),
        event=evening,
        day=day.recurrence_id,
        registration=registering.register(day, first_name="Sam"),
        asked=HostAnswer.objects.get(event=hosted),
        resource=resource(
            organization,
            versions=[version(stored(organization))],
            services=[{"service": service}],
        ),
    )


def evenings(organization: Organization) -> Event:
    """Something every week, shown since yesterday, with a picture, to which people register."""
    made = event(
        organization,
        name="Evening by the lake",
        rrule="FREQ=WEEKLY;COUNT=3",
        registration="here",
        places=2,
        picture=stored(organization, "lake.png", picture()),
        picture_description="People around a fire",
    )
    yesterday = timezone.now() - timedelta(days=1)
    Event.objects.filter(pk=made.pk).update(published_at=yesterday, shown_from=yesterday)
    made.occurrences.update(shown_from=yesterday)
    return made


@contextmanager
def undone():
    """What happens inside did not."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def arguments(scene: SimpleNamespace, name: str, pattern) -> dict:
    """What stands in an address: things of the first organization."""
    found = {}
    for key in NAMED_BY_HAND.get(name, pattern.pattern.converters):
        by_name = f"{name.rpartition(':')[2]}.{key}"
        value = VALUES.get(by_name) or VALUES[key]
        found[key] = value(scene)
    return found


# Addresses that are regular expressions name their parts by themselves.
NAMED_BY_HAND = {
    "account_confirm_email": ["key"],
    "account_reset_password_from_key": ["uidb36", "key"],
    "mfa_remove_webauthn": ["pk"],
    "mfa_edit_webauthn": ["pk"],
    "coalition:line_act": ["pk", "what"],
}
DRAFTS = (
    "draft",
    "draft_preview",
    "draft_send",
    "draft_settle",
    "draft_discard",
    "draft_take_over",
    "draft_section",
)
EVENTS = (
    "event_times",
    "event_edit",
    "event_cancel",
    "event_take_up",
    "event_hide",
    "event_show",
    "event_time",
    "event_people",
)
RESOURCES = ("resource_edit", "resource_hide", "resource_show", "resource_files")
VALUES = {
    "slug": lambda scene: scene.organization.slug,
    "pk": lambda scene: scene.service.pk,
    "service_detail.slug": lambda scene: scene.service.slug,
    "service_page.slug": lambda scene: scene.service.slug,
    "correct.slug": lambda scene: scene.service.slug,
    "check_for_partner.slug": lambda scene: scene.service.slug,
    "join_resume.token": lambda scene: links.application_token(scene.application),
    "join_step.token": lambda scene: links.application_token(scene.application),
    "join_step.step": lambda scene: "work",
    "invitation.token": lambda scene: links.invitation(scene.invitation, "en").split("/")[-2],
    "check.token": lambda scene: checks.link(scene.check).split("/")[-2],
    **{f"{name}.pk": lambda scene: scene.draft.pk for name in DRAFTS},
    "draft_section.code": lambda scene: "contact",
    **{
        f"people_{what}.pk": lambda scene: scene.membership.pk
        for what in ("role", "hand_over", "remove")
    },
    "invitation_withdraw.pk": lambda scene: scene.invitation.pk,
    **{
        f"desk_{what}.pk": lambda scene: scene.people["editor"].pk
        for what in ("coordinator", "active", "let_in", "withdraw_let_in")
    },
    "submission.pk": lambda scene: scene.submission.pk,
    "reason.pk": lambda scene: scene.reason.pk,
    "reason_remove.pk": lambda scene: scene.reason.pk,
    "change.pk": lambda scene: scene.applied.pk,
    "proposal_preview.pk": lambda scene: scene.proposal.pk,
    "listing_new.pk": lambda scene: scene.organization.pk,
    "restore.number": lambda scene: scene.applied.number,
    "duplicate.pk": lambda scene: scene.pair.pk,
    "concern.code": lambda scene: "overdue",
    "import_run.pk": lambda scene: scene.run.pk,
    "term.pk": lambda scene: scene.term.pk,
    "term_new.code": lambda scene: "category",
    "synonym_add.pk": lambda scene: scene.term.pk,
    "synonym_remove.pk": lambda scene: scene.term.pk,
    "synonym_remove.synonym": lambda scene: scene.term.synonyms.first().pk,
    "line.pk": lambda scene: scene.line.pk,
    "line_remove.pk": lambda scene: scene.line.pk,
    "line_act.pk": lambda scene: scene.line.pk,
    "line_act.what": lambda scene: "down",
    **{
        f"event_{what}.slug": lambda scene: scene.event.slug
        for what in ("detail", "register", "picture", "ics")
    },
    **{f"{name}.pk": lambda scene: scene.event.pk for name in EVENTS},
    "day": lambda scene: scene.day.isoformat(),
    "size": lambda scene: "small",
    "registration.token": lambda scene: registering.token(scene.registration),
    "registration_cancel.token": lambda scene: registering.token(scene.registration),
    "host_answer.pk": lambda scene: scene.asked.pk,
    **{
        f"resource_{what}.slug": lambda scene: scene.resource.slug
        for what in ("detail", "file", "thanks")
    },
    **{f"{name}.pk": lambda scene: scene.resource.pk for name in RESOURCES},
    "resource_file.pk": lambda scene: scene.resource.versions.get().pk,
    "own_file.pk": lambda scene: scene.resource.versions.get().file_id,
    "key": lambda scene: "no-such-key",
    "uidb36": lambda scene: "1",
    "mfa_remove_webauthn.pk": lambda scene: 1,
    "mfa_edit_webauthn.pk": lambda scene: 1,
}
# What is sent where an empty form would find nothing.
BODIES = {
    "coalition:beds": lambda scene: {"service": scene.service.pk},
    "coalition:host_answer": lambda scene: {"answer": "yes"},
}
