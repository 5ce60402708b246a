"""What is kept about a person: each room says what it holds, gives it out and forgets it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from .models import User


def nothing(user: User) -> None:
    """For what goes with the account by itself, or stays without a name."""


@dataclass(frozen=True)
class Holding:
    """One kind of thing that is kept about people with an account.

    `read` gives all of it in plain values. `forget` is called before an account is deleted: it
    removes what is personal and keeps the record nameless; it raises ValidationError where the
    person cannot leave yet.
    """

    code: str
    label: Promise
    read: Callable[[User], list[dict]]
    forget: Callable[[User], None] = nothing


HOLDINGS: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    """Called once for each, when the site starts."""
    HOLDINGS[holding.code] = holding
