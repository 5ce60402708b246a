"""Joining, the people of an organization, and the desk's pages about both."""

from django.urls import path

from .views import desk, invitations, joining, people

urlpatterns = [
    path("join/", joining.join, name="join"),
    path("join/link/", joining.join_link, name="join_link"),
    path("join/<str:token>/", joining.join_resume, name="join_resume"),
    path("join/<str:token>/<slug:step>/", joining.join_step, name="join_step"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("partner/<slug:slug>/people/", people.people, name="people"),
    path("partner/<slug:slug>/people/<int:pk>/role/", people.role, name="people_role"),
    path("partner/<slug:slug>/people/<int:pk>/owner/", people.hand_over, name="people_hand_over"),
    path("partner/<slug:slug>/people/<int:pk>/remove/", people.remove, name="people_remove"),
    path(
        "partner/<slug:slug>/people/invitations/<uuid:pk>/withdraw/",
        people.withdraw_invitation,
        name="invitation_withdraw",
    ),
    path("review/organizations/", desk.organizations, name="desk_organizations"),
    path("review/organizations/<slug:slug>/", desk.organization, name="desk_organization"),
    path("review/organizations/<slug:slug>/trust/", desk.trust, name="desk_trust"),
    path("review/organizations/<slug:slug>/standing/", desk.standing, name="desk_standing"),
    path("review/people/", desk.people, name="desk_people"),
    path("review/people/<int:pk>/coordinator/", desk.coordinator, name="desk_coordinator"),
    path("review/people/<int:pk>/active/", desk.active, name="desk_active"),
    path("review/people/<int:pk>/let-in/", desk.let_in, name="desk_let_in"),
    path(
        "review/people/<int:pk>/let-in/withdraw/",
        desk.withdraw_let_in,
        name="desk_withdraw_let_in",
    ),
]
