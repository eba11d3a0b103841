import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pos', '0003_sign_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoleSeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rights', models.JSONField(default=list, verbose_name='rights')),
                ('role', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='seed', to='auth.group', verbose_name='role')),
            ],
            options={
                'verbose_name': 'rights of a role as delivered',
                'verbose_name_plural': 'rights of roles as delivered',
                'default_permissions': (),
            },
        ),
    ]
