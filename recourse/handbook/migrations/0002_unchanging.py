from django.db import migrations

from recourse.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("handbook", "0001_initial")]

    operations = [
        append_only("handbook_edition", acts=["UPDATE", "DELETE"], when="OLD.state IN ('published', 'discarded')"),
        append_only("handbook_editioneditor"),
    ]
