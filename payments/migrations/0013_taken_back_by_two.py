"""A second person under taking a large match back, and under a payment company’s report."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def mark_done(apps, _schema_editor):
    """What was signed so far came to a match."""
    apps.get_model("payments", "MatchProposal").objects.filter(match__isnull=False).update(is_done=True)


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0012_loans_written_off'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='matchproposal',
            name='match_proposal_signed_by_another',
        ),
        migrations.AddField(
            model_name='bankmatch',
            name='back_second_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='matchproposal',
            name='added',
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name='matchproposal',
            name='is_done',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='matchproposal',
            name='report',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='payments.walletreport'),
        ),
        migrations.AddField(
            model_name='matchproposal',
            name='undoes',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.bankmatch'),
        ),
        migrations.RunPython(mark_done, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='matchproposal',
            constraint=models.CheckConstraint(condition=models.Q(('is_done', False), models.Q(('settled_by__isnull', False), models.Q(('settled_by', models.F('by')), _negated=True)), _connector='OR'), name='match_proposal_signed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='matchproposal',
            constraint=models.CheckConstraint(condition=models.Q(('match__isnull', True), ('is_done', True), _connector='OR'), name='match_proposal_done_where_matched'),
        ),
        migrations.AddConstraint(
            model_name='matchproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('report__isnull', False), ('settled_at__isnull', True)), fields=('report',), name='one_open_proposal_a_report'),
        ),
    ]
