"""Addresses of everything of the coalition, in one namespace."""

from django.urls import include, path

from . import mixed, views

app_name = "coalition"
urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
    # The catalogue's own pages, with what the coalition adds.
    path("services/<slug:slug>/", mixed.service_page, name="service_page"),
    path("organizations/<slug:slug>/", mixed.organization_page, name="organization_page"),
    path("", include("coalition.mail.urls")),
    path("", include("coalition.accounts.urls")),
    path("", include("coalition.members.urls")),
    path("", include("coalition.review.urls")),
    path("", include("coalition.listings.urls")),
    path("", include("coalition.events.urls")),
    path("", include("coalition.resources.urls")),
    path("", include("coalition.catalogue.urls")),
]
