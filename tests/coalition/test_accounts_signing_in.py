"""Signing up, signing in, and proving it twice: django-allauth's pages in the house's look."""

import datetime
import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from coalition.accounts.models import User
from coalition.mail.models import Message
from tests.people import PASSWORD, administrator, coordinator, member, person

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW_PASSWORD = "another quite long word"


def sign_in(client, user, **data):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD} | data)


def code_now(secret: str = SECRET) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def with_app(user: User) -> User:
    totp.TOTP.activate(user, SECRET)
    return user


def link_in(kind: str) -> str:
    text = Message.objects.filter(kind=kind).latest("created_at").text
    return re.search(r"http://[^/]+(/\S+)", text).group(1)


def allauth_pages() -> list[str]:
    """Addresses of every page of django-allauth, with something in place of what they take."""
    found = []

    def walk(resolver, prefix):
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                walk(entry, prefix)
            elif entry.callback.__module__.startswith("allauth."):
                found.append(entry.name)

    walk(get_resolver(), "")
    addresses = []
    for name in sorted(set(found)):
        for kwargs in ({}, {"key": "x"}, {"uidb36": "1", "key": "x"}, {"pk": 1}):
            try:
                addresses.append(reverse(name, kwargs=kwargs))
                break
            except Exception:
                continue
    return addresses


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize("who", ["visitor", "person", "person with an app", "proven again"])
def test_every_page_about_signing_in_is_ours(client, language, who):
    user = person()
    if who == "person with an app":
        with_app(user)
        Authenticator.objects.create(
            user=user, type="recovery_codes", data={"seed": "x", "used_mask": 0}
        )
    if who == "proven again":
        sign_in(client, user)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    elif who != "visitor":
        client.force_login(user)
    addresses = allauth_pages()
    assert len(addresses) > 20

    for address in addresses:
        response = client.get(language + address, follow=True)
        assert response.status_code in (200, 403, 404), address
        if not response["Content-Type"].startswith("text/html"):
            continue
        page = response.content.decode()
        assert 'class="strip"' in page, address
        assert "/static/account" not in page, address
        assert "/static/mfa" not in page, address
        scripts = re.findall(r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>", page)
        assert not scripts, address
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), address


def test_somebody_signs_up_confirms_and_is_in(client):
    data = {"name": "Ro", "email": "Ro@Example.org", "password1": PASSWORD}
    response = client.post("/accounts/signup/", data)
    assert response.url == "/accounts/confirm-email/"
    user = User.objects.get()
    assert (user.name, user.email, user.language) == ("Ro", "ro@example.org", "en")

    link = link_in("email-confirmation-signup")
    assert "Is ro@example.org yours?" in client.get(link).content.decode()
    assert not EmailAddress.objects.get().verified  # opening a link changes nothing

    response = client.post(link)

    assert response.url == "/partner/"
    assert EmailAddress.objects.get().verified


def test_signing_up_in_french_is_answered_in_french(client):
    data = {"name": "Ro", "email": "ro@example.org", "password1": PASSWORD}
    client.post("/fr/accounts/signup/", data)

    assert User.objects.get().language == "fr"
    assert Message.objects.get().language == "fr"


def test_no_page_tells_whether_an_address_has_an_account(client):
    person("known@example.org")
    emails = ("known@example.org", "other@example.org")

    def seen(address, **data):
        answers = []
        for email in emails:
            client.cookies.clear()
            page = client.post(
                address, {k: v.format(email=email) for k, v in data.items()}, follow=True
            )
            text = re.sub(r'csrf\w+" value="[^"]+', "", page.content.decode().replace(email, "@"))
            answers.append((page.status_code, page.redirect_chain, text))
        return answers

    for answers in (
        seen("/accounts/login/", login="{email}", password="not this one"),
        seen("/accounts/password/reset/", email="{email}"),
        seen("/accounts/signup/", name="Ro", email="{email}", password1=PASSWORD),
    ):
        assert answers[0] == answers[1]
    kinds = Message.objects.filter(to="known@example.org").values_list("kind", flat=True)
    assert set(kinds) == {"password-reset-key", "account-already-exists"}


def test_changing_to_an_address_with_an_account_says_nothing_of_it(client):
    person("known@example.org")
    user = person()
    sign_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    response = client.post("/accounts/email/", {"email": "known@example.org", "action_add": "1"})

    assert response.status_code == 302
    user.refresh_from_db()
    assert user.email != "known@example.org"


def test_an_address_is_changed_once_the_new_one_is_confirmed(client):
    user = person("old@example.org")
    sign_in(client, user)
    asked = client.post("/accounts/email/", {"email": "new@example.org", "action_add": "1"})
    assert asked.url.startswith("/accounts/reauthenticate/")  # who is it?
    client.post(asked.url, {"password": PASSWORD})
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": "1"})

    client.post(link_in("email-confirmation"))

    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert Message.objects.get(kind="email-changed").to == "old@example.org"


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(client):
    user = person()
    client.post("/accounts/password/reset/", {"email": user.email})
    link = link_in("password-reset-key")
    form = client.get(link)
    response = client.post(form.url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert response.status_code == 302

    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    client.post("/accounts/logout/")
    again = client.get(link, follow=True)
    assert "This link opens nothing" in again.content.decode()


def test_a_weak_password_is_refused_beside_the_field(client):
    data = {"name": "Ro", "email": "ro@example.org", "password1": "short"}
    response = client.post("/accounts/signup/", data)

    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="id_password1_error"' in page
    assert 'value="ro@example.org"' in page
    assert "short" not in re.sub(r"too short", "", page)


def test_changing_the_password_ends_the_sessions_elsewhere(client):
    user = person()
    elsewhere = Client()
    sign_in(elsewhere, user)
    sign_in(client, user)
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )

    assert client.get("/accounts/me/").status_code == 200
    assert elsewhere.get("/accounts/me/").status_code == 302


def test_signing_in_begins_a_new_session(client):
    user = person()
    client.get("/accounts/login/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key

    sign_in(client, user)

    assert client.cookies["sessionid"].value != session.session_key


@pytest.mark.parametrize(
    "next_url",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil",
    ],
)
def test_signing_in_or_out_leads_nowhere_else(client, next_url):
    user = person()
    assert sign_in(client, user, next=next_url).url == "/partner/"
    assert client.post("/accounts/logout/", {"next": next_url}).url == "/"


def test_signing_in_goes_on_where_one_came_from(client):
    user = person()
    asked = client.get("/accounts/me/")
    assert asked.url == "/accounts/login/?next=/accounts/me/"
    assert sign_in(client, user, next="/accounts/me/").url == "/accounts/me/"


def test_only_a_form_signs_out(client):
    client.force_login(person())
    client.get("/accounts/logout/")
    assert client.get("/accounts/me/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/accounts/me/").status_code == 302


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/accounts/logout/", "/accounts/signup/", "/accounts/me/delete/"],
)
def test_a_form_without_its_token_is_refused(address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person())
    assert strict.post(address).status_code == 403


def test_a_closed_account_opens_nothing(client):
    user = person(is_active=False)
    response = sign_in(client, user)
    assert (
        client.get(response.url).context["user"].is_anonymous
        if response.status_code == 302
        else True
    )
    assert client.get("/accounts/me/").status_code == 302


def test_passwords_cannot_be_tried_without_end(client):
    user = person()
    answers = [sign_in(client, user, password="not this one").content.decode() for _n in range(6)]

    assert "Too many failed" not in answers[4]
    assert "Too many failed" in answers[5]
    assert sign_in(client, user).status_code == 422  # not even the right one, for a while


@pytest.mark.parametrize(
    ("address", "data", "tries"),
    [
        ("/accounts/login/", {"login": "{n}@example.org", "password": "x"}, 31),
        ("/accounts/signup/", {"name": "x", "email": "{n}@example.org", "password1": "x"}, 21),
        ("/accounts/password/reset/", {"email": "{n}@example.org"}, 21),
    ],
)
def test_forms_that_take_credentials_or_send_mail_rest_after_many_tries(
    client, address, data, tries
):
    for number in range(tries):
        sent = {key: value.format(n=number) for key, value in data.items()}
        response = client.post(address, sent)
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()


def test_what_limits_tries_stores_neither_address_nor_e_mail(client):
    user = person("limits@example.org")
    client.post(
        "/accounts/login/", {"login": user.email, "password": "x"}, REMOTE_ADDR="203.0.113.77"
    )
    client.post("/accounts/password/reset/", {"email": user.email}, REMOTE_ADDR="203.0.113.77")

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM coalition_cache")
        rows = cursor.fetchall()

    assert rows
    for key, _value in rows:
        assert re.fullmatch("[0-9a-f]{64}", key)
    assert "203.0.113" not in str(rows)
    assert "limits@" not in str(rows)
    cache.clear()


def test_a_second_factor_is_set_up_and_asked_for(client, django_capture_on_commit_callbacks):
    user = person()
    sign_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert "<svg" in page.content.decode()
    secret = page.context["form"].secret
    code = code_now(secret)

    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/accounts/2fa/totp/activate/", {"code": code})

    assert done.url == "/accounts/2fa/recovery-codes/"
    codes = client.get(done.url).context["unused_codes"]
    assert len(codes) == 10
    assert Message.objects.filter(kind="totp-activated", to=user.email).exists()
    client.post("/accounts/logout/")
    cache.clear()

    asked = sign_in(client, user)

    assert asked.url == "/accounts/2fa/authenticate/"
    assert "One more step" in client.get(asked.url).content.decode()
    assert client.get("/accounts/me/").status_code == 302
    assert client.post(asked.url, {"code": codes[0]}).url == "/partner/"
    assert client.get("/accounts/me/").status_code == 200


@pytest.mark.parametrize(("seconds", "taken"), [(35, True), (-25, True), (95, False)])
def test_a_code_that_is_typed_slowly_is_taken(client, time_machine, seconds, taken):
    user = with_app(person())
    time_machine.move_to(datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC), tick=False)
    code = code_now()
    time_machine.shift(seconds)
    asked = sign_in(client, user)
    client.post(asked.url, {"code": code})
    assert (client.get("/accounts/me/").status_code == 200) == taken


def test_the_mails_about_an_account_name_no_network_address(client):
    user = with_app(person())
    sign_in(client, user)
    client.post("/accounts/2fa/authenticate/", {"code": code_now()})
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        REMOTE_ADDR="203.0.113.77",
        headers={"user-agent": "Telltale/1.0"},
    )
    message = Message.objects.get(kind="password-changed")
    assert "203.0.113" not in message.text + message.html
    assert "Telltale" not in message.text + message.html


def test_a_coordinator_without_a_second_factor_is_led_to_one_where_it_is_required(client, settings):
    user = coordinator()
    client.force_login(user)
    assert client.get("/review/").status_code == 200

    settings.SECOND_FACTOR_REQUIRED = True

    for address in ("/review/", "/review/people/", "/partner/", "/fr/review/"):
        assert client.get(address).url.endswith("/accounts/2fa/"), address
    assert client.get("/services/").status_code == 200
    page = client.get("/accounts/2fa/")
    assert "Coordinators need a second way" in page.content.decode()


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_a_coordinator_with_one_goes_on(client, settings, kind):
    settings.SECOND_FACTOR_REQUIRED = True
    user = administrator()
    Authenticator.objects.create(user=user, type=kind, data={})
    client.force_login(user)
    assert client.get("/review/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    user = coordinator()
    Authenticator.objects.create(user=user, type="recovery_codes", data={})
    client.force_login(user)
    assert client.get("/review/").status_code == 302


def test_others_need_none(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    owner = person()
    member(owner=owner)
    client.force_login(owner)
    assert client.get("/partner/").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/", "/services/", "/services/?q=naloxone", "/help-now/", "/privacy/", "/about/", "/join/"],
)
@pytest.mark.parametrize("language", ["", "/fr"])
def test_a_visitor_who_reads_gets_no_cookie(client, language, address):
    response = client.get(language + address)
    assert response.status_code == 200
    assert not response.cookies
