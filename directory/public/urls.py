"""Addresses of the pages residents see. They are a public contract: an old one redirects."""

from django.urls import path

from . import missed, safety, suggest, views

app_name = "directory"
urlpatterns = [
    path("services/", views.service_list, name="service_list"),
    path("services/<slug:slug>/", views.service_detail, name="service_detail"),
    path("organizations/<slug:slug>/", views.organization_detail, name="organization_detail"),
    path("suggest/", suggest.suggestions, name="suggest"),
    path("help-now/", safety.help_now, name="help_now"),
    path("your-safety/", safety.your_safety, name="your_safety"),
    path("looked-for/", missed.missed_search, name="missed_search"),
    path("exit/", safety.exit, name="exit"),
]
