"""Maps: how many times one was tried, the votes that it was asked for, and whether somebody cites it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("debates", "0003_otherbrowser")]

    operations = [
        migrations.AddField(
            model_name="opinionmap",
            name="attempt",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="opinionmap",
            name="cited",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="opinionmap",
            name="signature",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
    ]
