"""The addresses of escalation."""

from django.urls import path

from recourse.web.screens import escalate, gate

urlpatterns = [
    path("gate/", gate.gate, name="gate"),
    path("cases/<str:ref>/escalate/", escalate.escalate, name="escalate"),
    path("cases/<str:ref>/escalate/verdict/", escalate.verdict, name="escalate-verdict"),
    path("cases/<str:ref>/escalations/<int:number>/", gate.escalation, name="escalation"),
    path("cases/<str:ref>/escalations/<int:number>/<str:name>/", gate.move, name="escalation-move"),
]
