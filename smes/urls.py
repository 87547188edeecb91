from django.urls import path

from smes.check import views as check_views
from smes.duplicates import views as duplicates_views
from smes.papers import views as papers_views
from smes.people import views as people_views
from smes.profile import views as profile_views

app_name = "smes"
urlpatterns = [
    path("check/", check_views.check, name="check"),
    path("check/keep/", check_views.keep_check, name="keep_check"),
    path("hs/", check_views.hs_browse, name="hs_browse"),
    path("hs/search/", check_views.hs_search, name="hs_search"),
    path("firm/", profile_views.firms, name="firms"),
    path("firm/new/", profile_views.register, name="register"),
    path("firm/<str:public_id>/profile/", profile_views.profile, name="profile"),
    path("firm/<str:public_id>/profile/<slug:code>/", profile_views.step, name="step"),
    path("firm/<str:public_id>/papers/", papers_views.papers, name="papers"),
    path("firm/<str:public_id>/papers/<str:paper_id>/", papers_views.download, name="paper"),
    path("firm/<str:public_id>/papers/<str:paper_id>/replace/", papers_views.replace, name="replace_paper"),
    path("firm/<str:public_id>/people/", people_views.people, name="people"),
    path("firm/<str:public_id>/people/<str:user_id>/role/", people_views.role, name="role"),
    path("firm/<str:public_id>/people/<str:user_id>/remove/", people_views.remove, name="remove_member"),
    path("firm/<str:public_id>/invitations/<str:invitation_id>/withdraw/", people_views.withdraw, name="withdraw"),
    path("invitation/<str:token>/", people_views.invitation, name="invitation"),
    path("duplicates/", duplicates_views.duplicates, name="duplicates"),
    path("duplicates/<str:public_id>/", duplicates_views.duplicate, name="duplicate"),
]
