"""Resources for tests, as documents: a plain one with traits to ask for, written as all are."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from coalition.accounts.models import User
from coalition.files.actions import keep
from coalition.files.models import StoredFile
from coalition.resources.models import Resource
from directory.interchange import proposals
from directory.models import Organization
from tests.events import plain
from tests.factories import listing, published, term
from tests.uploads import PDF


def stored(
    organization: Organization, name: str = "poster.pdf", data: bytes = PDF, by: User | None = None
) -> StoredFile:
    """A file of this organization, as an upload leaves it."""
    return keep(SimpleUploadedFile(name, data), organization=organization, by=by)


def version(file: StoredFile, **changes) -> dict:
    return {"id": str(uuid.uuid4()), "file": {"id": str(file.pk)}, "since": "2026-01-15"} | changes


def resource_document(organization: Organization, **changes: Any) -> dict:
    """A whole, plain document: a poster about naloxone, for everyone, with its page elsewhere.

    Moments, records and enums may be given as they are; None takes a value out.
    """
    document = {
        "id": uuid.uuid4(),
        "organization": organization,
        "name": "Naloxone poster",
        "name_fr": "Affiche sur la naloxone",
        "description": "Five steps to answer an overdose, to print and hang up.",
        "description_fr": "Cinq gestes en cas de surdose, à imprimer et à afficher.",
        "kind": "document",
        "seen_by": "everyone",
        "languages": ["en", "fr"],
        "licence": "cc-by",
        "url": "https://example.org/poster",
        "attributes": [term("category", "naloxone")],
    } | changes
    return {key: plain(value) for key, value in document.items() if value is not None}


def resource(
    organization: Organization | None = None, *, published_by: str = "test", **changes: Any
) -> Resource:
    """A resource as it is kept, shown; with `published_by=""` to nobody."""
    organization = organization or published(listing())[0].organization
    return write(resource_document(organization, **changes), published_by=published_by)


def change_resource(resource: Resource, **changes: Any) -> Resource:
    """The same with other values in its document; None empties one."""
    document = proposals.current(resource.pk, "resource")
    document |= {key: plain(value) for key, value in changes.items()}
    document = {key: value for key, value in document.items() if value is not None}
    return write(document, published_by="test" if resource.published_at else "")


def write(document: dict, *, published_by: str) -> Resource:
    proposals.change(
        document, origin="system", by="test", subject="resource", published_by=published_by
    )
    return Resource.objects.get(pk=document["id"])


def funding(organization: Organization | None = None, **changes: Any) -> Resource:
    """Money one can ask for, without a deadline unless told."""
    return resource(
        organization,
        **{
            "name": "Community safety grant",
            "name_fr": "Subvention pour la sécurité des communautés",
            "description": "For peer-led projects.",
            "description_fr": "Pour des projets de pairs.",
            "kind": "funding",
            "amount_minimum": 500,
            "amount_maximum": 5000,
            "who_may_apply": "Peer-led groups in Ontario",
            "who_may_apply_fr": "Groupes de pairs en Ontario",
            "url": "https://example.org/grant",
            "attributes": [term("category", "peer")],
        }
        | changes,
    )
