"""Materials of a programme: for officials, its trainers and firms with a place."""

from django.urls import path

from . import views

urlpatterns = [
    path("programmes/<id12:public_id>/materials/", views.materials, name="materials"),
    path("programmes/<id12:public_id>/materials/pack/<slug:language>/", views.pack, name="material_pack"),
    path("programmes/<id12:public_id>/materials/<id12:material_id>/", views.material, name="material"),
    path(
        "programmes/<id12:public_id>/materials/<id12:material_id>/withdraw/", views.withdraw, name="material_withdraw"
    ),
    path("programmes/<id12:public_id>/materials/<id12:material_id>/<int:number>/", views.file, name="material_file"),
]
