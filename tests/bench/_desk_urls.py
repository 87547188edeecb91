"""The portal's addresses and one bare view beside them: what Django and gunicorn cost without the portal."""

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("bare/", lambda _request: HttpResponse("bare", content_type="text/plain")),
    path("", include("tdap_portal.urls")),
]
