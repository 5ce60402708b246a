"""Who only reads is given nothing to keep: no cookie, no session."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils.translation import override

from tests.factories import listing, published

pytestmark = pytest.mark.django_db
PAGES = [
    "coalition:home",
    "coalition:about",
    "coalition:privacy",
    "coalition:join",
    "coalition:event_list",
    "coalition:resource_list",
    "coalition:resource_deadlines",
    "directory:service_list",
    "directory:help_now",
    "directory:your_safety",
    "directory:missed_search",
    "directory:suggest",
]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_sets_no_cookie(client, name, language):
    with override(language):
        address = reverse(name)

    response = client.get(address, {"q": "naloxone", "field": "q", "text": "nal"})

    assert response.status_code == 200
    assert not response.cookies
    assert not Session.objects.exists()


def test_a_listing_and_what_is_wrong_with_it_set_no_cookie(client):
    (service,) = published(listing())

    for address in (f"/services/{service.slug}/", f"/services/{service.slug}/correct/"):
        response = client.get(address)
        assert response.status_code == 200, address
        assert not response.cookies, address


def test_a_page_asks_the_database_nothing_about_who_reads_it(client, django_assert_max_num_queries):
    client.get("/about/")
    with django_assert_max_num_queries(0):
        client.get("/about/")
