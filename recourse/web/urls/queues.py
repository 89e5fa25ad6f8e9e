"""The addresses of lists of cases."""

from django.urls import path

from recourse.web.screens import queues

urlpatterns = [
    path("inbox/", queues.inbox, name="inbox"),
    path("queues/", queues.all_queues, name="queues"),
    path("queues/<slug:slug>/", queues.queue, name="queue"),
    path("search/", queues.search, name="search"),
    path("bulk/", queues.bulk, name="bulk"),
    path("views/", queues.save_view, name="view-save"),
    path("views/<uuid:view_id>/", queues.view, name="view"),
    path("views/<uuid:view_id>/end/", queues.end_view, name="view-end"),
]
