"""The page of a round counts what each evaluator has done without reading every task."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0005_references")]
    operations = [
        migrations.AddIndex(
            model_name="task", index=models.Index(fields=["coding_round", "evaluator", "done"], name="how_far_each_is")
        )
    ]
