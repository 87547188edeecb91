"""Money that nobody knew, sent back by a payment company: noted by one person and borne out by another."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0013_taken_back_by_two'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='finding',
            name='back_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('back_by__isnull', True), ('settled_by__isnull', True), models.Q(('settled_by', models.F('back_by')), _negated=True), _connector='OR'), name='finding_sent_back_by_two'),
        ),
    ]
