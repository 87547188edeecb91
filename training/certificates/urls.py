"""Addresses of certificates: the check is public."""

from django.urls import path

from . import views

urlpatterns = [
    path("certificates/check/", views.certificate_search, name="certificate_search"),
    path("certificates/check/file/", views.certificate_file, name="certificate_file"),
    path("certificates/check/offline/", views.certificate_offline, name="certificate_offline"),
    path("certificates/check/<str:number>/", views.certificate_check, name="certificate_check"),
    path("certificates/<id12:public_id>/", views.certificate, name="certificate"),
    path("certificates/<id12:public_id>/certificate.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("certificates/<id12:public_id>/revoke/", views.revoke, name="certificate_revoke"),
    path("certificates/<id12:public_id>/replace/", views.replace, name="certificate_replace"),
    path("cohorts/<id12:public_id>/certificates/", views.cohort_certificates, name="cohort_certificates"),
]
