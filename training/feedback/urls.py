from django.urls import path

from . import views

urlpatterns = [
    path("feedback/", views.results_list, name="feedback_list"),
    path("feedback/<id12:public_id>/", views.feedback, name="feedback"),
    path("feedback/<id12:public_id>/results/", views.results, name="feedback_results"),
]
