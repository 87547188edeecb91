"""Addresses of calendars: the person's page, and the file, which stands outside the sign-in."""

from django.urls import path

from . import views

urlpatterns = [path("calendar/", views.calendar, name="calendar")]
feed_urlpatterns = [path("calendar/<token:token>.ics", views.calendar_feed, name="calendar_feed")]
