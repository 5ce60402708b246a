"""Make the dictionary's files anew from the packages that list words."""

import argparse
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from directory.search.extraction import DATA, extract, write


class Command(BaseCommand):
    help = (
        "Make directory/search/data/words_*.txt anew from two Debian packages that need not be "
        "installed. Unpack them where they trouble nobody, and name the folder:\n"
        "  cd /tmp && apt-get download scowl hunspell-fr-comprehensive\n"
        "  for package in scowl_*.deb hunspell-fr-*.deb; do dpkg-deb -x $package words; done\n"
        "  python manage.py extract_words /tmp/words\n"
        "Without --apply it only says what it would write."
    )
    requires_system_checks = []

    def create_parser(self, *args, **options):
        parser = super().create_parser(*args, **options)
        # The steps in the help keep their lines.
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path, help="the folder they were unpacked into")
        parser.add_argument("--apply", action="store_true", help="write the files")

    def handle(self, *, source: Path, apply: bool, **options):
        if self.stderr.isatty():
            self.stderr.write("Spelling out every form of 80,000 French words; half a minute.")
        try:
            found = extract(source)
        except FileNotFoundError as error:
            raise CommandError(f"{error} is missing.\n\n{self.help}") from error
        self.stdout.write(f"{len(found['en']):,} English words, {len(found['fr']):,} French.")
        if apply:
            write(found)
            self.stdout.write(f"Written to {DATA}.")
        else:
            self.stdout.write("Nothing written. Add --apply to write them.")
