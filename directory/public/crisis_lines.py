"""The lines that always answer, read from the project's own data.

The data is `directory/taxonomy/data/crisis_lines.json`, where each line keeps the pages its number
was seen on and the day a person last confirmed it. A line that is not published is never shown.
"""

import datetime
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from directory.models.enums import Province

DATA = Path(__file__).resolve().parent.parent / "taxonomy" / "data" / "crisis_lines.json"
NATIONAL = "national"


@dataclass(frozen=True)
class CrisisLine:
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


def crisis_lines(language: str, province: str | None = None) -> tuple[CrisisLine, ...]:
    """The published lines in `language` ("en" or "fr"), those that answer everywhere first.

    With `province` (two letters): the national lines and that province's, no other's.
    """
    return tuple(
        line
        for line in every_line("fr" if language.startswith("fr") else "en")
        if province is None or line.scope in (NATIONAL, province)
    )


@cache
def every_line(language: str) -> tuple[CrisisLine, ...]:
    rows = [row for row in json.loads(DATA.read_text("utf-8")) if row["published"]]
    rows.sort(key=lambda row: (row["scope"] != NATIONAL, row["order"]))
    return tuple(read_line(row, "_fr" if language == "fr" else "") for row in rows)


def read_line(row: dict, suffix: str) -> CrisisLine:
    confirmed = row["last_confirmed"]
    return CrisisLine(
        code=row["code"],
        name=row["name" + suffix],
        what=row["what" + suffix],
        call=row["call"],
        tel=row["tel"],
        text=row["text"],
        text_body=row["text_body" + suffix],
        hours=row["hours" + suffix],
        languages=tuple(row["languages"]),
        scope=row["scope"],
        audience=row["audience"],
        last_confirmed=datetime.date.fromisoformat(confirmed) if confirmed else None,
    )
