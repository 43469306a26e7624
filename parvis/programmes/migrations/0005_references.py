"""What the team puts beside a measure: charts with their version, tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0004_who_left")]
    operations = [
        migrations.AddField(
            model_name="measure",
            name="references",
            field=models.JSONField(blank=True, default=list, verbose_name="ce qui éclaire la mesure"),
        ),
    ]
