from django.core.management.base import BaseCommand, CommandError

from coalition.operations import demo
from coalition.postgres.home import PostgresError


class Command(BaseCommand):
    help = "Run the whole site on this machine with sample data, in the foreground."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="default: 8000")

    def handle(self, *, port, **options):
        if not 1 <= port <= 65535:
            raise CommandError("A port is a number from 1 to 65535.")
        try:
            demo.run(port=port, say=self._say)
        except (demo.DemoError, PostgresError) as error:
            raise CommandError(str(error)) from error

    def _say(self, line):
        self.stdout.write(line)
        self.stdout.flush()
