from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from coalition.operations import backups


class Command(BaseCommand):
    help = "Fill the database from a backup; all of it or nothing."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="drop what the database holds now"
        )

    def handle(self, *, file, replace, **options):
        try:
            backups.restore(file, replace=replace)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored from {file}.")
