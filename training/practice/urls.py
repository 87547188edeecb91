"""Addresses of practical tasks: of programme managers, firms and markers."""

from django.urls import path

from . import views

urlpatterns = [
    path("programmes/<id12:public_id>/tasks/", views.practical_tasks, name="practical_tasks"),
    path("programmes/<id12:public_id>/tasks/new/", views.practical_task_new, name="practical_task_new"),
    path("programmes/<id12:public_id>/tasks/<id12:task_id>/", views.practical_task, name="practical_task"),
    path("assessment/places/<id12:public_id>/tasks/<id12:task_id>/", views.firm_task, name="firm_task"),
    path(
        "assessment/places/<id12:public_id>/works/<id12:work_id>/<id12:file_id>/",
        views.firm_work_file,
        name="firm_work_file",
    ),
    path("marking/", views.marking, name="marking"),
    path("marking/<id12:public_id>/", views.marking_work, name="marking_work"),
    path("marking/<id12:public_id>/files/<id12:file_id>/", views.marking_file, name="marking_file"),
]
