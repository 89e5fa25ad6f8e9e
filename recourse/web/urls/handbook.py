"""Addresses of the handbook."""

from django.urls import path

from recourse.web.screens.handbook import deciding, drafting, reading

urlpatterns = [
    path("handbook/", reading.in_force, name="handbook"),
    path("handbook/history/", reading.history, name="handbook_history"),
    path("handbook/facts/", reading.facts, name="handbook_facts"),
    path("handbook/editions/<int:number>/", reading.edition, name="handbook_edition"),
    path("handbook/draft/", drafting.draft, name="handbook_draft"),
    path("handbook/draft/begin/", drafting.begin, name="handbook_begin"),
    path("handbook/draft/value/", drafting.value, name="handbook_value"),
    path("handbook/draft/removal/", drafting.remove, name="handbook_removal"),
    path("handbook/draft/text/", drafting.whole, name="handbook_text"),
    path("handbook/draft/holidays/", deciding.holidays, name="handbook_holidays"),
    path("handbook/draft/consequences/", deciding.consequences, name="handbook_consequences"),
    path("handbook/draft/proposal/", deciding.propose, name="handbook_proposal"),
    path("handbook/draft/return/", deciding.take_back, name="handbook_return"),
    path("handbook/draft/publication/", deciding.publish, name="handbook_publication"),
    path("handbook/draft/end/", deciding.discard, name="handbook_end"),
]
