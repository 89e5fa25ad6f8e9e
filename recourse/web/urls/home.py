"""The front door."""

from django.urls import path

from recourse.web.screens import home

urlpatterns = [
    path("", home.home, name="home"),
    path("demo/", home.demo, name="demo"),
]
