"""Values that the example events share."""

WHO = "01890a5d-ac96-774b-bcce-b302099a8057"
OTHER = "01890a5d-ac96-774b-bcce-b302099a8058"
FROM = "2026-03-02T09:00:00.000000Z"
UNTIL = "2026-03-16T09:00:00.000000Z"
