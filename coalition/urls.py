"""Every address of the site. English pages have no prefix; French ones live under /fr/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from coalition.operations.views import healthz

urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    *i18n_patterns(
        path("", include("coalition.pages.urls")),
        path("accounts/", include("allauth.urls")),
        path("", include("directory.public.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "coalition.pages.views.bad_request"
handler403 = "coalition.pages.views.forbidden"
handler404 = "coalition.pages.views.not_found"
handler500 = "coalition.pages.views.server_error"
