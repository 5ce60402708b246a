"""The lines that always answer, as coordinators keep them.

They are in the database (`CrisisLine`), and remembered for a minute. Where the database does not
answer, or has none, the last ones known stand in, or those the project comes with
(`directory/taxonomy/data/crisis_lines.json`). A line that is not published is never shown.
"""

import datetime
from dataclasses import dataclass

from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError

from directory.models import CrisisLine
from directory.models.enums import Province
from directory.taxonomy.load import LINES, NATIONAL, shipped_lines

DATA = LINES
KEY = "directory.crisis_lines"
SECONDS = 60
COLUMNS = (
    *("code", "name", "name_fr", "what", "what_fr", "call", "tel", "text", "text_body"),
    *("text_body_fr", "hours", "hours_fr", "languages", "province", "audience", "last_confirmed"),
)


@dataclass(frozen=True)
class Line:
    """One line as a page shows it, in one language.

    `tel` and `text` are digits for `tel:` and `sms:` links, `call` the number as it is read;
    `text_body` is the word to send, where one is needed. `scope` is "national" or a province's
    two letters, `place` its name. `last_confirmed` is None until a person has confirmed it.
    """

    code: str
    name: str
    what: str
    call: str
    tel: str
    text: str
    text_body: str
    hours: str
    languages: tuple[str, ...]
    scope: str
    audience: str
    last_confirmed: datetime.date | None

    @property
    def place(self) -> str:
        return "" if self.scope == NATIONAL else str(Province(self.scope).label)


def crisis_lines(language: str, province: str | None = None) -> tuple[Line, ...]:
    """The published lines in `language` ("en" or "fr"), those that answer everywhere first.

    With `province` (two letters): the national lines and that province's, no other's.
    """
    french = language.startswith("fr")
    return tuple(
        read_line(row, french)
        for row in every_line()
        if province is None or row["province"] in ("", province)
    )


_last: list[dict] = []


def every_line() -> list[dict]:
    """The published lines, as they were at most a minute ago."""
    global _last
    memory = caches["memory"]
    lines = memory.get(KEY)
    if lines is None:
        try:
            lines = kept_lines()
        except (DatabaseError, InterfaceError, ImproperlyConfigured):
            lines = _last
        else:
            _last = lines
        lines = lines or [row for row in shipped_lines() if row["published"]]
        memory.set(KEY, lines, SECONDS)
    return lines


def kept_lines() -> list[dict]:
    """What coordinators keep, those that answer everywhere first."""
    rows = list(CrisisLine.objects.shown().values(*COLUMNS))
    return sorted(rows, key=lambda row: row["province"] != "")


def forget() -> None:
    """Ask the database again the next time someone wants to know."""
    caches["memory"].delete(KEY)


def read_line(row: dict, french: bool) -> Line:
    """In one language; what has no words in it is said in the other."""

    def said(name: str) -> str:
        own, other = row[f"{name}_fr"], row[name]
        return (own or other) if french else (other or own)

    return Line(
        code=row["code"],
        name=said("name"),
        what=said("what"),
        call=row["call"],
        tel=row["tel"],
        text=row["text"],
        text_body=said("text_body") if french else row["text_body"],
        hours=said("hours"),
        languages=tuple(row["languages"]),
        scope=row["province"] or NATIONAL,
        audience=row["audience"],
        last_confirmed=row["last_confirmed"],
    )
