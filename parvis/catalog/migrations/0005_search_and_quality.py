"""The search has its own index, and the quality of a dataset is kept in its row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_obligations")]

    operations = [
        migrations.RemoveField(model_name="dataset", name="search_text"),
        migrations.AddField(
            model_name="dataset",
            name="quality_score",
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="dataset",
            name="quality_marks",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="dataset",
            name="quality_day",
            field=models.DateField(blank=True, db_index=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="dataset",
            name="modified",
            field=models.DateTimeField(auto_now=True, db_index=True),
        ),
        migrations.CreateModel(
            name="MissedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=80, verbose_name="mots cherchés")),
                ("day", models.DateField(db_index=True, verbose_name="jour")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="fois")),
            ],
            options={
                "verbose_name": "recherche sans résultat",
                "verbose_name_plural": "recherches sans résultat",
                "ordering": ["-day", "-count", "words"],
            },
        ),
        migrations.AddConstraint(
            model_name="missedsearch",
            constraint=models.UniqueConstraint(fields=("words", "day"), name="one_missed_search_a_day"),
        ),
    ]
