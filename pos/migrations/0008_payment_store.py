import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the filling: PostgreSQL changes no table with rows still being checked."""

    dependencies = [
        ('pos', '0007_money_after_the_sale'),
    ]

    operations = [
        migrations.AlterField(
            model_name='payment',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='pos.store', verbose_name='store'),
        ),
    ]
