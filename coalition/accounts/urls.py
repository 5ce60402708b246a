"""A person's own account; signing in itself is django-allauth's, under /accounts/."""

from django.urls import path

from . import views

urlpatterns = [
    path("accounts/me/", views.account, name="account"),
    path("accounts/me/data/", views.data, name="account_data"),
    path("accounts/me/delete/", views.delete, name="account_delete"),
    path("accounts/deleted/", views.deleted, name="account_deleted"),
]
