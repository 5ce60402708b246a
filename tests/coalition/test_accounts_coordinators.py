"""The first coordinator of a site; one who lost the second factor."""

import threading

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from coalition.accounts import actions
from coalition.accounts.models import LetIn, RecordEntry, User
from coalition.mail.models import Message
from coalition.management.commands import createcoordinator
from tests.people import administrator, coordinator, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    """What is typed at the terminal, in order."""
    answers = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(createcoordinator, "getpass", lambda _prompt: answers.pop(0))
    return answers


def with_second_factor(user: User) -> User:
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    Authenticator.objects.create(user=user, type="recovery_codes", data={})
    return user


def test_the_first_coordinator_is_administrator_too_and_signs_in_at_once(client, typed):
    typed += ["a long enough word", "a long enough word"]
    call_command("createcoordinator", "Cora@Example.org", name="Cora")

    user = User.objects.get()
    assert (user.email, user.name) == ("cora@example.org", "Cora")
    assert user.is_coordinator
    assert user.is_superuser
    assert RecordEntry.objects.get().by_words == "createcoordinator"
    data = {"login": "cora@example.org", "password": "a long enough word"}
    assert client.post("/accounts/login/", data).url == "/partner/"


def test_the_next_one_is_coordinator_only(typed):
    administrator()
    typed += ["a long enough word", "a long enough word"]
    call_command("createcoordinator", "next@example.org")
    assert not User.objects.get(email="next@example.org").is_superuser


@pytest.mark.parametrize(
    "answers", [["a long enough word", "another long word"], ["short", "short"]]
)
def test_a_password_that_will_not_do_makes_nobody(typed, answers):
    typed += answers
    with pytest.raises(CommandError):
        call_command("createcoordinator", "cora@example.org")
    assert not User.objects.exists()


def test_what_is_no_address_makes_nobody():
    with pytest.raises(CommandError):
        call_command("createcoordinator", "cora")


def test_a_link_is_mailed_where_nobody_is_asked(client):
    call_command("createcoordinator", "cora@example.org", mail=True, language="fr")

    message = Message.objects.get(kind="coordinator-made")
    assert message.language == "fr"
    link = next(word for word in message.text.split() if "/password/reset/key/" in word)
    form = client.get(link.removeprefix("http://localhost:8000"))
    words = {"password1": "another quite long word", "password2": "another quite long word"}
    client.post(form.url, words)
    assert EmailAddress.objects.get().verified
    assert client.get("/accounts/me/").status_code == 200


def test_somebody_with_an_account_becomes_coordinator_and_keeps_it():
    user = person("ro@example.org")
    call_command("createcoordinator", "ro@example.org", mail=True)
    user.refresh_from_db()
    assert user.is_coordinator
    assert user.has_usable_password()


def test_the_command_lets_in_and_says_so_in_the_record():
    user = with_second_factor(coordinator())
    call_command("letin", user.email)

    assert not Authenticator.objects.exists()
    entry = RecordEntry.objects.get()
    assert (entry.action, entry.by_words, entry.person) == ("letin.command", "letin", user)
    assert Message.objects.get(kind="let-in").to == user.email
    with pytest.raises(CommandError):
        call_command("letin", "nobody@example.org")


def test_two_others_let_in_and_one_does_not(client):
    lost = with_second_factor(coordinator(name="Lost"))
    first, second = coordinator(), coordinator()
    address = f"/review/people/{lost.pk}/let-in/"

    client.force_login(first)
    for _number in range(2):
        client.post(address)
        assert Authenticator.objects.filter(user=lost).count() == 2
    assert "Waiting to be let in" in client.get("/review/people/").content.decode()

    client.force_login(second)
    client.post(address)

    assert not Authenticator.objects.filter(user=lost).exists()
    assert not LetIn.objects.exists()
    entries = RecordEntry.objects.filter(person=lost).order_by("pk")
    assert [(e.action, e.by) for e in entries] == [
        ("letin.first", first),
        ("letin.second", second),
    ]


def test_nobody_lets_themselves_in(client):
    lost = with_second_factor(coordinator())
    other = coordinator()
    actions.ask_let_in(lost, by=other)
    client.force_login(lost)

    response = client.post(f"/review/people/{lost.pk}/let-in/")

    assert response.status_code == 422
    assert Authenticator.objects.filter(user=lost).exists()


def test_a_word_without_a_second_one_is_forgotten_after_a_week():
    lost = with_second_factor(coordinator())
    actions.ask_let_in(lost, by=coordinator())
    LetIn.objects.update(asked_at=timezone.now() - timezone.timedelta(days=8))

    assert not actions.ask_let_in(lost, by=coordinator())
    assert Authenticator.objects.filter(user=lost).exists()


def test_a_word_can_be_taken_back(client):
    lost = with_second_factor(coordinator())
    actions.ask_let_in(lost, by=coordinator())
    client.force_login(coordinator())
    client.post(f"/review/people/{lost.pk}/let-in/withdraw/")
    assert not LetIn.objects.exists()


def test_nobody_without_a_second_factor_is_let_in():
    with pytest.raises(ValidationError):
        actions.ask_let_in(coordinator(), by=coordinator())


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_are_two_words():
    lost = with_second_factor(coordinator())
    deciders = [coordinator(), coordinator()]
    barrier = threading.Barrier(2)
    done = []

    def say(by):
        try:
            barrier.wait(30)
            done.append(actions.ask_let_in(lost, by=by))
        finally:
            connection.close()

    threads = [threading.Thread(target=say, args=(by,)) for by in deciders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [False, True]
    assert not Authenticator.objects.filter(user=lost).exists()
    assert Message.objects.filter(kind="let-in").count() == 1
