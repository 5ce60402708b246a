"""The coalition's principles: each version a pair of texts in `principles/`."""

import datetime
from pathlib import Path

from .models import Principles

FOLDER = Path(__file__).parent / "principles"
SINCE = {1: datetime.date(2026, 11, 26)}


def load_principles() -> int:
    """Put the versions that are not there yet into the database; returns how many.

    What is there is never changed: somebody may have agreed to it.
    """
    known = set(Principles.objects.values_list("version", flat=True))
    new = [version for version in SINCE if version not in known]
    for version in new:
        Principles.objects.create(
            version=version,
            since=SINCE[version],
            text=(FOLDER / f"{version}.en.txt").read_text("utf-8").strip(),
            text_fr=(FOLDER / f"{version}.fr.txt").read_text("utf-8").strip(),
        )
    return len(new)
