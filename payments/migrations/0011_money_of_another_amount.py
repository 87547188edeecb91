"""Money of another amount than asked is credit, and money that nobody knew is in suspense, until two people decide; a little that is
missing may be accepted by the dated rule. A company’s own notice bears a refund out."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0010_proceeds_stay'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='finding',
            name='finding_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='paymentact',
            name='payment_act_known',
        ),
        migrations.AddField(
            model_name='attempt',
            name='came',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='depositrule',
            name='short_up_to',
            field=models.BigIntegerField(default=0, verbose_name='paisa that may be missing'),
        ),
        migrations.AddField(
            model_name='payment',
            name='let_go',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='paymentact',
            name='finding',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='payments.finding'),
        ),
        migrations.AddField(
            model_name='paymentact',
            name='notice',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.notice'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='kind',
            field=models.CharField(choices=[('differs', 'Another amount or currency than asked'), ('short', 'A little less than asked came'), ('double', 'Paid twice'), ('late', 'Paid after its day'), ('seen_too_late', 'Paid in time, seen too late'), ('ended', 'Paid, and no longer asked for'), ('unknown_payment', 'A payment that we do not know'), ('unclear', 'The payment company is not clear'), ('not_paid_back', 'A refund did not go out'), ('taken_back', 'The bank took a payment back'), ('left_back', 'The firm left: the deposit goes back'), ('left_keep', 'The firm left: the deposit is kept'), ('earned', 'Certified: the deposit goes back'), ('seat_unpaid', 'Not paid again: decide about the seat')], max_length=16),
        ),
        migrations.AlterField(
            model_name='paymentact',
            name='kind',
            field=models.CharField(choices=[('refund', 'Pay back'), ('forfeit', 'Keep the deposit'), ('apply_late', 'Take late money all the same'), ('pay_credit', 'Pay credit back'), ('use_credit', 'Take credit towards what is asked'), ('take_short', 'Accept as paid, though a little is missing'), ('take_found', 'Give money that nobody knew to this payment')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='depositrule',
            constraint=models.CheckConstraint(condition=models.Q(('short_up_to__gte', 0), ('short_up_to__lte', 10000000000000)), name='deposit_rule_short_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['differs', 'short', 'double', 'late', 'seen_too_late', 'ended', 'unknown_payment', 'unclear', 'not_paid_back', 'taken_back', 'left_back', 'left_keep', 'earned', 'seat_unpaid'])), name='finding_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('let_go', 0), models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('paid'), '+', models.F('let_go'))), ('let_go__gt', 0), ('paid__gt', 0)), _connector='OR'), name='payment_lets_go_what_was_missing'),
        ),
        migrations.AddConstraint(
            model_name='paymentact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['refund', 'forfeit', 'apply_late', 'pay_credit', 'use_credit', 'take_short', 'take_found'])), name='payment_act_known'),
        ),
        migrations.AddConstraint(
            model_name='paymentact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finding__isnull', False), ('kind', 'take_found')), models.Q(models.Q(('kind', 'take_found'), _negated=True), ('finding__isnull', True)), _connector='OR'), name='payment_act_of_found_money'),
        ),
        migrations.AddConstraint(
            model_name='paymentact',
            constraint=models.UniqueConstraint(condition=models.Q(('finding__isnull', False), ('returned_at__isnull', True)), fields=('finding',), name='found_money_given_once'),
        ),
    ]
