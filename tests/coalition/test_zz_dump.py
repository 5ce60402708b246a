import pytest
pytestmark = pytest.mark.django_db
def test_dump(client):
    from tests.events import event
    from tests.people import person
    one = event(rrule="FREQ=WEEKLY")
    for a in ("/events/calendar.ics","/fr/events/feed.atom"):
        r = client.get(a, headers={"accept-encoding":"gzip"}); print(a, dict(r.headers))
    print(client.get("/fr/events/feed.atom").content.decode())
    client.force_login(person())
    r = client.get("/events/calendar.ics"); print(dict(r.headers), r.cookies)
    assert 0
