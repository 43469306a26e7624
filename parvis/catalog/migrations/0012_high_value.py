from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_campaigns")]

    operations = [
        migrations.AddField(
            model_name="dataset",
            name="high_value",
            field=models.CharField(
                blank=True,
                choices=[
                    ("geospatial", "données géospatiales"),
                    ("environment", "observation de la Terre et environnement"),
                    ("meteorological", "données météorologiques"),
                    ("statistics", "statistiques"),
                    ("companies", "entreprises et propriété d'entreprises"),
                    ("mobility", "mobilité"),
                ],
                default="",
                max_length=16,
                verbose_name="données de forte valeur",
            ),
            preserve_default=False,
        ),
    ]
