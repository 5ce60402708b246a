"""Read a CSV file of services into the catalogue: first as a trial, then with --apply."""

import sys
from contextlib import ExitStack
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from coalition.catalogue.imports import bring_in
from directory.interchange.importing.actions import ImportFailed
from directory.interchange.importing.profiles import BadProfile, load_profile, shipped_profiles
from directory.interchange.importing.report import as_text, csv_report
from directory.interchange.importing.rows import UnreadableFile


class Command(BaseCommand):
    help = "Read a CSV file of services. Says what would happen; --apply makes it happen."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument(
            "--profile",
            default="ontario",
            metavar="NAME",
            help=f"one of {', '.join(shipped_profiles())}, or the path of a .toml file "
            "(default: ontario)",
        )
        parser.add_argument("--apply", action="store_true", help="write to the catalogue")
        parser.add_argument(
            "--report", type=Path, metavar="FILE.csv", help="every row and what becomes of it"
        )
        parser.add_argument(
            "--turn-on",
            action="append",
            default=[],
            metavar="KIND",
            help="also publish a kind that the profile leaves to a coordinator (repeatable)",
        )
        parser.add_argument(
            "--accept",
            action="append",
            default=[],
            metavar="SOURCE_ID",
            help="this identifier may stand for another place than before (repeatable)",
        )

    def handle(self, *, file, profile, apply, report, turn_on, accept, **options):
        with ExitStack() as stack:
            try:
                rows = [stack.enter_context(csv_report(report))] if report else []
            except OSError as error:
                raise CommandError(
                    _("Cannot write %(path)s: %(reason)s.")
                    % {"path": report, "reason": error.strerror}
                ) from None
            try:
                summary = bring_in(
                    file,
                    load_profile(profile),
                    apply=apply,
                    turn_on=turn_on,
                    accept=accept,
                    sinks=rows,
                    progress=self.progress,
                )
            except (BadProfile, UnreadableFile, ImportFailed) as error:
                raise CommandError(str(error)) from None
        self.stdout.write(as_text(summary))

    def progress(self, done: int, rows: int) -> None:
        """A line that counts up, where someone is watching."""
        if sys.stderr.isatty():
            end = "\n" if done == rows else ""
            text = _("%(done)d of %(rows)d rows") % {"done": done, "rows": rows}
            self.stderr.write(f"\r{text}", ending=end)
