"""The addresses of approval."""

from django.urls import path

from recourse.web.screens.approvals import authority, by_link, lists, one

urlpatterns = [
    path("approvals/", lists.approvals, name="approvals"),
    path("approvals/list/<str:which>/", lists.approvals, name="approvals-list"),
    path("approvals/review/", lists.to_review, name="approvals-review"),
    path("approvals/<uuid:approval_id>/", one.approval, name="approval"),
    path("approvals/<uuid:approval_id>/do/<str:name>/", one.act, name="approval-act"),
    path("approvals/<uuid:approval_id>/review/", one.review, name="approval-review"),
    path("authority/", authority.authority, name="authority"),
    path("cases/<str:ref>/authority/", authority.case_authority, name="case-authority"),
    path("decide/<str:token>/", by_link.by_link, name="decide-by-link"),
]
