"""Dates and times as French is written in Canada: 24 nov. 2026, 20 h 30, 2026-11-24.

After the Office québécois de la langue française ("Écriture des heures"): the day has 24 hours, a
space stands on both sides of h, and minutes may keep their leading zero. The space is a no-break
one, so that an hour is never cut at the end of a line.
"""

from django.utils.translation import pgettext_lazy

# Django shortens months as in France; our French catalogue, which these three lines keep alive,
# as the Office does.
pgettext_lazy("abbrev. month", "Jan.")
pgettext_lazy("abbrev. month", "Feb.")
pgettext_lazy("abbrev. month", "July")

NBSP = "\N{NO-BREAK SPACE}"

DATE_FORMAT = "j N Y"
TIME_FORMAT = f"G{NBSP}\\h{NBSP}i"
DATETIME_FORMAT = f"j N Y, {TIME_FORMAT}"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j N"
SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = f"Y-m-d {TIME_FORMAT}"
FIRST_DAY_OF_WEEK = 0
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d %B %Y", "%d/%m/%Y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H h %M", "%H h"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"]
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = NBSP
NUMBER_GROUPING = 3
