"""The care of the job queue itself, and the worker that runs it."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Status

KEEP_FAILED_HOURS = 30 * 24
# A worker under systemd is killed after 90 seconds of not stopping.
FINISH_SECONDS = 60


def work(*, concurrency: int, wait: bool = True) -> None:
    """Run jobs, `concurrency` at a time, until told to stop, or with `wait=False` until none is.

    What succeeded is deleted: its arguments may name a person. What was under way when a worker
    is stopped gets a minute to finish, and is taken up again otherwise.
    """
    with app.replace_connector(app.connector.get_worker_connector()):
        app.run_worker(
            concurrency=concurrency,
            wait=wait,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            shutdown_graceful_timeout=FINISH_SECONDS,
        )


@app.periodic(cron="* * * * *")
@app.task(name="retry_stalled_jobs", queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Take up again what a worker was doing when it was killed: delivery is at least once.

    Where the same work is waiting already, that does; the stalled job is dropped.
    """
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        try:
            await jobs.retry_job(job)
        except UniqueViolation:
            await jobs.finish_job(job, status=Status.ABORTED, delete_job=True)


@app.periodic(cron="17 4 * * *")
@app.task(name="remove_old_jobs", queueing_lock="remove_old_jobs", pass_context=True)
async def remove_old_jobs(context: JobContext, timestamp: int) -> None:
    """Forget jobs that failed a month ago; those that succeeded are gone already."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_HOURS,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )
