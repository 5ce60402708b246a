"""The job queue looks after itself: what was begun is finished, and nothing is kept for ever."""

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from coalition.operations import tasks

pytestmark = pytest.mark.django_db(transaction=True)
DONE = []


@app.task(name="tests.note")
def note(text):
    DONE.append(text)


@app.task(name="tests.fail")
def fail():
    raise ValueError("on purpose")


@pytest.fixture(autouse=True)
def _no_connection_outlives_its_job(monkeypatch):
    """A job runs in a thread of its own: what it would keep open for the next, nobody closes."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)


@pytest.fixture(autouse=True)
def _empty_queue():
    def empty():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")

    DONE.clear()
    empty()
    yield
    empty()


def begin_and_die(**lock):
    """A job that a worker had begun when it was killed."""
    job = note.configure(**lock).defer(text="mail")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])
    return job


def test_what_succeeded_is_deleted():
    note.defer(text="mail")

    tasks.work(concurrency=1, wait=False)

    assert DONE == ["mail"]
    # Beside it there may be a periodic job: a minute may have turned meanwhile.
    assert not ProcrastinateJob.objects.filter(task_name=note.name).exists()


def test_a_job_of_a_killed_worker_is_done_after_all():
    begin_and_die()
    tasks.retry_stalled_jobs.defer(timestamp=0)

    tasks.work(concurrency=1, wait=False)

    assert DONE == ["mail"]


def test_a_stalled_job_whose_work_is_waiting_already_is_dropped():
    begin_and_die(queueing_lock="once")
    note.configure(queueing_lock="once", priority=-1).defer(text="mail")
    tasks.retry_stalled_jobs.defer(timestamp=0)

    tasks.work(concurrency=1, wait=False)

    assert DONE == ["mail"]
    # Beside it there may be a periodic job: a minute may have turned meanwhile.
    assert not ProcrastinateJob.objects.filter(task_name=note.name).exists()


def test_failed_jobs_are_kept_for_a_month():
    old, new = fail.defer(), fail.defer()
    tasks.work(concurrency=1, wait=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_events SET at = at - interval '31 days' WHERE job_id = %s", [old]
        )
    tasks.remove_old_jobs.defer(timestamp=0)

    tasks.work(concurrency=1, wait=False)

    kept = ProcrastinateJob.objects.filter(task_name=fail.name)
    assert list(kept.values_list("id", flat=True)) == [new]
