"""Addresses of the pages about the site itself."""

from django.urls import path

from . import views

app_name = "coalition"
urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("privacy/", views.privacy, name="privacy"),
]
