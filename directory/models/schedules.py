"""When: our hours model, exported as HSDS `schedule`."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Part, one_parent
from .enums import Frequency, OnHolidays, ScheduleState
from .locations import Location
from .reach import parent
from .services import Service, ServiceAtLocation

MONTH_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class Schedule(Part):
    """One line of a timetable, in the local time of its place.

    A line recurs weekly or monthly (`freq`, `interval`, `byday`, as in RFC 5545), or is dated
    (`freq` empty): one day, or every day from `dtstart` to `until`. Times may be several a day
    (one line each); a closing before the opening is past midnight; 00:00–00:00 is all day; no
    times at all means the whole day ("by appointment" without fixed times). `season_from` and
    `season_to` (month-day, both included, may wrap over New Year) repeat every year. A dated
    line outranks a recurring one, `closed` outranks all. The lines at a place outrank those of
    the service, and those the location's.
    """

    service = parent(Service, "schedules")
    location = parent(Location, "schedules")
    service_at_location = parent(ServiceAtLocation, "schedules")
    state = models.CharField(
        _("what happens then"), max_length=14, choices=ScheduleState, default=ScheduleState.OPEN
    )
    freq = models.CharField(_("repeats"), max_length=7, choices=Frequency, blank=True)
    interval = models.PositiveSmallIntegerField(
        _("every how many"), default=1, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    byday = models.CharField(
        _("days"),
        max_length=60,
        blank=True,
        validators=[
            RegexValidator(
                r"^-?[1-5]?(MO|TU|WE|TH|FR|SA|SU)(,-?[1-5]?(MO|TU|WE|TH|FR|SA|SU))*$",
                _("Days as MO,TU,WE,TH,FR,SA,SU; for monthly ones 2TU or -1FR."),
            )
        ],
    )
    bymonthday = models.CharField(
        _("days of the month"),
        max_length=100,
        blank=True,
        validators=[
            RegexValidator(
                r"^-?([1-9]|[12][0-9]|3[01])(,-?([1-9]|[12][0-9]|3[01]))*$",
                _("Days of the month as 1,15 or -1 for the last."),
            )
        ],
    )
    dtstart = models.DateField(_("first day"), null=True, blank=True)
    until = models.DateField(_("last day"), null=True, blank=True)
    opens_at = models.TimeField(_("opens"), null=True, blank=True)
    closes_at = models.TimeField(_("closes"), null=True, blank=True)
    season_from = models.CharField(
        _("season starts"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(MONTH_DAY, _("Month and day, such as 05-01."))],
    )
    season_to = models.CharField(
        _("season ends"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(MONTH_DAY, _("Month and day, such as 09-30."))],
    )
    holidays = models.CharField(
        _("public holidays"), max_length=8, choices=OnHolidays, default=OnHolidays.UNKNOWN
    )
    valid_from = models.DateField(_("true from"), null=True, blank=True)
    valid_to = models.DateField(_("true until"), null=True, blank=True)
    description = models.CharField(_("in words"), max_length=300, blank=True)
    description_fr = models.CharField(_("in words, in French"), max_length=300, blank=True)

    class Meta(Part.Meta):
        constraints = [
            one_parent("schedule", "service", "location", "service_at_location"),
            models.CheckConstraint(
                condition=models.Q(state__in=ScheduleState.values),
                name="schedule_state_is_known",
                violation_error_message=_("Choose what happens at these times."),
            ),
            models.CheckConstraint(
                condition=models.Q(freq__in=["", *Frequency.values]),
                name="schedule_freq_is_known",
                violation_error_message=_("Choose how this repeats."),
            ),
            models.CheckConstraint(
                condition=models.Q(holidays__in=OnHolidays.values),
                name="schedule_holidays_is_known",
                violation_error_message=_("Choose what happens on public holidays."),
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True, closes_at__isnull=True)
                | models.Q(opens_at__isnull=False, closes_at__isnull=False),
                name="schedule_has_both_times",
                violation_error_message=_("Give an opening and a closing time, or neither."),
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | ~models.Q(opens_at=models.F("closes_at"))
                | models.Q(opens_at="00:00"),
                name="schedule_times_differ",
                violation_error_message=_(
                    "Opening and closing are the same. For all day, write 00:00 to 00:00."
                ),
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ScheduleState.OPEN) | models.Q(opens_at__isnull=False),
                name="schedule_open_has_times",
                violation_error_message=_("Say from when to when it is open."),
            ),
            models.CheckConstraint(
                condition=models.Q(freq="", dtstart__isnull=False, byday="", bymonthday="")
                | models.Q(freq="", holidays=OnHolidays.ONLY, byday="", bymonthday="")
                | (models.Q(freq=Frequency.WEEKLY, bymonthday="") & ~models.Q(byday=""))
                | (
                    models.Q(freq=Frequency.MONTHLY)
                    & (~models.Q(byday="") | ~models.Q(bymonthday=""))
                ),
                name="schedule_says_which_days",
                violation_error_message=_("Say on which days, or give a date."),
            ),
            models.CheckConstraint(
                condition=models.Q(interval=1) | models.Q(dtstart__isnull=False),
                name="schedule_interval_has_a_start",
                violation_error_message=_("Give the first day, so that the weeks can be counted."),
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True)
                | models.Q(dtstart__isnull=True)
                | models.Q(until__gte=models.F("dtstart")),
                name="schedule_dates_are_in_order",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(season_from="", season_to="")
                | (~models.Q(season_from="") & ~models.Q(season_to="")),
                name="schedule_has_both_season_ends",
                violation_error_message=_("Give the season’s first and last day, or neither."),
            ),
        ]

    def __str__(self):
        return f"{self.state} {self.byday or self.dtstart} {self.opens_at}–{self.closes_at}"
