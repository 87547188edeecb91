"""A loan that is not paid back is written off, with a day and a coded reason."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0011_money_of_another_amount'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='financecase',
            name='finance_case_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='financecase',
            name='finance_case_offer_is_whole',
        ),
        migrations.RemoveConstraint(
            model_name='financecase',
            name='finance_case_pays_no_more_than_offered',
        ),
        migrations.AddField(
            model_name='financecase',
            name='loss_reason',
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name='financecase',
            name='loss_words',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='financecase',
            name='written_off_on',
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name='financecase',
            name='state',
            field=models.CharField(choices=[('with_lender', 'With the lender'), ('asked', 'The lender asked the firm'), ('offered', 'Offer made'), ('refused', 'Refused by the lender'), ('accepted', 'Offer taken'), ('declined', 'Offer not taken'), ('lapsed', 'Offer ran out'), ('paid_out', 'Money paid out'), ('closed', 'Loan paid back'), ('written_off', 'Written off by the lender'), ('withdrawn', 'Ended by the firm')], default='with_lender', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='financecase',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['with_lender', 'asked', 'offered', 'refused', 'accepted', 'declined', 'lapsed', 'paid_out', 'closed', 'written_off', 'withdrawn'])), name='finance_case_state_known'),
        ),
        migrations.AddConstraint(
            model_name='financecase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['offered', 'accepted', 'declined', 'lapsed', 'paid_out', 'closed', 'written_off']), _negated=True), models.Q(('offer_amount__gt', 0), ('offer_days__gt', 0), ('offer_rate_bp__isnull', False)), _connector='OR'), name='finance_case_offer_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='financecase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['paid_out', 'closed', 'written_off']), _negated=True), models.Q(('paid_out__gt', 0), ('paid_out__lte', models.F('offer_amount')), ('paid_out_on__isnull', False)), _connector='OR'), name='finance_case_pays_no_more_than_offered'),
        ),
        migrations.AddConstraint(
            model_name='financecase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'written_off'), ('written_off_on__gte', models.F('paid_out_on')), ('written_off_on__isnull', False), models.Q(('loss_reason', ''), _negated=True)), models.Q(models.Q(('state', 'written_off'), _negated=True), ('loss_reason', ''), ('written_off_on__isnull', True)), _connector='OR'), name='finance_case_written_off_with_reason'),
        ),
    ]
