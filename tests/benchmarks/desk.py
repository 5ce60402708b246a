"""How long the coordinators' desk takes with 5,000 things waiting and a long record, and a
partner's workspace with 500 listings. By hand:

    .venv/bin/python -m tests.benchmarks.desk

It keeps a database of its own under var/benchmark-desk (durable settings; made once): proposals,
applications, a record of 100,000 lines beside an import of as many, and an organization with many
listings, drafts and corrections. Of each page it prints how many queries it takes, p50, p95 and
p99 in milliseconds (middleware, compression and all), and how many times a `SELECT 1` its p95 is.
"""

import argparse
import html
import random
import re
import sys
from datetime import timedelta
from pathlib import Path

from tests.benchmarks.search import ROOT, figures, measure, percentile, with_database

VAR = ROOT / "var" / "benchmark-desk"
LISTINGS = 500  # of one organization
LIMIT = 150
PLAIN = {"accept-encoding": "identity"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--waiting", type=int, default=5_000)
    options.add_argument("--lines", type=int, default=100_000, help="of the record")
    options.add_argument("--services", type=int, default=2_000)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--seed", type=int, default=20261127)
    options.add_argument("--var", type=Path, default=VAR, help="where the database is kept")
    arguments = options.parse_args()
    with_database(arguments, run)


def run(arguments) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from coalition.accounts.models import User
    from coalition.members.models import Membership
    from coalition.review.models import Submission
    from directory.models import Service

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if Service.objects.count() < arguments.services:
        call_command("make_services", str(arguments.services))
    if Submission.objects.count() < arguments.waiting:
        with transaction.atomic():
            fill(arguments)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    rng = random.Random(arguments.seed)
    client = Client(headers={"accept-encoding": "gzip", "host": "localhost"})
    client.force_login(User.objects.coordinators().first())
    owner = Client(headers={"accept-encoding": "gzip", "host": "localhost"})
    owner.force_login(Membership.objects.get().user)
    waiting = list(Submission.objects.waiting().of("listing").values_list("pk", flat=True)[:500])
    listings = list(Service.objects.values_list("pk", flat=True)[:500])
    marks = marks_of(client, 40)
    shapes = {
        "queue": lambda: "/review/",
        "queue, any page": lambda: f"/review/?page={rng.randint(1, arguments.waiting // 50)}",
        "queue, kind and area": lambda: "/review/?kind=listing&area=ON",
        "a decision": lambda: f"/review/{rng.choice(waiting)}/",
        "the record": lambda: "/review/record/",
        "the record, further down": lambda: rng.choice(marks),
        "the record, by who": lambda: "/review/record/?who=person1",
        "the record, about": lambda: "/review/record/?about=naloxone",
        "the record, a day": lambda: f"/review/record/?day=2026-0{rng.randint(1, 9)}-10",
        "a history": lambda: f"/review/listings/{rng.choice(listings)}/history/",
        "all listings": lambda: "/review/listings/",
        "all listings, by words": lambda: "/review/listings/?q=naloxone",
        "all events": lambda: "/review/events/",
        "all resources": lambda: "/review/resources/",
        "mail and jobs": lambda: "/review/mail/",
        "workspace": lambda: "/partner/",
        "workspace, any page": lambda: f"/partner/?page={rng.randint(1, LISTINGS // 25)}",
    }

    def page(path: str) -> None:
        response = (owner if path.startswith("/partner/") else client).get(path)
        assert response.status_code == 200, (response.status_code, path)

    def select_1(_path) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    floor = measure(select_1, str, arguments.runs)
    print(f"{'':28}{'queries':>8}{'p50':>10}{'p95':>10}{'p99':>10}{'÷SELECT 1':>11}")
    print(f"{'SELECT 1':28}{1:8}{figures(floor)}")
    slow = []
    for name, shape in shapes.items():
        times = measure(page, shape, arguments.runs)
        with CaptureQueriesContext(connection) as queries:
            page(shape())
        p95 = percentile(times, 0.95)
        ratio = p95 / percentile(floor, 0.95)
        print(f"{name:28}{len(queries):8}{figures(times)}{ratio:11.0f}", flush=True)
        if p95 > LIMIT:
            slow.append(name)
    print(f"over {LIMIT} ms: {', '.join(slow) or 'none'}")


def marks_of(client, pages: int) -> list[str]:
    """Addresses of further pages of the record."""
    found, path = [], "/review/record/"
    for _number in range(pages):
        older = re.search(rb'rel="next" href="([^"]+)"', client.get(path, headers=PLAIN).content)
        if not older:
            break
        path = "/review/record/" + html.unescape(older[1].decode())
        found.append(path)
    return found


def fill(arguments) -> None:
    """What waits, and the record."""
    from django.utils import timezone

    from coalition.accounts.models import RecordEntry, User
    from coalition.listings.models import Change
    from coalition.members.models import Member
    from coalition.review.models import Decision, Submission
    from directory.interchange.proposals import kept_form, next_numbers
    from directory.interchange.read import read_listings
    from directory.models import ImportRun, Organization, Proposal, Service

    rng = random.Random(arguments.seed)
    now = timezone.now()
    people = [User(email=f"person{n}@example.org", name=f"Person {n}") for n in range(200)]
    people[0].is_coordinator = True
    User.objects.bulk_create(people)
    organizations = list(Organization.objects.all()[:1000])
    Member.objects.bulk_create(Member(organization=one) for one in organizations)
    ids = Service.objects.filter(organization__in=organizations).values_list("pk", flat=True)
    documents = [kept_form(one) for one in read_listings(ids[:1000])]

    # Enough to be told in the record: whole ones by the hundred thousand would only fill disks.
    told = ("id", "name", "name_fr", "organization")
    brief = [{key: one[key] for key in told if key in one} for one in documents]

    def proposal(among: list[dict] = documents, **fields) -> Proposal:
        before = rng.choice(among)
        after = {**before, "description": f"{before.get('description', '')} Ring the bell."}
        return Proposal(
            record_id=before["id"], before=before, after=after, by=rng.choice(people).name, **fields
        )

    for begin in range(0, arguments.waiting, 1000):
        submissions, proposals = [], []
        for number in range(begin, min(begin + 1000, arguments.waiting)):
            one = proposal(origin="partner")
            submissions.append(
                Submission(
                    kind="listing" if number % 4 else "application",
                    title=one.after.get("name") or "—",
                    area=rng.choice(["ON", "QC", "BC", "MB", ""]),
                    organization_id=one.after["organization"]["id"],
                    urgent=number % 97 == 0,
                    submitted_by=rng.choice(people),
                    submitted_at=now - timedelta(minutes=number),
                )
            )
            proposals.append(one)
        Submission.objects.bulk_create(submissions)
        Proposal.objects.bulk_create(proposals)
        Change.objects.bulk_create(
            Change(proposal=one, submission=submission, user=submission.submitted_by)
            for one, submission in zip(proposals, submissions, strict=True)
            if submission.kind == "listing"
        )
        Decision.objects.bulk_create(
            Decision(submission=one, outcome="submitted", round=1, at=one.submitted_at)
            for one in submissions
        )
    every = timedelta(days=300) / arguments.lines
    run = ImportRun.objects.create(source="ontario", added=arguments.lines, started_at=now)
    old = list(Submission.objects.all()[:1000])
    for begin in range(0, arguments.lines, 2000):
        at = [now - every * (begin + n) for n in range(2000)]
        Decision.objects.bulk_create(
            Decision(submission=old[n], outcome="submitted", round=begin + n, at=at[n])
            for n in range(700)
            if begin + n < 32_000
        )
        RecordEntry.objects.bulk_create(
            RecordEntry(action="member.trust", by=rng.choice(people), about=f"About {n}", at=at[n])
            for n in range(700)
        )
        numbers = next_numbers(2600)
        applied = [
            proposal(brief, origin="coordinator", applied_at=at[n], number=numbers[n])
            for n in range(600)
        ]
        imported = [
            proposal(brief, origin="import", applied_at=now, number=numbers[n], run=run)
            for n in range(600, 2600)
        ]
        Proposal.objects.bulk_create([*applied, *imported], batch_size=500)
        Change.objects.bulk_create(Change(proposal=one, user=rng.choice(people)) for one in applied)
        print(f"\r{begin + 2000:,} lines of the record", end="", flush=True)
    print()
    fill_workspace(organizations[0], people[1:8], rng)


def fill_workspace(organization, people: list, rng: random.Random) -> None:
    """Somebody's many listings: every third due, every tenth in a draft, every twentieth wrong."""
    from django.utils import timezone

    from coalition.listings.models import Correction, Draft
    from coalition.members.models import Membership
    from coalition.review.models import Submission
    from directory.models import Service

    now = timezone.now()
    own = list(Service.objects.order_by("pk")[:LISTINGS])
    for number, service in enumerate(own):
        service.organization = organization
        service.assured_date = now.date() - timedelta(days=300 if number % 3 == 0 else 10)
        service.assured_by = str(organization)
    Service.objects.bulk_update(own, ["organization", "assured_date", "assured_by"])
    Membership.objects.create(organization=organization, user=people[0], role="owner")
    Draft.objects.bulk_create(
        Draft(organization=organization, service_id=one.pk, author=rng.choice(people),
              document={"name": one.name})
        for one in own[::10]
    )  # fmt: skip
    submissions = Submission.objects.bulk_create(
        Submission(kind="correction", title=one.name, organization_id=organization.pk,
                   submitted_at=now)
        for one in own[::20]
    )  # fmt: skip
    Correction.objects.bulk_create(
        Correction(submission=submission, service=service, wrong="details", text="It rings out.")
        for submission, service in zip(submissions, own[::20], strict=True)
    )


if __name__ == "__main__":
    sys.exit(main())
