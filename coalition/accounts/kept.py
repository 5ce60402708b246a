"""What the rooms `mail` and `accounts` keep about a person."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from coalition.mail.models import Message

from .holdings import Holding, register
from .models import RecordEntry, User


def account(user: User) -> list[dict]:
    fields = ("email", "name", "language", "is_coordinator", "is_superuser", "date_joined")
    return [{field: getattr(user, field) for field in (*fields, "last_login")}]


def addresses(user: User) -> list[dict]:
    return list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary"))


def second_factors(user: User) -> list[dict]:
    found = Authenticator.objects.filter(user=user).order_by("pk")
    return list(found.values("type", "created_at", "last_used_at"))


def done(user: User) -> list[dict]:
    return list(RecordEntry.objects.filter(by=user).values("at", "action", "about", "note"))


def done_to(user: User) -> list[dict]:
    return list(RecordEntry.objects.filter(person=user).values("at", "action", "note"))


def forget_done_to(user: User) -> None:
    RecordEntry.objects.filter(person=user).update(about=nameless(user))


def nameless(user: User) -> str:
    return f"#{user.pk}"


def messages(user: User) -> list[dict]:
    return list(messages_to(user).values("kind", "subject", "created_at", "sent_at"))


def messages_to(user: User):
    return Message.objects.filter(to__iexact=user.email)


def forget_messages(user: User) -> None:
    messages_to(user).delete()


def register_holdings() -> None:
    register(Holding("account", _("Your account"), account))
    register(Holding("email_addresses", _("Your e-mail addresses"), addresses))
    register(Holding("second_factors", _("Your second ways to sign in"), second_factors))
    register(Holding("done", _("What you did about people and organizations"), done))
    register(Holding("done_to", _("What was done about your account"), done_to, forget_done_to))
    register(
        Holding(
            "messages",
            _("Messages we sent you in the last month (not what they said)"),
            messages,
            forget_messages,
        )
    )
