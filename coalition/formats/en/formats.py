"""Dates and times as English is written in Canada: 24 Nov 2026, 8:30 pm, 2026-11-24."""

from django.utils.translation import gettext_noop

# Django writes "8:30 p.m."; our English catalogue, which these two lines keep alive, "8:30 pm".
gettext_noop("a.m.")
gettext_noop("p.m.")

DATE_FORMAT = "j M Y"
TIME_FORMAT = "f a"
DATETIME_FORMAT = "j M Y, f a"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j M"
SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
FIRST_DAY_OF_WEEK = 0
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d/%m/%Y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"]
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
