"""The page that shows the last mails, on one machine."""

from django.urls import path

from . import views

urlpatterns = [
    path("demo/mail/", views.shown, name="demo_mail"),
]
