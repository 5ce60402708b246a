import pytest
from django.test import Client
from tests.coalition import scene as scenes
from tests.coalition import test_forms as m
NAMES=[n for n in m.takes_a_form() if "event" in n or "registration" in n or "host" in n or n=="coalition:draft_section"]
@pytest.mark.django_db
def test_x():
    stage = scenes.scene()
    stage.addresses = m.ADDRESSES
    stage.everything = m.Everything()
    stage.strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    stage.browsers = {role: m.logged_in(user) for role, user in stage.people.items()}
    wrong = []
    for name in NAMES:
        with scenes.undone():
            wrong += [f"{name}: {what}" for what in m.swept(stage, name)]
    assert not wrong, "\n".join(["", *wrong])
