"""Every page is well-formed HTML, in both languages."""

import copy

import html5lib
import pytest

from tests.factories import confidential, listing, published, remote
from tests.resources import resource, stored, version
from tests.uploads import picture

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/services/",
    "/services/?q=naloxone&near=Thunder Bay&access=no-id&open=now&category=naloxone",
    "/services/?near=P0V",
    "/services/?near=Nowhere&within=x&page=0&q=<b>",
    "/services/naloxone-kits-and-training/",
    "/services/safe-house/",
    "/services/overdose-prevention-line/",
    "/organizations/harbour-lane-health-centre/",
    "/help-now/",
    "/your-safety/",
    "/privacy/",
    "/about/",
    "/events/",
    "/events/?month=2026-12&kind=meal",
    "/events/?near=Nowhere&within=x&page=0&day=<b>&month=soon",
    "/resources/",
    "/resources/?q=<b>&kind=x&topic=naloxone&page=0",
    "/resources/naloxone-poster/",
    "/resources/naloxone-poster/?thanks=1",
    "/no-such-page/",
]


@pytest.fixture(autouse=True)
def _undefined_variables_show(settings):
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED-%s"
    settings.TEMPLATES = templates


def everything():
    """Something to show on each page."""
    organization = published(listing(), remote(), confidential())[0].organization
    files = [stored(organization), stored(organization, "p.png", picture())]
    resource(
        organization,
        deadline="2030-06-30T21:00:00+00:00",
        audience="Everybody",
        versions=[version(file, label="1st", note="New") for file in files],
        services=[{"service": organization.services.get()}],
    )


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_formed(client, language, path):
    everything()
    text = client.get(language + path).content.decode()
    html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert "UNDEFINED-" not in text
    assert "{{" not in text
    assert "{%" not in text


def test_no_two_elements_share_an_identifier(client):
    everything()
    for path in PAGES:
        page = html5lib.parse(client.get(path).content, namespaceHTMLElements=False)
        identifiers = [e.get("id") for e in page.iter() if e.get("id")]
        assert len(identifiers) == len(set(identifiers)), path
