"""When an organisation was last changed: the search looks for what did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="modified",
            field=models.DateTimeField(auto_now=True, db_index=True),
        ),
    ]
