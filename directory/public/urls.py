"""Addresses of the pages residents see. They are a public contract: an old one redirects."""

from django.urls import path

from . import safety

app_name = "directory"
urlpatterns = [
    path("help-now/", safety.help_now, name="help_now"),
    path("your-safety/", safety.your_safety, name="your_safety"),
    path("exit/", safety.exit, name="exit"),
]
