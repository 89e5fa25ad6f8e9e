from django.db import migrations

from recourse.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("remedies", "0001_initial")]

    operations = [append_only("remedies_acceptance", unique=[("id",), ("offer_line_id",)])]
