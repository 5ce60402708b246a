"""The desk's pages about the catalogue as a whole."""

from django.urls import path, re_path

from .views import gaps, health, imports, lines, lists, words

urlpatterns = [
    path("review/listings/", lists.listings, name="listing_list"),
    path("review/events/", lists.events, name="desk_events"),
    path("review/resources/", lists.resources, name="desk_resources"),
    path("review/health/", health.overview, name="health"),
    path("review/health/duplicates/", health.duplicate_list, name="duplicates"),
    path("review/health/duplicates/look/", health.look_again, name="duplicates_look"),
    path("review/health/duplicates/<int:pk>/", health.duplicate, name="duplicate"),
    path("review/health/<slug:code>/", health.concern, name="concern"),
    path("review/gaps/", gaps.gap_list, name="gaps"),
    path("review/imports/", imports.import_list, name="imports"),
    path("review/imports/<uuid:pk>/", imports.import_run, name="import_run"),
    path("review/words/", words.word_list, name="words"),
    path("review/words/new/<slug:code>/", words.term_new, name="term_new"),
    path("review/words/<uuid:pk>/", words.term, name="term"),
    path("review/words/<uuid:pk>/add/", words.synonym_add, name="synonym_add"),
    path(
        "review/words/<uuid:pk>/remove/<int:synonym>/", words.synonym_remove, name="synonym_remove"
    ),
    path("review/lines/", lines.line_list, name="lines"),
    path("review/lines/new/", lines.line_new, name="line_new"),
    path("review/lines/<int:pk>/", lines.line, name="line"),
    path("review/lines/<int:pk>/remove/", lines.line_remove, name="line_remove"),
    re_path(
        r"^review/lines/(?P<pk>\d+)/do/(?P<what>confirm|up|down|remove)/$",
        lines.line_act,
        name="line_act",
    ),
]
