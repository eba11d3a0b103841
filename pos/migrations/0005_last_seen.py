from typing import Any

from django.db import migrations, models
from django.db.models.functions import Coalesce


def from_what_is_known(apps: Any, schema_editor: Any) -> None:
    """The last thing somebody did that was written down, or their last sign-in."""
    database = schema_editor.connection.alias
    entries = apps.get_model("pos", "AuditEntry").objects.using(database)
    acted = entries.filter(actor=models.OuterRef("pk")).order_by("-at").values("at")[:1]
    people = apps.get_model("pos", "User").objects.using(database)
    people.update(last_seen_at=Coalesce(models.Subquery(acted), models.F("last_login")))


class Migration(migrations.Migration):

    dependencies = [
        ("pos", "0004_role_seed"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="last_seen_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last seen"),
        ),
        migrations.RunPython(from_what_is_known, migrations.RunPython.noop),
    ]
