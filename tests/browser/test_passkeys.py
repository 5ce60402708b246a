"""A passkey is added, opens an account and is taken away: in a browser that holds one."""

import pytest

from coalition.operations.sample_people import PEOPLE, password

EDITOR = next(person for person in PEOPLE if person.role == "editor")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser, address):
    """Passkeys belong to a name, so the site is visited by name."""
    complaints = []
    context = browser.new_context(base_url=address.replace("127.0.0.1", "localhost"))
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield page
    context.close()
    assert complaints == []


def press(page, selector):
    with page.expect_navigation():
        page.click(selector)


def prove(page):
    page.fill("[name=password]", password(EDITOR))
    press(page, "form:has([name=password]) button[type=submit]")


def take_away(page):
    page.goto("/accounts/2fa/webauthn/")
    press(page, "a[href$='/remove/']")
    if "/reauthenticate/" in page.url:
        press(page, "a[href*='/webauthn/reauthenticate/']")
        press(page, "[data-passkey=get] button")
    press(page, "main form[action$='/remove/'] button")
    assert page.locator("a[href$='/remove/']").count() == 0


def test_a_passkey_opens_an_account_alone_until_it_is_taken_away(page):
    page.goto("/accounts/login/")
    page.fill("[name=login]", EDITOR.email)
    prove(page)
    page.goto("/accounts/2fa/webauthn/add/")
    prove(page)  # is it still you?
    page.fill("[name=name]", "This phone")
    page.check("[name=passwordless]")
    press(page, "[data-passkey=create] button")
    assert page.locator("code").count() == 10  # recovery codes come with it

    page.goto("/accounts/logout/")
    press(page, "main form button")
    page.goto("/accounts/login/")
    press(page, "[data-passkey=login] button")
    assert page.url.endswith("/partner/")

    take_away(page)


def test_with_a_password_the_passkey_is_asked_for_second(page):
    page.goto("/accounts/login/")
    page.fill("[name=login]", EDITOR.email)
    prove(page)
    page.goto("/accounts/2fa/webauthn/add/")
    prove(page)
    press(page, "[data-passkey=create] button")

    page.goto("/accounts/logout/")
    press(page, "main form button")
    page.goto("/accounts/login/")
    page.fill("[name=login]", EDITOR.email)
    prove(page)
    assert "/2fa/authenticate/" in page.url
    press(page, "[data-passkey=get] button")
    assert page.url.endswith("/partner/")

    take_away(page)
