"""Every address of the desk."""

from django.urls import URLPattern, URLResolver, include, path

from recourse.api.v1 import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("", include("recourse.web.urls")),
]

handler404 = "recourse.web.middleware.not_found"
