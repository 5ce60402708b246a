"""The coordinators' desk."""

from django.urls import path

from . import upkeep, views

urlpatterns = [
    path("review/", views.desk, name="desk"),
    path("review/together/", views.together, name="desk_together"),
    path("review/<uuid:pk>/", views.submission, name="submission"),
    path("review/reasons/", upkeep.reasons, name="reasons"),
    path("review/reasons/new/", upkeep.reason_edit, name="reason_new"),
    path("review/reasons/<int:pk>/", upkeep.reason_edit, name="reason"),
    path("review/reasons/<int:pk>/remove/", upkeep.reason_remove, name="reason_remove"),
    path("review/settings/", upkeep.desk_settings, name="desk_settings"),
    path("review/mail/", upkeep.mail, name="mail"),
    path("review/mail/try/", upkeep.mail_try, name="mail_try"),
]
