"""Questions about approvals: who may decide, what waits for whom, what is left of an authority."""
