from django.urls import path

from .deposits import views

app_name = "payments"
urlpatterns = [
    path("notices/<slug:way>/", views.notice, name="notice"),
]
