from django.db import migrations

from recourse.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("timeline", "0003_outbox_tree_webhooks")]

    operations = [
        append_only("timeline_entry", unique=[["position"], ["thread_id", "number"]]),
        append_only("timeline_leaf", unique=[["index"], ["entry_id"]]),
        append_only("timeline_checkpoint", unique=[["id"], ["size", "root"]]),
        append_only("timeline_subtree", unique=[["place"]]),
        append_only("timeline_private", acts=["DELETE"], unique=[["entry_id"]]),
        append_only(
            "timeline_private",
            acts=["UPDATE"],
            when=(
                "NEW.entry_id <> OLD.entry_id OR OLD.shredded_at IS NOT NULL "
                "OR NEW.shredded_at IS NULL OR NEW.salt IS NOT NULL OR NEW.note <> ''"
            ),
        ),
        append_only("timeline_thread", acts=["DELETE"], unique=[["id"]]),
        append_only(
            "timeline_thread",
            acts=["UPDATE"],
            when="NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.last_number <= OLD.last_number",
        ),
    ]
