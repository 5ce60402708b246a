from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from coalition.operations import backups


class Command(BaseCommand):
    help = "Write the whole database to a new file."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        try:
            size = backups.backup(file)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {size:,} bytes. It holds personal data: keep it safe.")
