"""A second person for what was matched above an amount, what the bank is asked, and its own number of a movement."""

import django.db.models.deletion
import tdap_portal.core.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0007_slips_found'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MatchProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=tdap_portal.core.models.new_public_id, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('payment', 'Payment of a firm'), ('return', 'Payment that the bank took back'), ('refund', 'Money that we sent back'), ('charge', 'Charge of the bank'), ('settlement', 'Paid out by a payment company'), ('pair', 'Undone by another line')], max_length=10)),
                ('shares', models.JSONField(default=list)),
                ('certainty', models.PositiveSmallIntegerField()),
                ('reasons', models.JSONField(default=list)),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_words', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='payments.bankline')),
                ('match', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='payments.bankmatch')),
                ('other', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.bankline')),
                ('settled_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['payment', 'return', 'refund', 'charge', 'settlement', 'pair'])), name='match_proposal_kind_known'),
                ],
            },
        ),
        migrations.AddField(
            model_name='bankline',
            name='asked_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bankline',
            name='asked_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='bankline',
            name='asked_words',
            field=models.CharField(blank=True, max_length=300, verbose_name='what the bank is asked'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='bank_reference',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='bankmatch',
            name='second_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='matchrule',
            name='second_from',
            field=models.BigIntegerField(null=True, verbose_name='a second person from'),
        ),
        migrations.AddConstraint(
            model_name='matchrule',
            constraint=models.CheckConstraint(condition=models.Q(('second_from__isnull', True), models.Q(('second_from__gt', 0), ('second_from__lte', 10000000000000)), _connector='OR'), name='match_rule_second_of_something'),
        ),
        migrations.AddConstraint(
            model_name='matchproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('line',), name='one_open_proposal_a_line'),
        ),
        migrations.AddConstraint(
            model_name='matchproposal',
            constraint=models.CheckConstraint(condition=models.Q(('settled_by__isnull', True), models.Q(('settled_by', models.F('by')), _negated=True), ('match__isnull', True), _connector='OR'), name='match_proposal_signed_by_another'),
        ),
    ]
