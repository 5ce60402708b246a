"""Addresses of everything of the coalition, in one namespace."""

from django.urls import include, path

from . import views

app_name = "coalition"
urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    path("", include("coalition.mail.urls")),
    path("", include("coalition.accounts.urls")),
    path("", include("coalition.members.urls")),
    path("", include("coalition.review.urls")),
    path("", include("coalition.listings.urls")),
    path("", include("coalition.events.urls")),
    path("", include("coalition.resources.urls")),
    path("", include("coalition.catalogue.urls")),
]
