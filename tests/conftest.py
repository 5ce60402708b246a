import os

import pytest
from django.core.cache import cache
from django.core.management import call_command

import tests.database  # noqa: F401  (starts the test database: before anything connects)


def pytest_configure(config):
    """Pages name their static files by content: collect them once, for the whole run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def _empty_cache():
    """What one test's pages remember is not the next one's."""
    cache.clear()
