from django.urls import path

from . import views, views_firm, views_officer, views_papers, views_people

app_name = "smes"
urlpatterns = [
    path("check/", views.check, name="check"),
    path("check/keep/", views.keep_check, name="keep_check"),
    path("hs/", views.hs_browse, name="hs_browse"),
    path("hs/search/", views.hs_search, name="hs_search"),
    path("firm/", views_firm.firms, name="firms"),
    path("firm/new/", views_firm.register, name="register"),
    path("firm/<str:public_id>/profile/", views_firm.profile, name="profile"),
    path("firm/<str:public_id>/profile/<slug:code>/", views_firm.step, name="step"),
    path("firm/<str:public_id>/papers/", views_papers.papers, name="papers"),
    path("firm/<str:public_id>/papers/<str:paper_id>/", views_papers.download, name="paper"),
    path("firm/<str:public_id>/papers/<str:paper_id>/replace/", views_papers.replace, name="replace_paper"),
    path("firm/<str:public_id>/people/", views_people.people, name="people"),
    path("firm/<str:public_id>/people/<str:user_id>/role/", views_people.role, name="role"),
    path("firm/<str:public_id>/people/<str:user_id>/remove/", views_people.remove, name="remove_member"),
    path("firm/<str:public_id>/invitations/<str:invitation_id>/withdraw/", views_people.withdraw, name="withdraw"),
    path("invitation/<str:token>/", views_people.invitation, name="invitation"),
    path("duplicates/", views_officer.duplicates, name="duplicates"),
    path("duplicates/<str:public_id>/", views_officer.duplicate, name="duplicate"),
]
