"""Addresses in mails, in the reader's language."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from .models import User


def absolute(name: str, language: str, **kwargs) -> str:
    with override(language):
        return f"{settings.SITE_URL}{reverse(name, kwargs=kwargs)}"


def welcome(user: User, language: str) -> str:
    """To the workspace; for a new account, where its first password is chosen."""
    if user.has_usable_password():
        return absolute("coalition:workspace", language)
    return absolute(
        "account_reset_password_from_key",
        language,
        uidb36=user_pk_to_url_str(user),
        key=default_token_generator.make_token(user),
    )
