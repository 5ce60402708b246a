"""Addresses that programs follow; a public contract, as the pages' are."""

from django.urls import path

from . import feeds

urlpatterns = [
    path("events/calendar.ics", feeds.event_calendar, name="event_calendar"),
    path("events/feed.atom", feeds.event_feed, name="event_feed"),
    path("events/<slug:slug>/event.ics", feeds.event_ics, name="event_ics"),
    path(
        "organizations/<slug:slug>/calendar.ics",
        feeds.organization_calendar,
        name="organization_calendar",
    ),
    path("organizations/<slug:slug>/feed.atom", feeds.organization_feed, name="organization_feed"),
]
