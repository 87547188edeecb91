"""Wiring by dotted name: each app keeps its own addresses."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path, register_converter
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from tdap_portal.web import converters
from tdap_portal.web import views as core
from tdap_portal.web.rest import UnknownAddress

# One door for everybody, with its limits and its second step: Django's own form for administrators takes no answers.
admin.site.login = secure_admin_login(require_safe(admin.site.login))  # type: ignore[method-assign]
admin.site.site_header = admin.site.index_title = _("Administration")
admin.site.enable_nav_sidebar = False  # the head of the page leads on
handler429 = "tdap_portal.accounts.views.too_often"  # allauth's name; Django knows none
handler400 = "tdap_portal.web.views.bad_request"
handler500 = "tdap_portal.web.views.server_error"

register_converter(converters.PublicIdConverter, "id12")
register_converter(converters.RoundCodeConverter, "round")
register_converter(converters.TokenConverter, "token")
register_converter(converters.LetterConverter, "letter")

urlpatterns = [
    path("", include("selection.results.urls")),
    path("", include("selection.check.urls")),
    path("", include("smes.urls")),
    path("", include("selection.urls")),
    path("trade/", include("selection.trade.urls")),
    path("payments/", include("payments.urls")),
    path("training/", include("training.urls")),
    path("accounts/", include("tdap_portal.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("inbox/", include("tdap_portal.notifications.urls")),
    path("language/", core.set_language, name="set_language"),
    path("alive/", core.alive, name="alive"),
    path("health/", core.health, name="health"),
    path("style/", core.style, name="style"),
    path("api/v1/", include("selection.api.urls")),
    path("api/v1/payments/", include("payments.api.urls")),
    path("api/v1/training/", include("training.api.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "api/v1/docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api-schema", template_name="api/docs.html", http_method_names=["get", "head"]
        ),
        name="api-docs",
    ),
    re_path(r"^api/", UnknownAddress.as_view()),
    path("admin/", admin.site.urls),
]
