"""Pages are light enough for a cracked phone on a slow line."""

import gzip
import re
import urllib.request
from urllib.parse import urljoin

import pytest

FIRST_VISIT = 14 * 1024
WITH_SCRIPTS = 30 * 1024


def compressed(address: str) -> tuple[int, str]:
    """Bytes of body as sent, and the text."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        body = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return len(body), (gzip.decompress(body) if packed else body).decode()


def weighed(page: str) -> tuple[int, int, int, str]:
    """Bytes of a page, of its styles, of its scripts and symbols; and its text."""
    html, text = compressed(page)
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    scripts = re.findall(r'<script[^>]* src="([^"]+)"', text)
    images = re.findall(r'<use href="([^"#]+)', text)
    css = sum(compressed(urljoin(page, path))[0] for path in set(styles))
    js = sum(compressed(urljoin(page, path))[0] for path in {*scripts, *images})
    return html, css, js, text


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize(
    "query", ["q=naloxone&near=Thunder+Bay", "near=Toronto", "q=&near=Vancouver&category=treatment"]
)
def test_a_first_page_of_results_is_light(address, language, query):
    html, css, js, text = weighed(f"{address}{language}/services/?{query}")
    assert text.count("<article") >= 5
    assert html + css <= FIRST_VISIT, (html, css)
    assert html + css + js <= WITH_SCRIPTS, (html, css, js)


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize("query", ["", "?q=naloxone", "?kind=funding"])
def test_a_first_page_of_the_library_is_light(address, language, query):
    html, css, js, text = weighed(f"{address}{language}/resources/{query}")
    assert text.count("<article") >= 3
    assert html + css <= FIRST_VISIT, (html, css)
    assert html + css + js <= WITH_SCRIPTS, (html, css, js)


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize("query", ["", "?near=Thunder+Bay"])
def test_a_first_look_at_what_is_on_is_light(address, language, query):
    html, css, js, text = weighed(f"{address}{language}/events/{query}")
    assert text.count("<article") >= 5
    assert html + css <= FIRST_VISIT, (html, css)
    assert html + css + js <= WITH_SCRIPTS, (html, css, js)
