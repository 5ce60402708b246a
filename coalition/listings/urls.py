"""A partner's workspace, and what residents say about a listing."""

from django.urls import path

from . import check_views, correction_views, draft_views, history, partner_views

urlpatterns = [
    path("partner/", partner_views.home, name="workspace"),
    path("partner/<slug:slug>/new/", partner_views.new_listing, name="listing_begin"),
    path("partner/<slug:slug>/beds/", partner_views.beds, name="beds"),
    path("partner/<slug:slug>/about/", partner_views.about, name="organization_edit"),
    path("partner/services/<uuid:pk>/edit/", partner_views.edit, name="service_edit"),
    path(
        "partner/services/<uuid:pk>/preview/", partner_views.service_preview, name="service_preview"
    ),
    path(
        "partner/services/<uuid:pk>/duplicate/", partner_views.duplicate, name="service_duplicate"
    ),
    path("partner/services/<uuid:pk>/close/", partner_views.close, name="service_close"),
    path("partner/services/<uuid:pk>/reopen/", partner_views.reopen, name="service_reopen"),
    path("partner/services/<uuid:pk>/retire/", partner_views.retire, name="service_retire"),
    path("partner/services/<uuid:pk>/confirm/", partner_views.confirm, name="service_confirm"),
    path("partner/listings/<uuid:pk>/", draft_views.draft, name="draft"),
    path("partner/listings/<uuid:pk>/preview/", draft_views.draft_preview, name="draft_preview"),
    path("partner/listings/<uuid:pk>/send/", draft_views.send, name="draft_send"),
    path("partner/listings/<uuid:pk>/settle/", draft_views.settle, name="draft_settle"),
    path("partner/listings/<uuid:pk>/discard/", draft_views.discard, name="draft_discard"),
    path("partner/listings/<uuid:pk>/take-over/", draft_views.take_over, name="draft_take_over"),
    path(
        "partner/listings/<uuid:pk>/<slug:code>/", draft_views.draft_section, name="draft_section"
    ),
    path("services/<slug:slug>/correct/", correction_views.correct, name="correct"),
    path("correct/thanks/", correction_views.correct_thanks, name="correct_thanks"),
    path("check/thanks/", check_views.check_thanks, name="check_thanks"),
    path("check/<str:token>/", check_views.check, name="check"),
    path("review/check/<slug:slug>/", check_views.check_for_partner, name="check_for_partner"),
    path("review/record/", history.record, name="record"),
    path("review/record/<uuid:pk>/", history.change, name="change"),
    path("review/proposals/<uuid:pk>/", history.proposal_preview, name="proposal_preview"),
    path("review/listings/new/<uuid:pk>/", history.listing_new, name="listing_new"),
    path("review/listings/<uuid:pk>/edit/", history.listing_edit, name="listing_edit"),
    path("review/listings/<uuid:pk>/history/", history.history, name="history"),
    path("review/listings/<uuid:pk>/restore/<int:number>/", history.restore, name="restore"),
]
