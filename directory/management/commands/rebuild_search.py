"""Makes the search table anew from the catalogue."""

import sys

from django.core.management.base import BaseCommand

from directory.interchange.actions import rebuild_search


class Command(BaseCommand):
    help = (
        "Make the search table anew from the catalogue, after its terms, synonyms or code changed. "
        "The old one answers until the new one is whole."
    )

    def handle(self, *args, **options):
        on_terminal = sys.stderr.isatty()

        def progress(done: int) -> None:
            if on_terminal:
                self.stderr.write(f"\r{done} services", ending="")

        count = rebuild_search(progress)
        if on_terminal:
            self.stderr.write("")
        self.stdout.write(f"{count} services can be found.")
