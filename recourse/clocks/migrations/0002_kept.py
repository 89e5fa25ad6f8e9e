from django.db import migrations

from recourse.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("clocks", "0001_initial")]

    operations = [append_only("clocks_clockfact", unique=[("id",), ("case_id", "number")])]
