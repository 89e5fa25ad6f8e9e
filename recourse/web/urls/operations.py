"""The addresses of set-up, health and webhooks."""

from django.urls import path

from recourse.web.screens import operations

urlpatterns = [
    path("setup/", operations.setup, name="setup"),
    path("setup/health/", operations.health, name="operations"),
    path("setup/health/deliveries/<uuid:delivery_id>/", operations.delivery, name="delivery-act"),
    path("setup/webhooks/", operations.webhooks, name="webhooks"),
    path("setup/webhooks/<uuid:webhook_id>/", operations.webhook, name="webhook"),
]
