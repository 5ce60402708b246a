"""What three organizations of the sample coalition share, in both languages."""

import datetime
import tomllib
import uuid
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from coalition.files.actions import keep
from coalition.resources.documents import read_resources
from coalition.resources.models import Resource
from coalition.resources.schema import SUBJECT
from directory.interchange import proposals
from directory.models import Organization, Origin, Proposal, Service

from .sample_files import MAKERS
from .sample_people import NAMESPACE

DATA = Path(__file__).parent / "data" / "sample_resources.toml"
BY = "sample catalogue"
DAY = datetime.timedelta(days=1)
DAYS = 60  # ago, where nothing else is said
PAIRS = (
    "name",
    "description",
    "audience",
    "how_to_get",
    "who_may_apply",
    "amount_description",
)
AS_THEY_ARE = (
    "kind",
    "languages",
    "licence",
    "seen_by",
    "version",
    "url",
    "timezone",
    "amount_minimum",
    "amount_maximum",
)


@transaction.atomic
def load_sample_resources() -> int:
    """Bring in what is missing, and move deadlines on where nobody has changed a thing since.

    Returns how many it wrote.
    """
    now = timezone.now()
    shared = tomllib.loads(DATA.read_text("utf-8"))["resource"]
    slugs = {one["of"] for one in shared}
    organizations = {row.slug: row for row in Organization.objects.filter(slug__in=slugs)}
    written = 0
    for one in shared:
        organization = organizations.get(one["of"])
        if organization is None:
            continue
        pk = uuid.uuid5(NAMESPACE, f"resource {' '.join(one['name'])}")
        if not Resource.objects.filter(pk=pk).exists():
            bring_in(pk, one, organization, now)
            written += 1
        elif "due" in one and is_outdated(pk, one, now):
            document = next(read_resources([pk])) | {"deadline": deadline(one, now)}
            proposals.change(document, origin=Origin.SYSTEM, by=BY, subject=SUBJECT)
            written += 1
    return written


def bring_in(pk: uuid.UUID, one: dict, organization: Organization, now: datetime.datetime) -> None:
    """As something that came some days ago."""
    proposals.change(
        document_of(pk, one, organization, now),
        origin=Origin.SYSTEM,
        by=BY,
        subject=SUBJECT,
        published_by=BY,
    )
    days = one.get("days", DAYS)
    changed = min([days, *(file["days"] for file in one.get("file", []))])
    Resource.objects.filter(pk=pk).update(
        published_at=now - days * DAY, last_modified=now - changed * DAY
    )


def document_of(
    pk: uuid.UUID, one: dict, organization: Organization, now: datetime.datetime
) -> dict:
    topics = [{"taxonomy": "category", "code": code} for code in one["topics"]]
    services = Service.objects.filter(slug=one.get("service", ""), organization=organization)
    document = {
        "id": str(pk),
        "organization": {"id": str(organization.pk)},
        "attributes": [{"taxonomy_term": term} for term in topics],
        "versions": [version(pk, file, organization, now) for file in one.get("file", [])],
        "services": [{"service": {"id": str(row.pk)}} for row in services],
        **{key: one[key] for key in AS_THEY_ARE if key in one},
    }
    for name in PAIRS:
        document |= pair(name, one)
    if "due" in one:
        document["deadline"] = deadline(one, now)
    return document


def pair(name: str, one: dict) -> dict:
    return dict(zip((name, f"{name}_fr"), one[name], strict=True)) if name in one else {}


def version(pk: uuid.UUID, file: dict, organization: Organization, now: datetime.datetime) -> dict:
    make, said = next((maker, file[kind]) for kind, maker in MAKERS.items() if kind in file)
    upload = SimpleUploadedFile(file["called"], make(said))
    kept = keep(upload, organization=organization, by=None)
    return {
        "id": str(uuid.uuid5(pk, file["called"])),
        "file": {"id": str(kept.pk)},
        "label": file.get("label", ""),
        "since": timezone.localdate(now - file["days"] * DAY).isoformat(),
        **pair("note", file),
    }


def deadline(one: dict, now: datetime.datetime) -> str:
    """At 5 pm on the site's clock, so many days from now."""
    day = timezone.localtime(now) + one["due"] * DAY
    five = day.replace(hour=17, minute=0, second=0, microsecond=0)
    return five.astimezone(datetime.UTC).isoformat()


def is_outdated(pk: uuid.UUID, one: dict, now: datetime.datetime) -> bool:
    """Whether its deadline has moved by days since, and nobody has changed anything of it."""
    if Proposal.objects.history(pk).exclude(by=BY).exists():
        return False
    known = Resource.objects.filter(pk=pk).values_list("deadline", flat=True).get()
    wanted = datetime.datetime.fromisoformat(deadline(one, now))
    return known is None or abs(wanted - known) > DAY
