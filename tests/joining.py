"""Applying to join, as somebody without an account or a cookie does."""

from coalition.members import links
from coalition.members.forms import StartForm
from coalition.members.models import Application

HERE = {"sec-fetch-site": "same-origin"}
ANSWERS = {
    "organization": {
        "name": "Riverside Peers",
        "name_fr": "",
        "website": "riverside.example.org",
        "phone": "807-555-0100",
        "address_1": "3 River Road",
        "city": "Kenora",
        "state_province": "ON",
        "postal_code": "p9n1a1",
    },
    "work": {"does": "We hand out kits and listen."},
    "serves": {"serves": "Anyone who uses.", "peer_led": "on"},
    "contact": {"contact_name": "Ro", "contact_role": "Coordinator of peers", "contact_phone": ""},
    "principles": {"version": "1", "agree": "on"},
}


def send(client, address, data=None):
    return client.post(address, data or {}, headers=HERE)


def start(client, email="ro@example.org", **changes):
    data = {"contact_name": "Ro", "email": email, "token": StartForm.new_token()} | changes
    return send(client, "/join/", data)


def begun(client, email="ro@example.org") -> Application:
    start(client, email)
    return Application.objects.get(email=email)


def step(application, code):
    return f"/join/{links.application_token(application)}/{code}/"


def status(application):
    return f"/join/{links.application_token(application)}/"


def filled_in(client, email="ro@example.org", **changes) -> Application:
    application = begun(client, email)
    for code, answers in (ANSWERS | changes).items():
        response = send(client, step(application, code), answers)
        assert response.status_code == 302, (code, response.context["form"].errors)
    application.refresh_from_db()
    return application


def sent_in(client, email="ro@example.org") -> Application:
    application = filled_in(client, email)
    send(client, step(application, "review"), {"send": "1"})
    application.refresh_from_db()
    return application
