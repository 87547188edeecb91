"""People who come and go, for administrators, and for directors where it concerns files."""

from django.urls import path

from . import views

urlpatterns = [
    path("people/<id12:public_id>/", views.person, name="person"),
    path("people/<id12:public_id>/lock-out/", views.lock_out, name="person_lock_out"),
    path("people/<id12:public_id>/return/", views.bring_back, name="person_return"),
    path("people/<id12:public_id>/roles/", views.change_roles, name="person_roles"),
    path("people/<id12:public_id>/hand-over/", views.hand_over, name="person_hand_over"),
    path("desk/nobody/", views.nobody, name="nobody"),
]
