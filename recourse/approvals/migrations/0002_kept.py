from django.db import migrations

from recourse.kit.triggers import append_only

TERMS = (
    "matter", "case_id", "amount_minor", "currency", "counted_minor", "counted_currency", "remedy_kind", "terms",
    "terms_hash", "proposer_id", "proposer_person_id", "edition", "asked_at",
)  # fmt: skip
CHANGED = " OR ".join(f"OLD.{name} <> NEW.{name}" for name in TERMS)
ENDED = "OLD.state NOT IN ('asked', 'granted') AND OLD.state <> NEW.state"
BACK = "OLD.state = 'granted' AND NEW.state = 'asked'"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]

    operations = [
        append_only("approvals_decision", unique=[("id",)]),
        append_only("approvals_approval", acts=("UPDATE",), when=f"{CHANGED} OR ({ENDED}) OR ({BACK})"),
        append_only("approvals_approval", acts=("DELETE",), unique=[("id",), ("case_id", "number")]),
    ]
