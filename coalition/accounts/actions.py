"""What is done about accounts, and the record of it."""

import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.mail.actions import post

from . import links
from .holdings import HOLDINGS
from .models import LetIn, RecordEntry, User

# A word that somebody may be let in is forgotten when no second one follows.
LET_IN_DAYS = 7


def record(
    action: str, *, by: User | None, about: object, note: str = "", by_words: str = ""
) -> RecordEntry:
    """Write into the record, in the transaction of what is recorded.

    `by_words` names a command or a job where no person did it.
    """
    return RecordEntry.objects.create(
        action=action,
        by=by,
        by_words=by_words,
        about=words_for(about),
        person=about if isinstance(about, User) else None,
        note=note,
    )


def words_for(about) -> str:
    """What the record calls something: the same whatever language its writer reads."""
    return str(getattr(about, "filed_name", about))[:300]


def account_for(email: str, *, name: str = "", language: str = "en") -> User:
    """The account with this e-mail, made where there is none.

    Whoever gets here by a link in a mail has the address. An account that nobody has confirmed
    may be a stranger's, made in wait: its password no longer opens it.
    """
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, name=name, language=language)
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    elif not EmailAddress.objects.filter(user=user, verified=True).exists():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


@transaction.atomic
def save_profile(user: User, *, name: str, language: str) -> None:
    User.objects.filter(pk=user.pk).update(name=name, language=language)


def everything_about(user: User) -> dict[str, list[dict]]:
    """All that is kept about a person, by what it is."""
    return {code: holding.read(user) for code, holding in HOLDINGS.items()}


@transaction.atomic
def delete_account(user: User) -> None:
    """Remove the account and what is personal; what was decided stays, without a name.

    Raises ValidationError where somebody has to take over first.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    for holding in HOLDINGS.values():
        holding.forget(user)
    record("account.delete", by=None, about=f"#{user.pk}")
    post("account-deleted", to=user.email, language=user.language)
    user.delete()


@transaction.atomic
def make_coordinator(
    email: str, *, password: str = "", name: str = "", language: str = "en", by_words: str
) -> User:
    """For the command that makes a site's first coordinator. Without a password, a link to choose
    one is mailed. Where the site has no administrator, this person is it."""
    user = account_for(email, name=name, language=language)
    user.is_coordinator = True
    user.is_active = True
    if not User.objects.filter(is_active=True, is_superuser=True).exists():
        user.is_superuser = user.is_staff = True
    if password:
        user.set_password(password)
        EmailAddress.objects.filter(user=user, email__iexact=email).update(verified=True)
    user.save()
    record("people.coordinator", by=None, by_words=by_words, about=user)
    if not password:
        post(
            "coordinator-made",
            to=user.email,
            language=user.language,
            url=links.welcome(user, user.language),
        )
    return user


@transaction.atomic
def set_coordinator(user: User, is_coordinator: bool, *, by: User) -> None:
    """Administrators make coordinators, and unmake them. Raises ValidationError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not by.is_superuser:
        raise ValidationError(_("Only an administrator can do this."))
    if user.pk == by.pk:
        raise ValidationError(_("Somebody else has to do this for you."))
    if user.is_coordinator == is_coordinator:
        return
    user.is_coordinator = is_coordinator
    user.save(update_fields=["is_coordinator"])
    record("people.coordinator" if is_coordinator else "people.uncoordinator", by=by, about=user)
    if is_coordinator:
        post(
            "coordinator-made",
            to=user.email,
            language=user.language,
            url=links.absolute("coalition:desk", user.language),
        )


@transaction.atomic
def set_active(user: User, is_active: bool, *, by: User) -> None:
    """Close an account, which signs its person out, or open it again. Raises ValidationError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.pk:
        raise ValidationError(_("Somebody else has to do this for you."))
    if (user.is_superuser or user.is_coordinator) and not by.is_superuser:
        raise ValidationError(_("Only an administrator can do this."))
    if user.is_active == is_active:
        return
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    record("people.open" if is_active else "people.close", by=by, about=user)


def pending_let_ins():
    """Words for which a second one is still awaited."""
    since = timezone.now() - datetime.timedelta(days=LET_IN_DAYS)
    return LetIn.objects.filter(asked_at__gt=since)


@transaction.atomic
def ask_let_in(user: User, *, by: User) -> bool:
    """Say that somebody lost their second factor. The second coordinator who says so lets them in.

    Returns whether they are in. Raises ValidationError for oneself, and for somebody without one.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.pk:
        raise ValidationError(_("Two others have to do this for you."))
    if not Authenticator.objects.filter(user=user).exists():
        raise ValidationError(_("This account has no second way to sign in to take away."))
    pending = pending_let_ins().filter(user=user).first()
    if pending is None:
        LetIn.objects.filter(user=user).delete()
        LetIn.objects.create(user=user, asked_by=by)
        record("letin.first", by=by, about=user)
        return False
    if pending.asked_by_id == by.pk:
        return False
    take_second_factor(user)
    record("letin.second", by=by, about=user)
    return True


@transaction.atomic
def withdraw_let_in(user: User, *, by: User) -> None:
    """It was a mistake, or somebody pretended."""
    if LetIn.objects.filter(user=user).delete()[0]:
        record("letin.withdraw", by=by, about=user)


@transaction.atomic
def let_in(user: User, *, by_words: str) -> int:
    """For the command: take the second factor away. Returns how many there were."""
    user = User.objects.select_for_update().get(pk=user.pk)
    taken = take_second_factor(user)
    record("letin.command", by=None, by_words=by_words, about=user)
    return taken


def take_second_factor(user: User) -> int:
    taken, _by_model = Authenticator.objects.filter(user=user).delete()
    LetIn.objects.filter(user=user).delete()
    post(
        "let-in",
        to=user.email,
        language=user.language,
        url=links.absolute("account_login", user.language),
    )
    return taken
