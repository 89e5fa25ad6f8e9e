from django.db import migrations

from recourse.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("timeline", "0001_initial")]

    operations = [
        append_only("timeline_entry"),
        append_only("timeline_leaf"),
        append_only("timeline_checkpoint"),
        append_only("timeline_private", acts=["DELETE"]),
        append_only(
            "timeline_thread",
            acts=["UPDATE"],
            when="NEW.last_number < OLD.last_number OR NEW.id <> OLD.id",
        ),
    ]
