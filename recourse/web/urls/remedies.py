"""The addresses of remedies."""

from django.urls import path

from recourse.web.screens.remedy import assessing, lines, offering, page

REMEDY = "cases/<str:ref>/remedy/"

urlpatterns = [
    path(REMEDY, page.page, name="remedy"),
    path(f"{REMEDY}assessment/", assessing.assess, name="remedy-assess"),
    path(f"{REMEDY}assessment/what-follows/", assessing.would_follow, name="remedy-would-follow"),
    path(f"{REMEDY}lines/new/", lines.new, name="remedy-line-new"),
    path(f"{REMEDY}lines/<int:number>/<str:name>/", lines.act, name="remedy-line-act"),
    path(f"{REMEDY}refunds/", page.refunds, name="remedy-refunds"),
    path(f"{REMEDY}offer/", offering.offer, name="remedy-offer"),
    path(f"{REMEDY}offers/<int:number>/recall/", page.recall, name="remedy-recall"),
    path(f"{REMEDY}letter/", offering.letter, name="remedy-letter"),
    path(f"{REMEDY}letter/check/<slug:kind>/", offering.check, name="remedy-letter-check"),
]
