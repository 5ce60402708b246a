"""What the sample coalition shares: whole, in both languages, and only once."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from coalition.files.enums import Format
from coalition.files.models import StoredFile
from coalition.operations.sample_resources import load_sample_resources
from coalition.resources.enums import ResourceKind, SeenBy
from coalition.resources.models import Resource
from directory.interchange import proposals
from tests.resources import change_resource

DAY = datetime.timedelta(days=1)


def test_there_is_one_of_every_kind_from_three_organizations(sample):
    found = Resource.objects.all()
    assert {one.kind for one in found} == set(ResourceKind.values)
    assert {one.seen_by for one in found} == set(SeenBy.values)
    assert len({one.organization_id for one in found}) == 3
    assert {file.format for file in StoredFile.objects.all()} == {
        Format.PDF,
        Format.CSV,
        Format.PNG,
    }


def test_every_text_is_in_both_languages_or_its_organization_speaks_one(sample):
    for one in Resource.objects.select_related("organization"):
        document = proposals.current(one.pk, "resource")
        for name in ("name", "description", "audience", "how_to_get", "who_may_apply"):
            both = {bool(document.get(name)), bool(document.get(f"{name}_fr"))}
            assert len(both) == 1 or not one.organization.name, (one, name)


def test_loading_it_again_changes_nothing(sample):
    before = list(Resource.objects.order_by("pk").values())
    files = StoredFile.objects.count()
    assert load_sample_resources() == 0
    assert list(Resource.objects.order_by("pk").values()) == before
    assert StoredFile.objects.count() == files


def test_deadlines_move_on_where_nobody_has_changed_anything(sample):
    mine = Resource.objects.get(slug="fund-for-health-in-french")
    change_resource(mine, description="Ours")
    kept = Resource.objects.get(pk=mine.pk).deadline
    with time_machine.travel(timezone.now() + 10 * DAY):
        assert load_sample_resources() == 2
        moved = Resource.objects.get(slug="small-grants-for-peer-led-projects")
        assert moved.deadline - timezone.now() > 22 * DAY
    assert Resource.objects.get(pk=mine.pk).deadline == kept


@pytest.mark.parametrize("language", ["", "/fr"])
def test_a_visitor_finds_what_is_for_everyone(sample, client, language):
    page = client.get(f"{language}/resources/?q=naloxone").content.decode()
    assert page.count("<article") >= 3
    for seen_by in (SeenBy.MEMBERS, SeenBy.ORGANIZATION):
        private = Resource.objects.get(seen_by=seen_by)
        assert client.get(f"{language}/resources/{private.slug}/").status_code == 404
