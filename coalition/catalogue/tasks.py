"""What looks after the catalogue by the clock."""

from procrastinate.contrib.django import app

from . import duplicates, health, words


@app.periodic(cron="*/10 * * * *")
@app.task(name="count_lacks", queueing_lock="count_lacks")
def count_lacks(timestamp: int) -> None:
    """What is lacking is looked for anew."""
    health.refresh()


@app.periodic(cron="35 3 * * *")
@app.task(name="look_for_duplicates", queueing_lock="look_for_duplicates")
def look_for_duplicates(timestamp: int) -> None:
    duplicates.look()


@app.task(name="refresh_term", retry=3)
def refresh_term(term_id: str) -> None:
    """A term has other words: what search shows of its listings follows."""
    words.refresh_listings(term_id)
