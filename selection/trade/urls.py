from django.urls import path

from . import views

app_name = "trade"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("pull/", views.pull, name="pull"),
    path("runs/<id12:public_id>/", views.run, name="run"),
    path("runs/<id12:public_id>/confirm/", views.confirm, name="confirm"),
    path("runs/<id12:public_id>/drop/", views.drop, name="drop"),
    path("runs/<id12:public_id>/publish/", views.decide, {"act": "publish"}, name="publish"),
    path("runs/<id12:public_id>/refuse/", views.decide, {"act": "refuse"}, name="refuse"),
    path("platform/", views.platform, name="platform"),
    path("platform/template.csv", views.platform_template, name="platform_template"),
    path("sectors/", views.sectors, name="sectors"),
    path("sectors/<slug:code>/", views.sector, name="sector"),
]
