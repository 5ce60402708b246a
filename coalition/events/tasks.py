"""What is done about events by itself."""

from procrastinate.contrib.django import app

from . import actions, occurrences, registering


@app.periodic(cron="23 3 * * *")
@app.task(name="move_events_on", queueing_lock="move_events_on")
def move_events_on(timestamp: int) -> None:
    """Repeated events get the times that came into sight; calendars say what is true now."""
    occurrences.move_horizon()
    actions.remake_lines()


@app.periodic(cron="*/20 * * * *")
@app.task(name="remind_of_events", queueing_lock="remind_of_events")
def remind_of_events(timestamp: int) -> None:
    """The day before, those who asked for it are written to."""
    registering.remind()


@app.periodic(cron="41 3 * * *")
@app.task(name="forget_registrations", queueing_lock="forget_registrations")
def forget_registrations(timestamp: int) -> None:
    """A week after, nobody knows who came."""
    registering.forget()
