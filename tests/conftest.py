import datetime
import os

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import translation

import tests.database  # noqa: F401  (starts the test database: before anything connects)
from directory.search import facets, vocabulary
from tests import copies
from tests.trials import Database

# How long one example takes is the machine's affair; a test that hangs meets pytest's timeout.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


NOON = datetime.datetime(2026, 11, 27, 17, tzinfo=datetime.UTC)


def pytest_configure(config):
    """Pages name their static files by content: collect them once, for the whole run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        call_command("collectstatic", interactive=False, verbosity=0)


def pytest_unconfigure(config):
    if "PYTEST_XDIST_WORKER" not in os.environ:
        copies.drop()


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords():
    """A password costs half a second to hash where it is for real."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings, django_db_keepdb, django_db_createdb, monkeypatch_session
):
    """The tests' database is a copy, and is copied again after each test that commits."""
    if django_db_keepdb and not django_db_createdb:
        return
    template = copies.migrated()
    connection.settings_dict["TEST"]["TEMPLATE"] = template

    def copy_again(_test):
        connection.close()
        copies.replace(connection.settings_dict["NAME"], template)

    monkeypatch_session.setattr(TransactionTestCase, "_fixture_teardown", copy_again)


@pytest.fixture(scope="session")
def monkeypatch_session():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="session")
def _words(django_db_setup, django_db_blocker):
    """The taxonomies as each test finds them: reading them takes a tenth of a second."""
    with django_db_blocker.unblock():
        return vocabulary.load()


@pytest.fixture(autouse=True)
def _begin_anew(request):
    """What one test's pages remember, or the language they left on, is not the next one's."""
    translation.deactivate()
    memory = caches["memory"]
    memory.clear()
    # In a copied database the same number stands for another combination.
    facets.table.__init__()
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        held = vocabulary._held = ("as migrated", request.getfixturevalue("_words"))
        memory.set(vocabulary.KEY, held[0], None)


@pytest.fixture(scope="session")
def _sample_database():
    made = Database(like=copies.sample())
    yield made
    made.drop()


@pytest.fixture
def sample(_sample_database, django_db_setup, django_db_blocker):
    """The sample catalogue of today and its people, in place of the tests' empty database."""
    empty = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = _sample_database.name
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = empty


@pytest.fixture
def noon(time_machine):
    """It is noon in Toronto on a Friday: what is counted from today comes out the same on whatever
    day and hour the tests are run."""
    time_machine.move_to(NOON)
