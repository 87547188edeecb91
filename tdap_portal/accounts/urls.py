from django.urls import include, path

from . import views

urlpatterns = [
    path("roles/", include("tdap_portal.accounts.role_requests.urls")),
    path("signup/", views.sign_up, name="account_signup"),
    path("start/", views.start, name="account_start"),
    path("person/", views.person, name="account_person"),
    path("code/new/", views.new_code, name="account_new_code"),
    path("password/new/", views.new_password, name="account_new_password"),
    path("person/token/", views.new_token, name="account_token"),
    path("second-factor/", views.second_factor, name="account_second_factor"),
]
