"""What open pages ask for by themselves."""

from django.urls import path

from recourse.web.screens import live

urlpatterns = [
    path("live/", live.live, name="live"),
    path("places/", live.places, name="places"),
]
