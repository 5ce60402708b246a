"""What an import did or would do: counted and told on a terminal, row by row in a CSV file."""

import csv
import errno
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.models import ImportRun

from .cleaning import shown
from .plan import Outcome, Result
from .profiles import Profile
from .rows import Table

EXAMPLES = 20
NEAR, WARNED, MENDED = "near", "warned", "mended"
COLUMNS = (
    "row",
    "outcome",
    "kind",
    "source_id",
    "name",
    "column",
    "value",
    "reason",
    "changes",
    "near_duplicate_of",
    "mended",
    "warnings",
)
# A spreadsheet reads a cell that begins so as a formula, and may run it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass
class Gone:
    """A listing imported before that the source no longer has. It stays as it is."""

    source_id: str
    name: str


@dataclass
class Summary:
    """An import in numbers, with the first of everything that people should look at."""

    profile: Profile
    table: Table
    applied: bool
    rows: int = 0
    outcomes: Counter = field(default_factory=Counter)
    kinds: dict[str, Counter] = field(default_factory=dict)
    found: Counter = field(default_factory=Counter)
    gone: int = 0
    held: int = 0
    examples: dict[str, list[Result]] = field(default_factory=dict)
    gone_examples: list[Gone] = field(default_factory=list)
    run: ImportRun | None = None

    def add(self, result: Result) -> None:
        self.rows += 1
        self.outcomes[result.outcome] += 1
        self.held += result.held and result.outcome == Outcome.ADDED
        self.kinds.setdefault(result.kind, Counter())[result.outcome] += 1
        if result.outcome in (Outcome.REFUSED, Outcome.DUPLICATE, Outcome.CHANGED):
            self.keep_example(result.outcome, result)
        if result.outcome in (Outcome.LEFT_OUT, Outcome.DUPLICATE):
            return
        if result.near:
            self.keep_example(NEAR, result)
        if result.warnings:
            self.keep_example(WARNED, result)
        if result.mended:
            self.keep_example(MENDED, result)

    def keep_example(self, group: str, result: Result) -> None:
        self.found[group] += 1
        examples = self.examples.setdefault(group, [])
        if len(examples) < EXAMPLES:
            examples.append(result)

    def add_gone(self, gone: Gone) -> None:
        self.gone += 1
        if len(self.gone_examples) < EXAMPLES:
            self.gone_examples.append(gone)

    @property
    def changes_nothing(self) -> bool:
        return not self.outcomes[Outcome.ADDED] and not self.outcomes[Outcome.CHANGED]


class Sink(Protocol):
    """Somewhere every row's result goes, as it is decided."""

    def add(self, result: Result) -> None: ...

    def add_gone(self, gone: Gone) -> None: ...


class CsvReport:
    """One line for every row of the source, then one for every listing that is gone from it."""

    def __init__(self, file):
        self.writer = csv.writer(file)
        self.writer.writerow(COLUMNS)

    def add(self, result: Result) -> None:
        self.writer.writerow(
            [
                result.row,
                str(result.outcome),
                *map(
                    harmless,
                    (
                        result.kind,
                        result.source_id,
                        result.name,
                        result.column,
                        result.value,
                        result.reason,
                        "; ".join(result.changes),
                        " ".join(map(str, result.near)),
                        "; ".join(result.mended),
                        "; ".join(result.warnings),
                    ),
                ),
            ]
        )

    def add_gone(self, gone: Gone) -> None:
        reason = _("No longer in the source; left as it is.")
        cells = ("", "gone", "", gone.source_id, gone.name, "", "", reason, "", "", "", "")
        self.writer.writerow(map(harmless, cells))


@contextmanager
def csv_report(path: Path) -> Iterator[CsvReport]:
    """A report at this path, in UTF-8 with a mark so that spreadsheets read accents right.

    It takes its place when it is whole: an import that fails leaves none that says otherwise.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
            yield CsvReport(file)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def harmless(cell: str) -> str:
    """Text that no spreadsheet takes for a formula; plain numbers stay numbers."""
    text = shown(str(cell), 2000)
    if text.startswith(FORMULA_STARTS):
        try:
            float(text)
        except ValueError:
            return f"'{text}"
    return text


def as_text(summary: Summary) -> str:
    """The whole summary for a terminal, in the active language."""
    lines = [heading(summary), "", *table(summary)]
    for group, title in (
        (Outcome.REFUSED, _("Refused")),
        (Outcome.DUPLICATE, _("Duplicates")),
        (Outcome.CHANGED, _("Changed")),
        (NEAR, _("Near duplicates")),
        (WARNED, _("Worth a look")),
        (MENDED, _("Mended")),
    ):
        lines += examples(summary, group, title)
    if summary.gone:
        lines += ["", _("Gone from the source, left as they are (%d):") % summary.gone]
        lines += [f"  {gone.source_id}  {shown(gone.name)}" for gone in summary.gone_examples]
        lines += more(summary.gone, len(summary.gone_examples))
    return "\n".join([*lines, "", closing(summary)])


def heading(summary: Summary) -> str:
    return _("%(file)s (%(encoding)s), profile %(profile)s: %(rows)s") % {
        "file": summary.table.path.name,
        "encoding": summary.table.encoding.removesuffix("-sig").upper(),
        "profile": summary.profile.name,
        "rows": ngettext("%d row", "%d rows", summary.rows) % summary.rows,
    }


def table(summary: Summary) -> list[str]:
    """Kinds down, outcomes across, totals below; columns as wide as they need to be."""
    header = ["", *(outcome.label for outcome in Outcome), _("Rows")]
    kinds = sorted(
        summary.kinds,
        key=lambda kind: (
            summary.kinds[kind][Outcome.LEFT_OUT] == summary.kinds[kind].total(),
            -summary.kinds[kind].total(),
            kind,
        ),
    )
    body = [
        [shown(kind, 60) or _("(unknown kind)"), *numbers(summary.kinds[kind])] for kind in kinds
    ]
    body.append([_("All"), *numbers(summary.outcomes)])
    widths = [max(len(row[n]) for row in [header, *body]) for n in range(len(header))]

    def line(cells: list[str]) -> str:
        first, *rest = (
            cell.rjust(width) if n else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join([first, *rest]).rstrip()

    rule = "─" * (sum(widths) + 2 * len(widths) - 2)
    return [line(header), rule, *map(line, body[:-1]), rule, line(body[-1])]


def numbers(counts: Counter) -> list[str]:
    return [
        *(f"{counts[outcome]:,}" if counts[outcome] else "·" for outcome in Outcome),
        f"{counts.total():,}",
    ]


def examples(summary: Summary, group: str, title: str) -> list[str]:
    found = summary.examples.get(group, [])
    if not found:
        return []
    lines = ["", f"{title} ({summary.found[group]}):"]
    for result in found:
        parts = [_("row %d") % result.row, shown(result.name, 60)]
        if result.column:
            value = f" “{shown(result.value)}”" if result.value else ""
            parts.append(f"{result.column}{value}")
        parts.append(result.reason)
        if group == Outcome.CHANGED:
            parts.append(", ".join(result.changes))
        if group == NEAR:
            rows = ", ".join(_("row %d") % row for row in result.near)
            parts.append(_("same name and place as %s") % rows)
        if group == WARNED:
            parts += result.warnings
        if group == MENDED:
            parts += result.mended
        lines.append("  " + " · ".join(shown(part, 300) for part in parts if part))
    return lines + more(summary.found[group], len(found))


def more(total: int, told: int) -> list[str]:
    if total <= told:
        return []
    return ["  " + _("… and %d more in the report (--report FILE.csv).") % (total - told)]


def closing(summary: Summary) -> str:
    if waiting := summary.run.held if summary.run else 0:
        asked = ngettext(
            "%d change waits: a person had set what the source says otherwise.",
            "%d changes wait: a person had set what the source says otherwise.",
            waiting,
        )
        return f"{done(summary)}\n{asked % waiting}"
    return done(summary)


def done(summary: Summary) -> str:
    if summary.changes_nothing:
        return _("Nothing to change: the catalogue already says what this file says.")
    numbers = {
        "added": summary.outcomes[Outcome.ADDED],
        "changed": summary.outcomes[Outcome.CHANGED],
        "published": summary.outcomes[Outcome.ADDED] - summary.held,
    }
    if summary.applied:
        return (
            _("Done: %(added)d added (%(published)d of them published), %(changed)d changed.")
            % numbers
        )
    trial = _("This was a trial: nothing is written. --apply adds %(added)d, changes %(changed)d.")
    return trial % numbers
