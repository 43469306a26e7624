import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("debates", "0002_taking_part")]

    operations = [
        migrations.CreateModel(
            name="OtherBrowser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="other_browsers", to="debates.participant"
                    ),
                ),
                (
                    "process",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="debates.process"),
                ),
            ],
            options={
                "verbose_name": "autre navigateur",
                "verbose_name_plural": "autres navigateurs",
                "constraints": [models.UniqueConstraint(fields=("process", "digest"), name="one_person_a_browser")],
            },
        ),
    ]
