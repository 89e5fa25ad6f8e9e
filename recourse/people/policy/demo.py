"""The words of the demo company that its builder and its sign-in page share."""

DEMO_DOMAIN = "larkfield.example"
DEMO_PASSWORD = "seventeen-purple-otters"  # noqa: S105  (made public on purpose: it opens invented accounts alone)

ABOUT = {
    "front-line agent": "works the inbox, answers, escalates",
    "customer-experience specialist": "all channels; sees figures and edits templates",
    "technical support": "diagnoses and follows up",
    "gatekeeper": "decides what the advanced team takes",
    "resolver": "owns what the front line cannot close",
    "team lead": "service levels, workload, gate, approvals",
    "department member": "answers questions that are asked of a department",
    "analyst": "reads cases and figures",
    "trainer": "reads cases and the handbook",
    "finance": "reads cases and the record",
    "auditor": "sees everything, changes nothing",
    "administrator": "people, keys, webhooks, set-up; sees no case",
}
