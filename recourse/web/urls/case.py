"""The addresses of a case."""

from django.urls import path

from recourse.web.screens.case import arrival, compose, page, panels, promises

urlpatterns = [
    path("cases/<str:ref>/", page.page, name="case"),
    path("cases/<str:ref>/story/", page.story_panel, name="case-story"),
    path("cases/<str:ref>/panel/<str:name>/", panels.panel, name="case-panel"),
    path("cases/<str:ref>/do/<str:name>/", page.verb, name="case-verb"),
    path("cases/<str:ref>/clocks/<str:kind>/<int:epoch>/", page.clock, name="case-clock"),
    path("cases/<str:ref>/reply/", compose.reply, name="case-reply"),
    path("cases/<str:ref>/note/", compose.note, name="case-note"),
    path("cases/<str:ref>/template/<uuid:template_id>/", compose.template, name="case-template"),
    path("cases/<str:ref>/draft/<str:kind>/", compose.draft, name="case-draft"),
    path("cases/<str:ref>/here/", compose.here, name="case-here"),
    path("cases/<str:ref>/files/<uuid:file_id>/", compose.file, name="case-file"),
    path("cases/<str:ref>/files/<uuid:file_id>/off/", compose.file_off, name="case-file-off"),
    path("cases/<str:ref>/link/", arrival.link, name="case-link"),
    path("cases/<str:ref>/link/off/", arrival.unlink, name="case-unlink"),
    path("cases/<str:ref>/arrival/", arrival.arrival_page, name="case-arrival"),
    path("cases/<str:ref>/templates/", compose.templates, name="case-templates"),
    path("cases/<str:ref>/call/", arrival.call, name="case-call"),
    path("calls/new/", arrival.call, name="call"),
    path("cases/<str:ref>/messages/<int:number>/", compose.edit, name="case-edit"),
    path("cases/<str:ref>/messages/<int:number>/versions/", compose.edit, name="case-versions"),
    path("cases/<str:ref>/messages/<int:number>/<str:name>/", compose.message, name="case-message"),
    path("cases/<str:ref>/promises/", promises.make, name="case-promise"),
    path("promises/", promises.due, name="promises"),
    path("promises/<uuid:promise_id>/", promises.one, name="promise"),
    path("promises/<uuid:promise_id>/act/", promises.act, name="promise-act"),
]
