from django.core.management.base import BaseCommand

from coalition.operations import tasks


class Command(BaseCommand):
    help = "Run background and periodic jobs: mail, nightly work, imports."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at a time; default: 2")

    def handle(self, *, concurrency, verbosity, **options):
        if verbosity:
            self.stdout.write("Waiting for jobs.")
        tasks.work(concurrency=concurrency)
