"""The database itself refuses what must not be about people and their work, and says why."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.types.range import Range

from coalition import models
from coalition.accounts.models import User
from directory.models import Organization, Service, TaxonomyTerm
from tests.people import person

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = datetime.date(2026, 12, 1)


@pytest.fixture
def made():
    organization = Organization.objects.create(name="Org", slug="org")
    return {
        "organization": organization,
        "service": Service.objects.create(name="S", slug="s", organization=organization),
        "user": person("ana@example.org"),
        "principles": models.Principles.objects.get_or_create(
            version=1, defaults={"text": "Be kind.", "text_fr": "Soyez bons."}
        )[0],
        "file": models.StoredFile.objects.create(name="x.pdf", size=1, format="pdf"),
        "submission": models.Submission.objects.create(kind="listing", title="S"),
        "event": models.Event.objects.create(
            organization=organization, name="E", slug="e", starts_on=DAY
        ),
        "resource": models.Resource.objects.create(organization=organization, name="R", slug="r"),
        "taxonomy_term": TaxonomyTerm.objects.first(),
    }


def row(model, times=1, **values):
    """So many rows; a value of ... stands for what was made under that name."""

    def create(made):
        for _time in range(times):
            model.objects.create(**{k: made[k] if v is ... else v for k, v in values.items()})

    return create


def pair(times, *, turned=False, **values):
    """So many pairs of the same two listings."""

    def create(made):
        other = Service.objects.create(name="T", slug="t", organization=made["organization"])
        first, second = sorted(
            [made["service"], other], key=lambda service: service.pk, reverse=turned
        )
        for _time in range(times):
            models.Pair.objects.create(first=first, second=second, why="phone", **values)

    return create


def shown(model, **values):
    """One event or resource more of the organization that was made."""
    plain = {"organization": ..., "name": "X", "slug": "x"}
    if model is models.Event:
        plain["starts_on"] = DAY
    return row(model, **plain | values)


BROKEN = {
    "user_email_is_unique_in_any_case": lambda made: User.objects.create(email="ANA@example.org"),
    "letin_is_asked_by_another": lambda made: models.LetIn.objects.create(
        user=made["user"], asked_by=made["user"]
    ),
    "message_sent_is_forgotten": row(
        models.Message, kind="x", to="a@b.ca", language="en", subject="x", text="x", sent_at=NOW
    ),
    "submission_state_is_known": row(
        models.Submission, kind="x", title="x", state="lost", decided_at=NOW
    ),
    "submission_decided_at_a_time": row(models.Submission, kind="x", title="x", state="approved"),
    "decision_once_a_round": row(models.Decision, 2, submission=..., outcome="approved", round=1),
    "desk_is_one": row(models.Desk, id=2),
    "member_standing_is_known": row(models.Member, organization=..., standing="lost"),
    "membership_is_unique": row(models.Membership, 2, user=..., organization=...),
    "membership_role_is_known": row(models.Membership, user=..., organization=..., role="king"),
    "invitation_is_open_once": row(models.Invitation, 2, email="b@example.org", organization=...),
    "invitation_role_is_known": row(
        models.Invitation, email="b@example.org", organization=..., role="king"
    ),
    "application_agreed_to_a_version": row(
        models.Application, email="b@example.org", principles=...
    ),
    "draft_one_for_each_author": lambda made: [
        models.Draft.objects.create(
            organization=made["organization"],
            author=made["user"],
            record_id=made["service"].pk,
        )
        for _time in "12"
    ],
    "correction_says_what_is_wrong": row(
        models.Correction, submission=..., service=..., wrong="all"
    ),
    "problem_is_unique": row(
        models.Problem, 2, service=..., kind="link", value="https://example.org"
    ),
    "problem_of_another_is_unique": row(
        models.Problem, 2, record_id=uuid.UUID(int=1), organization=..., kind="link", value="x"
    ),
    "problem_is_with_one_thing": row(models.Problem, kind="link", value="x"),
    "pair_is_unique": pair(2),
    "pair_is_in_order": pair(1, turned=True),
    "pair_settled_as_something": pair(1, settled_at=NOW),
    "file_format_is_known": row(models.StoredFile, name="x", size=1, format="exe"),
    "file_is_not_empty": row(models.StoredFile, name="x", size=0, format="pdf"),
    "file_has_measures_as_a_picture": row(models.StoredFile, name="x", size=1, format="png"),
    "filepiece_is_unique": row(models.FilePiece, 2, file=..., number=0, data=b"x"),
    "event_has_a_name": shown(models.Event, name=""),
    "event_kind_is_known": shown(models.Event, kind="party"),
    "event_ends_after_it_starts": shown(models.Event, ends_on=DAY - datetime.timedelta(days=1)),
    "event_describes_its_picture": lambda made: shown(models.Event, picture=made["file"])(made),
    "event_has_a_start": shown(models.Event, ends_at=datetime.time(19)),
    "event_visibility_is_known": shown(models.Event, visibility="secret"),
    "eventchange_once_a_day": row(models.EventChange, 2, event=..., recurrence_id=DAY),
    "eventhost_is_unique": row(models.EventHost, 2, event=..., organization=...),
    "eventterm_is_unique": row(models.EventTerm, 2, event=..., taxonomy_term=...),
    "eventservice_is_unique": row(models.EventService, 2, event=..., service=...),
    "hostanswer_once": row(models.HostAnswer, 2, event=..., organization=...),
    "hostanswer_has_a_time": row(models.HostAnswer, event=..., organization=..., accepted=True),
    "occurrence_is_unique": row(
        models.Occurrence,
        2,
        event=...,
        recurrence_id=DAY,
        day=DAY,
        last_day=DAY,
        starts_at=NOW,
        ends_at=NOW,
        next_during=Range(None, NOW),
        kind="other",
        attendance="online",
    ),
    "resource_has_a_name": shown(models.Resource, name=""),
    "resource_kind_is_known": shown(models.Resource, kind="party"),
    "resource_seen_by_somebody": shown(models.Resource, seen_by="nobody"),
    "resource_languages_are_known": shown(models.Resource, languages=["xx"]),
    "resource_licence_is_known": shown(models.Resource, licence="mine"),
    "resource_elsewhere_has_a_link": shown(models.Resource, kind="link"),
    "resource_amounts_are_in_order": shown(models.Resource, amount_minimum=2, amount_maximum=1),
    "resource_held_back_is_hidden": shown(
        models.Resource, held_back=True, published_at=NOW, published_by="test"
    ),
    "resource_published_by_someone": shown(models.Resource, published_at=NOW),
    "resourceterm_is_unique": row(models.ResourceTerm, 2, resource=..., taxonomy_term=...),
    "resourceservice_is_unique": row(models.ResourceService, 2, resource=..., service=...),
    "resourceevent_is_unique": row(models.ResourceEvent, 2, resource=..., event=...),
    "resourceversion_is_unique": row(models.ResourceVersion, 2, resource=..., file=...),
    "lack_is_unique": row(
        models.Lack, 2, record_id=uuid.UUID(int=1), concern="no-hours", since=NOW
    ),
}


def constraints():
    for model in apps.get_app_config("coalition").get_models():
        yield from model._meta.constraints


def test_every_constraint_has_a_case_and_words():
    assert {c.name for c in constraints()} == set(BROKEN)
    default = "Constraint “%(name)s” is violated."
    assert not [c.name for c in constraints() if c.violation_error_message == default]


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(made, name):
    def broken() -> None:
        with transaction.atomic():
            BROKEN[name](made)
            connection.check_constraints()

    with pytest.raises(IntegrityError) as refused:
        broken()
    assert refused.value.__cause__.diag.constraint_name == name
