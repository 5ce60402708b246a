"""What each room that takes submissions adds to the one mechanism."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from coalition.accounts.models import User

from .models import Submission


def nothing(submission: Submission, *, by: User, reason: str) -> None:
    """A room with nothing to do on an outcome."""


def all_of(submissions: Sequence[Submission]) -> set:
    return {submission.pk for submission in submissions}


def unseen(submission: Submission) -> list:
    """A room that shows nothing of a submission beyond its title."""
    return []


def language_of_sender(submission: Submission) -> str:
    return submission.submitted_by.language if submission.submitted_by else ""


@dataclass(frozen=True)
class Kind:
    """One kind of submission.

    `approve`, `decline` and `give_back` do what the outcome means, in the transaction of the
    decision, and may refuse it by raising ValidationError. `detail` gives the context for
    `template`, in which a coordinator sees what is to be decided. `mails` posts what its people
    are told, after the decision is written; `language` is theirs, empty where it is not known.

    `bulk` marks a kind of which many may be approved at once: those that `safe` names, in a fixed
    number of queries. `summary` says in short what each would change, before that is confirmed:
    sections for components/difference.html.
    """

    code: str
    label: Promise
    template: str
    detail: Callable[[Submission], dict]
    approve: Callable[..., None]
    decline: Callable[..., None] = nothing
    give_back: Callable[..., None] | None = nothing
    mails: Callable[..., None] = nothing
    bulk: bool = False
    safe: Callable[[Sequence[Submission]], set] = all_of
    summary: Callable[[Submission], list[Any]] = unseen
    language: Callable[[Submission], str] = language_of_sender

    @property
    def can_return(self) -> bool:
        return self.give_back is not None


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called once for each kind, when the site starts."""
    KINDS[kind.code] = kind
