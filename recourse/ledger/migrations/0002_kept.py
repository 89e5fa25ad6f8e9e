from django.db import migrations

from recourse.kit.triggers import append_only

SAME_ATTEMPT = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("id", "key", "matter", "number", "approval_ref", "amount_minor", "currency", "planned_at")
)
SAME_VOUCHER = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("id", "matter", "approval_ref", "amount_minor", "currency", "code_digest", "customer_id")
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        append_only("ledger_posting", unique=[("id",), ("key",), ("reverses_id",)]),
        append_only("ledger_attempt", acts=["DELETE"]),
        append_only("ledger_attempt", acts=["UPDATE"], when=SAME_ATTEMPT),
        append_only("ledger_voucher", acts=["DELETE"]),
        append_only("ledger_voucher", acts=["UPDATE"], when=SAME_VOUCHER),
        append_only("ledger_budgethold", acts=["DELETE"]),
        append_only("ledger_paymentroom", acts=["DELETE"]),
        append_only("ledger_providerevent", acts=["DELETE"]),
        append_only("ledger_break", acts=["DELETE"]),
        append_only("ledger_moneytask", acts=["DELETE"]),
        append_only("ledger_chargeback", acts=["DELETE"]),
        append_only("ledger_paymentshold", acts=["DELETE"]),
    ]
