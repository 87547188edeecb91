from django.urls import path

from smes.check import views as check_views
from smes.duplicates import views as duplicates_views
from smes.papers import views as papers_views
from smes.people import views as people_views
from smes.profile import views as profile_views

app_name = "smes"
urlpatterns = [
    path("hs/", check_views.hs_browse, name="hs_browse"),
    path("hs/search/", check_views.hs_search, name="hs_search"),
    path("firm/", profile_views.firms, name="firms"),
    path("firm/new/", profile_views.register, name="register"),
    path("firm/<id12:public_id>/profile/", profile_views.profile, name="profile"),
    path("firm/<id12:public_id>/profile/<slug:code>/", profile_views.step, name="step"),
    path("firm/<id12:public_id>/papers/", papers_views.papers, name="papers"),
    path("firm/<id12:public_id>/papers/<id12:paper_id>/", papers_views.download, name="paper"),
    path(
        "firm/<id12:public_id>/papers/<id12:paper_id>/pages/<int:number>/", papers_views.page_picture, name="paper_page"
    ),
    path("firm/<id12:public_id>/papers/<id12:paper_id>/replace/", papers_views.replace, name="replace_paper"),
    path("firm/<id12:public_id>/people/", people_views.people, name="people"),
    path("firm/<id12:public_id>/people/<id12:user_id>/role/", people_views.role, name="role"),
    path("firm/<id12:public_id>/people/<id12:user_id>/remove/", people_views.remove, name="remove_member"),
    path("firm/<id12:public_id>/invitations/<id12:invitation_id>/withdraw/", people_views.withdraw, name="withdraw"),
    path("invitation/<token:token>/", people_views.invitation, name="invitation"),
    path("duplicates/", duplicates_views.duplicates, name="duplicates"),
    path("duplicates/<id12:public_id>/", duplicates_views.duplicate, name="duplicate"),
]
