"""What is shared, and an organization's own."""

from django.urls import path

from . import feed, partner_views, views

urlpatterns = [
    path("resources/", views.resource_list, name="resource_list"),
    path("resources/deadlines.ics", feed.deadlines, name="resource_deadlines"),
    path("resources/<slug:slug>/", views.resource_detail, name="resource_detail"),
    path("resources/<slug:slug>/files/<uuid:pk>/", views.resource_file, name="resource_file"),
    path("resources/<slug:slug>/thanks/", views.resource_thanks, name="resource_thanks"),
    path("partner/files/<uuid:pk>/", views.own_file, name="own_file"),
    path("partner/<slug:slug>/resources/", partner_views.own_resources, name="own_resources"),
    path("partner/<slug:slug>/resources/new/", partner_views.resource_begin, name="resource_begin"),
    path("partner/resources/<uuid:pk>/edit/", partner_views.resource_edit, name="resource_edit"),
    path("partner/resources/<uuid:pk>/hide/", partner_views.resource_hide, name="resource_hide"),
    path("partner/resources/<uuid:pk>/files/", partner_views.resource_files, name="resource_files"),
    path("partner/resources/<uuid:pk>/show/", partner_views.resource_show, name="resource_show"),
]
