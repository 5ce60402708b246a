"""Fill the catalogue with made-up services, to try the site at any size."""

import sys
import time

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from directory.interchange.made import make_services
from directory.places.gazetteer import find


class Command(BaseCommand):
    help = "Add made-up services to the catalogue, for trials; every page then says so."

    def add_arguments(self, parser):
        parser.add_argument("count", type=int, help="how many there are to be")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed makes the same services (default: 1)"
        )
        parser.add_argument(
            "--near", metavar="PLACE", help="a town or postal code, to keep to within 60 km of it"
        )

    def handle(self, *, count, seed, near, **options):
        if count < 0:
            raise CommandError(_("Give a number from 0 up."))
        self.began = time.monotonic()
        try:
            added = make_services(count, seed=seed, near=self.place(near), progress=self.progress)
        except ValueError as error:
            raise CommandError(str(error)) from None
        seconds = max(time.monotonic() - self.began, 0.001)
        self.stdout.write(
            _("%(added)d services added in %(seconds).1f s (%(rate)d a second).")
            % {"added": added, "seconds": seconds, "rate": added / seconds}
        )

    def place(self, text: str | None):
        if text is None:
            return None
        if (place := find(text).place) is None:
            raise CommandError(_("“%s” is not one place that we know.") % text)
        return place

    def progress(self, done: int, count: int) -> None:
        """A line that counts up, where someone is watching."""
        if sys.stderr.isatty():
            text = _("%(done)d of %(count)d services") % {"done": done, "count": count}
            self.stderr.write(f"\r{text}", ending="\n" if done == count else "")
