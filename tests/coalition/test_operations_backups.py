"""A backup is whole, and a restore gives back exactly it or changes nothing."""

import pytest
from django.db import connection

from coalition.operations import backups
from tests import copies
from tests.trials import Database


@pytest.fixture
def empty():
    made = Database()
    yield made
    made.drop()


@pytest.fixture
def lived_in():
    """A database with rows that have to come back as they are."""
    made = Database(like=copies.migrated())
    for text in ("É\tè\n\\.\\N", "'; --", "🧡", "SET transaction_timeout = 0;\n"):
        made.run("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('', %s)", text)
    yield made
    made.drop()


def test_a_restored_backup_is_the_database_it_was_made_of(lived_in, empty, tmp_path):
    file = tmp_path / "site.dump"
    before = lived_in.everything()

    made = lived_in.manage("backup", file)
    restored = empty.manage("restore", file)

    assert made.returncode == 0, made.stderr
    assert restored.returncode == 0, restored.stderr
    assert empty.everything() == before
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_backup_never_overwrites_a_file(lived_in, tmp_path):
    file = tmp_path / "site.dump"
    file.write_text("last week's")

    made = lived_in.manage("backup", file)

    assert made.returncode == 1
    assert "exists already" in made.stderr
    assert file.read_text() == "last week's"


def test_replacing_takes_everything_that_came_after_the_backup_away(lived_in, tmp_path):
    file = tmp_path / "site.dump"
    before = lived_in.everything()
    lived_in.manage("backup", file)
    lived_in.run("UPDATE procrastinate_jobs SET task_name = 'spoilt'")
    lived_in.run("CREATE TABLE of_a_later_release (id int)")

    refused = lived_in.manage("restore", file)
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert "spoilt" in str(lived_in.rows("procrastinate_jobs"))

    restored = lived_in.manage("restore", file, "--replace")
    assert restored.returncode == 0, restored.stderr
    assert lived_in.everything() == before
    again = lived_in.manage("backup", tmp_path / "again.dump")
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize("kept", [0.1, 0.999])
def test_a_damaged_backup_changes_nothing(lived_in, tmp_path, kept):
    whole, damaged = tmp_path / "whole.dump", tmp_path / "damaged.dump"
    lived_in.manage("backup", whole)
    content = whole.read_bytes()
    damaged.write_bytes(content[: int(len(content) * kept)])
    before = lived_in.everything()

    restored = lived_in.manage("restore", damaged, "--replace")

    assert restored.returncode == 1
    assert "CommandError" in restored.stderr
    assert lived_in.everything() == before


def test_a_backup_of_a_newer_release_is_refused(lived_in, empty, tmp_path):
    file = tmp_path / "site.dump"
    lived_in.run(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('directory', '9999_new', now())"
    )
    lived_in.manage("backup", file)

    restored = empty.manage("restore", file)

    assert restored.returncode == 1
    assert "newer release" in restored.stderr
    assert "directory.9999_new" in restored.stderr
    assert empty.everything() == {}


def test_a_dump_of_something_else_is_refused(empty, tmp_path):
    file = tmp_path / "else.dump"
    empty.run("CREATE TABLE recipes (id int)")
    empty.manage("backup", file)

    restored = empty.manage("restore", file, "--replace")

    assert restored.returncode == 1
    assert "no backup of this site" in restored.stderr


def test_the_password_is_on_no_command_line(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "quiet-water")

    assert "quiet-water" not in backups._conninfo()
    assert backups._environment()["PGPASSWORD"] == "quiet-water"
