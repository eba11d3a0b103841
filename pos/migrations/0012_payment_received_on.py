from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the filling: PostgreSQL changes no table with rows still being checked."""

    dependencies = [
        ('pos', '0011_spreadsheets_and_figures'),
    ]

    operations = [
        migrations.AlterField(
            model_name='payment',
            name='received_on',
            field=models.DateField(verbose_name='business day'),
        ),
    ]
