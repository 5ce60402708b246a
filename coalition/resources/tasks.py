"""What resources need without anyone asking."""

from procrastinate.contrib.django import app

from directory.interchange.read import batches

from . import index
from .documents import read_resources
from .models import Resource

BATCH = 500


@app.periodic(cron="5 3 * * *")
@app.task(name="refresh_resources", queueing_lock="refresh_resources")
def refresh_resources(timestamp: int) -> None:
    """Every night, before words are counted: what each is found by follows the names of topics and
    of organizations, which change without it."""
    ids = Resource.objects.order_by("pk").values_list("pk", flat=True)
    for chunk in batches(ids.iterator(), BATCH):
        index.refresh(read_resources(chunk))
