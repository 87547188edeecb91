"""Addresses of training: each room of pages keeps its own."""

from django.urls import include, path

from training.calendars.urls import feed_urlpatterns

app_name = "training"
urlpatterns = [
    path("", include("training.firm.urls")),
    path("", include("training.places.urls")),
    path("", include("training.attendance.urls")),
    path("", include("training.calendars.urls")),
    path("", include("training.certificates.urls")),
    path("", include("training.assessment.urls")),
    path("", include("training.practice.urls")),
    path("", include("training.questions.urls")),
    path("", include("training.board.urls")),
    path("", include("training.teaching.urls")),
    path("", include("training.meetings.urls")),
    path("", include("training.engagement.urls")),
    path("", include("training.feedback.urls")),
    path("timetable/hours/", include("training.hours.urls")),
    path("timetable/", include("training.timetable.urls")),
    path("", include(feed_urlpatterns)),
    path("", include("training.cohorts.urls")),
    path("", include("training.materials.urls")),
    path("", include("training.resources.urls")),
    path("", include("training.programmes.urls")),
]
