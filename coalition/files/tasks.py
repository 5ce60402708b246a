"""What is forgotten by the clock."""

from procrastinate.contrib.django import app

from .actions import forget_unheld


@app.periodic(cron="53 3 * * *")
@app.task(name="forget_files", queueing_lock="forget_files")
def forget_files(timestamp: int) -> None:
    """Every night: forget the files that nothing has named for a week."""
    forget_unheld()
