"""Words that hurt, pointed out with better ones. Nothing is ever refused for them. Pure."""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DATA = Path(__file__).parent / "data" / "stigma_free_language.csv"
# Names people gave themselves stay as they are.
PROPER_NAMES = (
    "Alcoholics Anonymous",
    "Narcotics Anonymous",
    "Cocaine Anonymous",
    "Marijuana Anonymous",
    "Crystal Meth Anonymous",
    "Sex Addicts Anonymous",
    "Adult Children of Alcoholics",
    "Alcooliques Anonymes",
    "Narcotiques Anonymes",
    "Cocaïnomanes Anonymes",
    "Toxicomanes Anonymes",
    "Canadian Centre on Substance Abuse",
    "Substance Abuse and Mental Health Services Administration",
    "Substance Abuse Program",
)
WHY = {
    "person": _("It names a person by a condition. The person comes first."),
    "blame": _("It sounds like blame."),
    "clean": _("“Clean” makes other people dirty."),
    "suicide": _("It sounds like a crime or an achievement."),
    "words": _("There is a more exact word today."),
}


class Term(NamedTuple):
    """A row of our data: `better` are words to choose from."""

    avoid: str
    better: list[str]
    severity: str
    why: str
    source: str


class Hint(NamedTuple):
    """A term as somebody wrote it, with what to write instead and why."""

    found: str
    better: list[str]
    why: Promise
    source: str


@cache
def terms(language: str) -> dict[str, Term]:
    """What is looked for in this language, by the words as they are looked for."""
    found = {}
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["language"] != language:
                continue
            better = [word.strip() for word in row["prefer"].split(";")]
            term = Term(row["avoid"], better, row["severity"], row["why"], row["source"])
            found |= {folded(words): term for words in row["find"].split("|") if words}
    return found


@cache
def pattern(language: str) -> re.Pattern:
    """Whole words, the longest first, a plural s allowed."""
    words = sorted(terms(language), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, words))})s?(?![\w-])")


def find(text: str, language: str, *, exempt: Iterable[str] = ()) -> list[Hint]:
    """Terms of our list in this text, each once, in reading order.

    Proper names, and those in `exempt` (an organization's own), are left alone.
    """
    searched = folded(text)
    for name in sorted({*PROPER_NAMES, *exempt}, key=len, reverse=True):
        if name:
            searched = searched.replace(folded(name), "\0" * len(name))
    hints: dict[str, Hint] = {}
    for match in pattern(language).finditer(searched):
        term = terms(language)[match[1]]
        hints.setdefault(
            term.avoid,
            Hint(text[match.start() : match.end()], term.better, WHY[term.why], term.source),
        )
    return list(hints.values())


def folded(text: str) -> str:
    """In one case and with one apostrophe; as long as the text."""
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lowered.replace("’", "'").replace("\N{NO-BREAK SPACE}", " ")
