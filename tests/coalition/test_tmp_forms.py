import pytest
from django.test import Client
from tests.coalition import scene as scenes
from tests.coalition import test_forms as m
NAMES=["coalition:resource_begin","coalition:resource_edit","coalition:resource_hide","coalition:resource_show","coalition:resource_thanks","coalition:draft_section"]
@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_some(name):
    stage = scenes.scene()
    stage.addresses = m.ADDRESSES
    stage.everything = m.Everything()
    stage.strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    stage.browsers = {role: m.logged_in(user) for role, user in stage.people.items()}
    wrong=[]
    with scenes.undone():
        wrong += [f"{name}: {what}" for what in m.swept(stage, name)]
    assert not wrong, "\n".join(["", *wrong])
