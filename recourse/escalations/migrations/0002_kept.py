from django.db import migrations

from recourse.kit.triggers import append_only

RUNG = ("case_id", "clock", "epoch", "ladder", "step")


class Migration(migrations.Migration):
    dependencies = [("escalations", "0001_initial")]

    operations = [
        append_only("escalations_gatedecision", unique=[("id",)]),
        append_only("escalations_ladderfire", unique=[("id",), RUNG]),
    ]
