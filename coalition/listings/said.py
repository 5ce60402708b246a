"""What the record notes, in words."""

from django.utils.translation import gettext_lazy as _

from coalition.accounts.models import RecordEntry, User
from coalition.members.enums import Role

# What notes are in the record as it was written, without a person's own words.
NOTES = {
    **dict(Role.choices),
    "checked": _("Checked"),
    "address": _("For its address"),
    "cancel": _("Cancelled"),
    "following": _("From one day on"),
    "one-time": _("One time changed"),
    "take-up": _("It takes place after all"),
}


def people_in(entries: list[RecordEntry]) -> dict[str, str]:
    """Names of those whom the notes name by their number, in one query."""
    numbers = {number for entry in entries if (number := person_number(entry))}
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=numbers)}


def person_number(entry: RecordEntry) -> str:
    first = entry.note.partition(" ")[0]
    about_people = entry.action.startswith(("people.", "member."))
    return first if about_people and first.isdecimal() and len(first) < 19 else ""


def note_said(entry: RecordEntry, people: dict[str, str]) -> str:
    """The note in words: who a number is, what a role is called."""
    if number := person_number(entry):
        rest = entry.note.removeprefix(number).strip()
        parts = [people.get(number, ""), str(NOTES.get(rest, rest))]
        return " · ".join(filter(None, parts))
    return str(NOTES.get(entry.note, entry.note))
