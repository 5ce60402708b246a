"""What is on, as residents see it: the list, the month, an event, its words in both languages."""

import pytest

from tests.events import event

pytestmark = pytest.mark.django_db


def page(client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    assert not response.cookies
    return response.content.decode()


def test_an_event_is_in_the_list_on_its_page_and_in_the_month(client):
    one = event(name="Circle at the lake")
    assert "Circle at the lake" in page(client, "/events/")
    assert "14 Harbour Lane" in page(client, f"/events/{one.slug}/")
    assert "Circle at the lake" in page(client, f"/events/?month={one.starts_on:%Y-%m}")
    assert "Cercle de pairs" in page(client, f"/fr/events/{one.slug}/")


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"near": "Thunder Bay"}, True),
        ({"near": "Toronto"}, False),
        ({"near": "Toronto", "within": "1500"}, True),
        ({"kind": "peer_circle"}, True),
        ({"kind": ["naloxone", "peer_circle"]}, True),
        ({"kind": "meal"}, False),
        ({"attendance": "in_person"}, True),
        ({"attendance": "online"}, False),
        ({"when": "past"}, False),
    ],
)
def test_the_list_is_narrowed_by_place_kind_and_how_people_come(client, parameters, found):
    event(name="Circle at the lake")
    response = client.get("/events/", parameters)
    assert response.status_code == 200
    assert ("Circle at the lake" in response.content.decode()) == found
