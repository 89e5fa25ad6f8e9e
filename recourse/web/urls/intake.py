"""The addresses of Set-up → What comes in."""

from django.urls import path

from recourse.web.screens import intake

urlpatterns = [
    path("setup/quarantine/", intake.quarantine, name="quarantine"),
    path("setup/quarantine/<uuid:submission_id>/", intake.quarantined, name="quarantined"),
    path("setup/imports/", intake.imports, name="imports"),
    path("setup/imports/<uuid:run_id>/rows/<int:number>/", intake.row, name="import-row"),
    path("setup/imports/<uuid:run_id>/", intake.imported, name="import"),
]
