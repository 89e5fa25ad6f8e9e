"""The addresses of Today and of the team lead's page."""

from django.urls import path

from recourse.web.screens import team, today

urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/list/", today.todo, name="today-list"),
    path("today/next/", today.get_next, name="get-next"),
    path("today/instead/", today.take_instead, name="take-instead"),
    path("today/news/<uuid:notice_id>/", today.read, name="notice-read"),
    path("team/", team.team, name="team"),
]
