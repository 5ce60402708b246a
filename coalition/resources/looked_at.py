"""Links of resources, for the weekly look at what does not open."""

from collections.abc import Iterator
from dataclasses import replace

from coalition.listings.advice import Advice, known_problems
from coalition.listings.looking import Said, said_in
from coalition.listings.models import Draft, Problem
from directory.interchange.sample import FICTIONAL_SOURCES
from directory.models import SourceRecord

from .documents import read_resources
from .editor import SECTIONS
from .models import Resource
from .schema import SUBJECT


def said() -> Iterator[Said]:
    """Links of all that is out. Those of invented organizations lead nowhere."""
    invented = SourceRecord.objects.filter(source__in=FICTIONAL_SOURCES)
    fiction = set(map(str, invented.values_list("service__organization", flat=True)))
    ids = Resource.objects.published().order_by("pk").values_list("pk", flat=True)
    for document in read_resources(ids):
        owner = document["organization"]["id"]
        for one in dict.fromkeys(said_in(document, document["id"], owner in fiction)):
            yield replace(one, subject=SUBJECT, organization=owner)


def problems(draft: Draft) -> list[Advice]:
    """What the weekly look has found, as far as the draft still says it."""
    found = Problem.objects.filter(record_id=draft.record_id)
    return known_problems(draft.document, found, SECTIONS)
