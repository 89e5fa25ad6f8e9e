from django.db import migrations

from recourse.kit.triggers import append_only

ORIGINALS = (
    "(NEW.text <> OLD.text AND NEW.text NOT LIKE '%[redacted]%') OR NEW.message_id <> OLD.message_id "
    "OR NEW.number <> OLD.number OR NEW.replaced_at <> OLD.replaced_at"
)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [
        append_only("conversations_messageversion", acts=["UPDATE"], when=ORIGINALS),
        append_only("conversations_messageversion", acts=["DELETE"]),
        append_only("conversations_templateversion"),
    ]
