"""Crisis lines are kept at the desk; help pages follow, and answer without a database too."""

import json

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError
from django.db import models as django_models
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from coalition.accounts.models import RecordEntry
from coalition.catalogue import lines
from directory.models import CrisisLine
from directory.public import crisis_lines
from directory.taxonomy.load import LINES, load_lines, shipped_lines
from tests.people import coordinator, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipped():
    load_lines()


def line(code="988") -> CrisisLine:
    return CrisisLine.objects.get(code=code)


def help_page(client, language="") -> str:
    return client.get(f"{language}/help-now/").content.decode()


def data_of(line: CrisisLine, **changes) -> dict:
    fields = (
        *("code", "name", "name_fr", "what", "what_fr", "call", "tel", "text", "text_body"),
        *("text_body_fr", "hours", "hours_fr", "languages", "province", "audience", "note"),
    )
    data = {name: getattr(line, name) for name in fields}
    data["sources"] = "\n".join(line.sources)
    data |= {name: "on" for name in ("published", "unconfirmed") if getattr(line, name)}
    if line.last_confirmed:
        data["last_confirmed"] = line.last_confirmed.isoformat()
    return data | {"seen": lines.mark(line)} | changes


def edit(client, line: CrisisLine, **changes):
    client.force_login(coordinator())
    return client.post(reverse("coalition:line", args=[line.pk]), data_of(line, **changes))


def test_the_lines_the_project_comes_with_are_there_once():
    shipped = json.loads(LINES.read_text("utf-8"))
    assert CrisisLine.objects.count() == len(shipped)
    assert load_lines() == 0
    assert line("nors").unconfirmed
    assert not line("nors").published


def test_what_is_changed_is_on_the_help_page_and_in_the_record(client):
    response = edit(client, line(), call="9-8-8 (new)", what="Somebody listens.")
    assert response.status_code == 302
    assert "Somebody listens." in help_page(client)
    entry = RecordEntry.objects.get(action="line.change")
    assert "9-8-8 → 9-8-8 (new)" in entry.note


def test_a_line_is_added_as_the_last_and_can_be_removed(client):
    client.force_login(coordinator())
    data = data_of(line(), code="elm", name="Elm Line", name_fr="Ligne Orme", tel="18005550100")
    assert client.post(reverse("coalition:line_new"), data).status_code == 302
    assert CrisisLine.objects.last().code == "elm"
    assert "Elm Line" in help_page(client)
    assert "Ligne Orme" in help_page(client, "/fr")
    assert (
        "Elm Line"
        in client.get(reverse("coalition:line_remove", args=[line("elm").pk])).content.decode()
    )

    act(client, line("elm"), "remove")

    assert "Elm Line" not in help_page(client)
    assert RecordEntry.objects.filter(action="line.remove", about="Elm Line").exists()


def act(client, line: CrisisLine, what: str):
    client.force_login(coordinator())
    return client.post(reverse("coalition:line_act", args=[line.pk, what]))


def test_lines_change_places_and_stay_at_the_ends(client):
    first, second = CrisisLine.objects.all()[:2]
    act(client, second, "up")
    act(client, second, "up")
    assert list(CrisisLine.objects.all()[:2]) == [second, first]
    page = help_page(client)
    assert page.index(f"<h3>{second.name}") < page.index(f"<h3>{first.name}")
    act(client, second, "down")
    assert CrisisLine.objects.first() == first


def test_a_line_nobody_called_is_shown_only_once_somebody_did(client):
    nors = line("nors")
    refused = edit(client, nors, published="on")
    assert refused.status_code == 422
    assert "Call it first" in refused.content.decode()
    with pytest.raises(IntegrityError):
        CrisisLine.objects.filter(pk=nors.pk).update(published=True)


def test_confirming_says_the_day_and_lets_a_line_be_shown(client):
    act(client, line("nors"), "confirm")
    confirmed = line("nors")
    assert confirmed.last_confirmed == timezone.localdate()
    assert edit(client, confirmed, published="on").status_code == 302
    assert confirmed.name in help_page(client)
    assert RecordEntry.objects.filter(action="line.confirm").exists()
    page = client.get(reverse("coalition:lines")).content.decode()
    assert f"checked {date_format(timezone.localdate())}" in page


def test_a_stale_form_changes_nothing_and_loses_nothing(client):
    old = line()
    edit(client, old, hours="All day")
    response = edit(client, old, what="Written meanwhile.")
    assert response.status_code == 409
    assert "Written meanwhile." in response.content.decode()
    assert line().hours == "All day"


@pytest.mark.parametrize(
    ("field", "value"),
    [("tel", "1-800"), ("tel", ""), ("name_fr", ""), ("sources", "nonsense"), ("audience", "x")],
)
def test_what_cannot_be_is_said_by_the_field(client, field, value):
    response = edit(client, line(), **{field: value})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()


def test_the_code_of_a_line_never_changes(client):
    edit(client, line(), code="other", hours="All day")
    assert line().hours == "All day"


def test_help_answers_while_the_database_does_not(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("gone")

    CrisisLine.objects.filter(code="988").update(hours="Hours the database knows")
    assert "Hours the database knows" in help_page(client)
    monkeypatch.setattr(django_models.query.QuerySet, "values", refuse)
    caches["memory"].clear()
    assert "Hours the database knows" in help_page(client)

    monkeypatch.setattr(crisis_lines, "_last", [])
    caches["memory"].clear()
    page = help_page(client)
    for row in shipped_lines():
        assert (f'href="tel:{row["tel"]}"' in page) is row["published"]


def test_without_any_line_those_the_site_came_with_are_shown(client):
    CrisisLine.objects.all().delete()
    crisis_lines.forget()
    assert 'href="tel:988"' in help_page(client)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(client, count, django_assert_num_queries):
    CrisisLine.objects.filter(position__gte=count).delete()
    client.force_login(coordinator())
    client.get(reverse("coalition:lines"))
    with django_assert_num_queries(3):
        client.get(reverse("coalition:lines"))


def test_the_pages_are_for_coordinators(client):
    client.force_login(person())
    pk = line().pk
    for name, args in (
        ("lines", []),
        ("line_new", []),
        ("line", [pk]),
        ("line_remove", [pk]),
        ("line_act", [pk, "confirm"]),
    ):
        address = reverse(f"coalition:{name}", args=args)
        assert client.get(address).status_code == client.post(address).status_code == 404


def test_a_line_needs_a_name_and_a_province_we_know():
    for wrong in ({"name": "", "name_fr": ""}, {"province": "ZZ"}):
        with pytest.raises(ValidationError):
            CrisisLine(**(shipped_lines()[0] | {"code": "x"} | wrong)).full_clean()
