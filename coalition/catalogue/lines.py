"""The lines that answer, as coordinators keep them. Pages follow within a minute."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from directory.models import CrisisLine
from directory.public import crisis_lines

UP, DOWN = "up", "down"


class ChangedSince(Exception):
    """Somebody has changed the line since the page was opened; `line` is how it is now."""

    def __init__(self, line: CrisisLine):
        self.line = line
        super().__init__(line.code)


def mark(line: CrisisLine) -> str:
    """What tells this state of a line from a later one."""
    return "|".join(str(getattr(line, field.name)) for field in line._meta.concrete_fields)


@transaction.atomic
def save(line: CrisisLine, *, by: User, seen: str = "") -> CrisisLine:
    """Keep a new line, as the last, or the changes to one. Raises ChangedSince, ValidationError.

    `seen` is the `mark` of the line when its page was opened.
    """
    before = CrisisLine.objects.select_for_update().filter(pk=line.pk).first()
    if before is None:
        last = CrisisLine.objects.aggregate(last=Max("position"))["last"]
        line.position = 0 if last is None else last + 1
    elif mark(before) != seen:
        raise ChangedSince(before)
    line.full_clean()
    if before and not told(before, line):
        return line
    line.save()
    crisis_lines.forget()
    record("line.change" if before else "line.add", by=by, about=line, note=told(before, line))
    return line


def told(before: CrisisLine | None, after: CrisisLine) -> str:
    """What is different, a line of text for each value."""
    lines = []
    for field in CrisisLine._meta.concrete_fields:
        old = getattr(before, field.name) if before else ""
        new = getattr(after, field.name)
        if field.name not in ("id", "position") and old != new and (old or new):
            lines.append(f"{field.verbose_name}: {old!s} → {new!s}")
    return "\n".join(lines)


@transaction.atomic
def confirm(line: CrisisLine, *, by: User) -> CrisisLine:
    """A person has called it today, and what it says is true: it may be shown."""
    line = CrisisLine.objects.select_for_update().get(pk=line.pk)
    if line.last_confirmed == timezone.localdate() and not line.unconfirmed:
        return line
    line.last_confirmed = timezone.localdate()
    line.unconfirmed = False
    line.save(update_fields=["last_confirmed", "unconfirmed"])
    crisis_lines.forget()
    record("line.confirm", by=by, about=line)
    return line


@transaction.atomic
def remove(line: CrisisLine, *, by: User) -> None:
    """Take a line off every page for good. Nothing happens where it is gone already."""
    line = CrisisLine.objects.select_for_update().filter(pk=line.pk).first()
    if line is None:
        return
    note = _("It was %s.") % line.call
    line.delete()
    crisis_lines.forget()
    record("line.remove", by=by, about=line, note=note)


@transaction.atomic
def move(line: CrisisLine, way: str, *, by: User, place: int | None = None) -> None:
    """Up or down by one place; at the end it stays, and where it is not any more at this `place`
    of the list."""
    ordered = list(CrisisLine.objects.select_for_update().order_by("position", "pk"))
    here = next((n for n, one in enumerate(ordered) if one.pk == line.pk), None)
    if here is None or place not in (None, here):
        return
    there = here - 1 if way == UP else here + 1
    if not 0 <= there < len(ordered):
        return
    ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, one in enumerate(ordered):
        one.position = position
    CrisisLine.objects.bulk_update(ordered, ["position"])
    crisis_lines.forget()
    record("line.move", by=by, about=line, note=way)
