"""Every closed set of values in the catalogue. HSDS 3.1 value lists keep their spelling."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class ServiceStatus(TextChoices):
    """HSDS `service.status`."""

    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    DEFUNCT = "defunct", _("No longer offered")
    TEMPORARILY_CLOSED = "temporarily closed", _("Closed for now")


# A service closed for a while is shown, and says so.
SHOWN = (ServiceStatus.ACTIVE, ServiceStatus.TEMPORARILY_CLOSED)


class Cadence(IntegerChoices):
    """How often a listing is checked, in months."""

    MONTH = 1, _("Every month")
    THREE_MONTHS = 3, _("Every 3 months")
    SIX_MONTHS = 6, _("Every 6 months")
    YEAR = 12, _("Once a year")


class LocationType(TextChoices):
    """HSDS `location.location_type` and `address.address_type`."""

    PHYSICAL = "physical", _("A place people can go to")
    POSTAL = "postal", _("Mail only")
    VIRTUAL = "virtual", _("Online")


class Visibility(TextChoices):
    """How much of a location's address anyone may see."""

    PUBLIC = "public", _("Address shown")
    APPROXIMATE = "approximate", _("Only the area shown")
    CONFIDENTIAL = "confidential", _("Address never shown")


class Delivery(TextChoices):
    """How a service reaches people."""

    IN_PERSON = "in_person", _("In person")
    MOBILE = "mobile", _("Comes to you")
    PHONE = "phone", _("By phone")
    ONLINE = "online", _("Online")


class PhoneType(TextChoices):
    """HSDS `phone.type`: RFC 6350 telephone types."""

    VOICE = "voice", _("Phone")
    TEXT = "text", _("Text message")
    FAX = "fax", _("Fax")
    CELL = "cell", _("Cell phone")
    TEXTPHONE = "textphone", _("TTY")


class ScheduleState(TextChoices):
    """What a schedule row says about its times."""

    OPEN = "open", _("Open")
    BY_APPOINTMENT = "by_appointment", _("By appointment")
    CALL_FIRST = "call_first", _("Call first")
    CLOSED = "closed", _("Closed")


class Frequency(TextChoices):
    """HSDS `schedule.freq`; blank for a dated row (one day, or every day of a period)."""

    WEEKLY = "WEEKLY", _("Every week")
    MONTHLY = "MONTHLY", _("Every month")


class OnHolidays(TextChoices):
    """What a schedule row says about public holidays of its province."""

    UNKNOWN = "unknown", _("Not known")
    AS_USUAL = "as_usual", _("As usual")
    CLOSED = "closed", _("Not on holidays")
    ONLY = "only", _("Only on holidays")


class Province(TextChoices):
    """Canada Post's letters, as in HSDS `address.state_province`."""

    AB = "AB", _("Alberta")
    BC = "BC", _("British Columbia")
    MB = "MB", _("Manitoba")
    NB = "NB", _("New Brunswick")
    NL = "NL", _("Newfoundland and Labrador")
    NS = "NS", _("Nova Scotia")
    NT = "NT", _("Northwest Territories")
    NU = "NU", _("Nunavut")
    ON = "ON", _("Ontario")
    PE = "PE", _("Prince Edward Island")
    QC = "QC", _("Quebec")
    SK = "SK", _("Saskatchewan")
    YT = "YT", _("Yukon")


class Language(TextChoices):
    """The languages this site speaks."""

    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")
