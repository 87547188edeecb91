"""The calendar of the training for everybody, and behind it how officials set the training up."""

from django.urls import path

from . import views, views_cohorts, views_resources

urlpatterns = [
    path("", views_cohorts.calendar, name="public_calendar"),
    path("programmes/", views.programmes, name="programmes"),
    path("programmes/new/", views.new, name="programme_new"),
    path("programmes/<id12:public_id>/", views.programme, name="programme"),
    path("programmes/<id12:public_id>/edit/", views.edit, name="programme_edit"),
    path("programmes/<id12:public_id>/modules/new/", views.module_new, name="module_new"),
    path("programmes/<id12:public_id>/modules/<id12:module_id>/", views.module_edit, name="module_edit"),
    path("programmes/<id12:public_id>/modules/<id12:module_id>/move/", views.module_move, name="module_move"),
    path("programmes/<id12:public_id>/materials/", views.materials, name="materials"),
    path("programmes/<id12:public_id>/materials/pack/<slug:language>/", views.pack, name="material_pack"),
    path("programmes/<id12:public_id>/materials/<id12:material_id>/", views.material, name="material"),
    path(
        "programmes/<id12:public_id>/materials/<id12:material_id>/withdraw/", views.withdraw, name="material_withdraw"
    ),
    path("programmes/<id12:public_id>/materials/<id12:material_id>/<int:number>/", views.file, name="material_file"),
    path("trainers/", views_resources.trainers, name="trainers"),
    path("trainers/new/", views_resources.trainer_new, name="trainer_new"),
    path("trainers/<id12:public_id>/", views_resources.trainer, name="trainer"),
    path("trainers/<id12:public_id>/edit/", views_resources.trainer_edit, name="trainer_edit"),
    path(
        "trainers/<id12:public_id>/absences/<id12:away_id>/remove/",
        views_resources.absence_remove,
        name="absence_remove",
    ),
    path("venues/", views_resources.venues, name="venues"),
    path("venues/new/", views_resources.venue_new, name="venue_new"),
    path("venues/<id12:public_id>/", views_resources.venue, name="venue"),
    path("venues/<id12:public_id>/edit/", views_resources.venue_edit, name="venue_edit"),
    path(
        "venues/<id12:public_id>/closings/<id12:away_id>/remove/", views_resources.closing_remove, name="closing_remove"
    ),
    path("cohorts/", views_cohorts.cohorts, name="cohorts"),
    path("cohorts/new/", views_cohorts.new, name="cohort_new"),
    path("cohorts/<id12:public_id>/", views_cohorts.cohort, name="cohort"),
    path("cohorts/<id12:public_id>/edit/", views_cohorts.edit, name="cohort_edit"),
    path("cohorts/<id12:public_id>/clone/", views_cohorts.clone, name="cohort_clone"),
    path("cohorts/<id12:public_id>/joining/", views_cohorts.joining, name="cohort_joining"),
    path("cohorts/<id12:public_id>/open/", views_cohorts.open_, name="cohort_open"),
    path("cohorts/<id12:public_id>/cancel/", views_cohorts.cancel, name="cohort_cancel"),
]
