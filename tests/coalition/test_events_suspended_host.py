"""An organization that is suspended or has left hosts nothing with others."""

import pytest

from coalition.events import actions
from coalition.members.actions import set_standing
from tests.events import event
from tests.people import coordinator, member, person

pytestmark = pytest.mark.django_db


def told(response) -> str:
    return b"".join(response).decode().replace("\r\n ", "")


@pytest.mark.parametrize("standing", ["suspended", "left"])
def test_what_others_have_on_does_not_name_it_any_more(client, standing):
    other = member(owner=person("kit@example.org"))
    type(other).objects.filter(pk=other.pk).update(name="Kits at the lake")
    one = event(member(owner=person()), hosts=[{"organization": other}])
    actions.answer(one.host_answers.get(), True, by=person("yes@example.org"))
    page = f"/events/{one.slug}/"
    calendar = f"/events/{one.slug}/event.ics"
    assert "Kits at the lake" in told(client.get(page))
    assert "Kits at the lake" in told(client.get(calendar))

    set_standing(other, standing, by=coordinator(), hide=True, note="They closed.")

    assert "Kits at the lake" not in told(client.get(page))
    assert "Kits at the lake" not in told(client.get(calendar))
    assert one.host_answers.get().accepted is None


def test_once_it_is_back_it_is_asked_again(client):
    kit = person("kit@example.org")
    other = member(owner=kit)
    one = event(member(owner=person()), name="Supper by the mill", hosts=[{"organization": other}])
    actions.answer(one.host_answers.get(), True, by=kit)
    for standing in ("suspended", "active"):
        set_standing(other, standing, by=coordinator(), hide=True, note="A mistake.")
    client.force_login(kit)
    assert "Do you host it?" in client.get("/partner/").content.decode()
