"""What keeps listings true by the clock."""

from django.utils import timezone
from procrastinate.contrib.django import app

from directory.search import wordlist

from . import checks, corrections, looking


@app.periodic(cron="23 6 * * *")
@app.task(name="keep_listings_true", queueing_lock="keep_listings_true")
def keep_listings_true(timestamp: int) -> None:
    """Every morning: ask, remind, pass on, hide; forget who reported what is settled."""
    checks.keep_true(timezone.localdate())
    corrections.forget_reporters()


@app.task(name="recount_words")
def recount_words() -> None:
    """Forget words that no listing uses any more."""
    wordlist.recount()


@app.periodic(cron="47 2 * * 0")
@app.task(name="look_at_listings", queueing_lock="look_at_listings")
def look_at_listings(timestamp: int) -> None:
    """Every week: links that do not open, phone numbers that cannot be."""
    looking.look()
