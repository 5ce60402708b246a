import os

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from coalition.operations import web


class Command(BaseCommand):
    help = "Serve the site's pages (Gunicorn)."

    def add_arguments(self, parser):
        parser.add_argument(
            "--bind",
            action="append",
            help="host:port, unix:/path or fd://number; may be repeated; default: 127.0.0.1:8000",
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=os.environ.get("WEB_CONCURRENCY") or web.default_workers(),
            help="processes that answer requests; default: WEB_CONCURRENCY, or two a core and one",
        )

    def handle(self, *, bind, workers, verbosity, **options):
        if workers < 1:
            raise CommandError("--workers is at least 1.")
        if not web.has_static_files():
            raise CommandError("The static files are not there: run manage.py collectstatic.")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stderr.write("The database is behind this release: run manage.py migrate.")
        connection.close()
        web.serve(bind=bind or ["127.0.0.1:8000"], workers=workers, quiet=verbosity == 0)
