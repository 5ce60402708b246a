"""Work the search table needs without anyone asking."""

from procrastinate.contrib.django import app

from . import index, missed, wordlist


@app.periodic(cron="15 3 * * *")
@app.task(queueing_lock="directory.refresh_hours")
def refresh_hours(timestamp: int) -> None:
    """Every night: hours known one day further ahead, words counted anew, what is old forgotten."""
    index.refresh_hours()
    wordlist.recount()
    missed.forget_old()
