from django.db import migrations

from recourse.kit.numbers import number_sequence


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [number_sequence("cases_case")]
