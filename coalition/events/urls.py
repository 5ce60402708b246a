"""What is on, and an organization's events in its workspace."""

from django.urls import include, path

from . import partner_views, public_views

urlpatterns = [
    path("", include("coalition.events.feed_urls")),
    path("events/", public_views.event_list, name="event_list"),
    path(
        "events/registration/<str:token>/cancel/",
        public_views.registration_cancel,
        name="registration_cancel",
    ),
    path("events/registration/<str:token>/", public_views.registration, name="registration"),
    path("events/<slug:slug>/", public_views.event_detail, name="event_detail"),
    path("events/<slug:slug>/register/<str:day>/", public_views.register, name="event_register"),
    path(
        "events/<slug:slug>/picture/<slug:size>/", public_views.event_picture, name="event_picture"
    ),
    path("partner/<slug:slug>/events/", partner_views.events, name="events"),
    path("partner/<slug:slug>/events/new/", partner_views.event_begin, name="event_begin"),
    path("partner/events/hosting/<int:pk>/", partner_views.host_answer, name="host_answer"),
    path("partner/events/<uuid:pk>/", partner_views.event_times, name="event_times"),
    path("partner/events/<uuid:pk>/edit/", partner_views.event_edit, name="event_edit"),
    path("partner/events/<uuid:pk>/cancel/", partner_views.event_cancel, name="event_cancel"),
    path("partner/events/<uuid:pk>/take-up/", partner_views.event_take_up, name="event_take_up"),
    path("partner/events/<uuid:pk>/hide/", partner_views.event_hide, name="event_hide"),
    path("partner/events/<uuid:pk>/show/", partner_views.event_show, name="event_show"),
    path("partner/events/<uuid:pk>/<str:day>/", partner_views.event_time, name="event_time"),
    path(
        "partner/events/<uuid:pk>/<str:day>/people/",
        partner_views.event_people,
        name="event_people",
    ),
]
