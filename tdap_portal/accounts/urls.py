from django.urls import path

from . import views

urlpatterns = [
    path("start/", views.start, name="account_start"),
    path("person/", views.person, name="account_person"),
    path("password/new/", views.new_password, name="account_new_password"),
    path("person/token/", views.new_token, name="account_token"),
    path("second-factor/", views.second_factor, name="account_second_factor"),
]
