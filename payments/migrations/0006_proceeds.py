"""Export proceeds, their dated rules and codes, and the series of SME finance with the values that were published."""

import datetime
from datetime import date

import django.db.models.deletion
import django.utils.timezone
import tdap_portal.core.models
from django.conf import settings
from django.db import migrations, models


RULES = (  # code, value, from, until, what it says, source, whether value and day are confirmed
    ("goods_default", 180, date(2001, 9, 28), date(2022, 1, 5), "The earlier of the contract’s day and six months (180 days) from shipment.", "SBP FE Circular 17 of 2001; Business Recorder, 6 January 2022", True),
    ("goods_default", 120, date(2022, 1, 6), None, "The earlier of the contract’s day and 120 days from shipment.", "SBP FE Circular 1 of 2022 (PHMA circular of 7 March 2023)", True),
    ("goods_sight", 45, date(2022, 1, 6), None, "Documents against payment, cash against documents, sight.", "SBP FE Circular 1 of 2022 (PHMA circular of 7 March 2023)", True),
    ("goods_lc_120_usance", 135, date(2022, 2, 1), None, "Terms of 120 days usance, or an irrevocable letter of credit with them.", "SBP EPD Circular Letter 2 of 2022", True),
    ("goods_discounted_forward", 180, date(2022, 2, 16), None, "Bill discounted and sold forward before shipment or within 14 days of it.", "SBP EPD Circular Letter 5 of 2022", True),
    ("b2c_ecommerce", 60, date(2020, 11, 13), None, "E-commerce to consumers, by courier.", "FBR press release, 13 November 2020", True),
    ("b2c_limit", 5000, date(2020, 11, 13), None, "US dollars a consignment; above it goods need their form.", "FBR press release, 13 November 2020", True),
    ("form_r", 10000, date(2020, 11, 1), date(2024, 12, 31), "US dollars a receipt.", "The News, November 2020; the first day is not confirmed", False),
    ("form_r", 25000, date(2025, 1, 1), None, "US dollars a receipt.", "Trade Chronicle, 2025; the first day is not confirmed", False),
    ("keep_share", 35, date(2020, 11, 1), date(2023, 10, 22), "Per cent of the receipts of a month.", "The Nation, 24 October 2023; the first day is not confirmed", False),
    ("keep_share", 50, date(2023, 10, 23), None, "Per cent of the receipts of a month, for firms registered with PSEB or P@SHA and for freelancers.", "The Nation, 24 October 2023; the day is not confirmed", False),
    ("keep_month", 5000, date(2023, 10, 23), None, "US dollars a month, where that is more than the share.", "The Nation, 24 October 2023; the day is not confirmed", False),
    ("late", 1, date(2023, 2, 1), None, "The bank pays the rate of the last day where that of the late day is better.", "SBP Foreign Exchange Manual, paragraph 33A, February 2023; the day is not confirmed", False),
    ("warn_days", 14, date(2022, 1, 1), None, "Days before the last one.", "TDAP’s own", True),
    ("statement_days", 15, date(2022, 1, 1), None, "Days after the end of the month.", "TDAP’s own", True),
)  # fmt: skip
CODES = (
    ("9102", "Call centres", "کال سینٹر"),
    ("9181", "Hardware consultancy services", "ہارڈویئر کے مشورے کی خدمات"),
    ("9182", "Software consultancy, database services", "سافٹ ویئر کا مشورہ اور ڈیٹا بیس کی خدمات"),
    ("9183", "Maintenance and repair of computers", "کمپیوٹروں کی دیکھ بھال اور مرمت"),
    ("9184", "Export of computer software", "کمپیوٹر سافٹ ویئر کی برآمد"),
    ("9185", "Other computer services", "کمپیوٹر کی دیگر خدمات"),
)
CODES_SOURCE = "List from before August 2020 (PSEB, P@SHA); the numbers since then are not confirmed"
POINTS = (
    ("outstanding", date(2015, 6, 30), "260.78", "Business Recorder, 18 October 2015 and 7 November 2016"),
    ("outstanding", date(2016, 3, 31), "283.58", "Business Recorder, 7 November 2016"),
    ("outstanding", date(2016, 6, 30), "297.52", "Business Recorder, 7 November 2016"),
    ("outstanding", date(2017, 6, 30), "380", "Dawn, 24 August 2017"),
    ("outstanding", date(2018, 12, 31), "513", "APP, 19 February 2019"),
    ("outstanding", date(2025, 6, 30), "692", "Profit, report 205170"),
    ("outstanding", date(2025, 12, 31), "882.4", "Pakbanker, on the National Coordination Committee"),
    ("private_share", date(2016, 6, 30), "7.34", "Dawn, 24 August 2017"),
    ("private_share", date(2017, 6, 30), "7.99", "Dawn, 24 August 2017"),
    ("bad_loans", date(2017, 6, 30), "20.7", "Dawn, 24 August 2017"),
    ("borrowers", date(2025, 6, 30), "272600", "Profit, report 205170"),
    ("borrowers", date(2025, 12, 31), "302922", "Pakbanker, on the National Coordination Committee"),
)
ARTICLE = "Dawn, Business and Finance Weekly, 22 May 2017"
ARTICLE_POINTS = (
    ("quarter_growth", "5"),
    ("quarter_change", "14"),
    ("private_share", "7.3"),
    ("gdp_share", "1"),
)


def fill(apps, _schema_editor):
    rule, code, point = (apps.get_model("payments", name) for name in ("DatedRule", "PurposeCode", "PulsePoint"))
    rule.objects.bulk_create(
        rule(
            code=name, value=value, starts_on=first, ends_on=last, condition=says, source=source, is_confirmed=sure,
            shift="none", shift_confirmed=False,
        )
        for name, value, first, last, says, source, sure in RULES
    )  # fmt: skip
    code.objects.bulk_create(
        code(code=number, label=label, label_ur=urdu, starts_on=date(2010, 1, 1), source=CODES_SOURCE)
        for number, label, urdu in CODES
    )
    for name, day, value, source in POINTS:
        point.objects.create(indicator=name, day=day, value=value, source=source)
    for name, value in ARTICLE_POINTS:
        point.objects.create(
            indicator=name, day=date(2016, 6, 30), value=value, source=ARTICLE, is_article=True
        )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_never_signed_in'),
        ('payments', '0005_readiness_and_finance'),
        ('smes', '0009_verification'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DatedRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('goods_default', 'Goods on open account'), ('goods_sight', 'Goods at sight, or cash against documents'), ('goods_lc_120_usance', 'Goods by letter of credit, 120 days usance'), ('goods_discounted_forward', 'Goods, bill sold forward'), ('b2c_ecommerce', 'Parcel by courier to a consumer'), ('b2c_limit', 'Most that a parcel may be worth'), ('form_r', 'Services: Form R above'), ('keep_share', 'Services: share that may stay in foreign currency'), ('keep_month', 'Services: may stay in any case, a month'), ('late', 'Better rate of a late day is held back'), ('warn_days', 'Firms are warned before the last day'), ('statement_days', 'Days from the end of a month to its statement')], max_length=24)),
                ('value', models.DecimalField(decimal_places=2, max_digits=12)),
                ('starts_on', models.DateField(verbose_name='in force from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('shift', models.CharField(choices=[('none', 'the calendar day counts'), ('preceding', 'the bank day before counts'), ('following', 'the bank day after counts')], default='none', max_length=9)),
                ('condition', models.CharField(max_length=300, verbose_name='what it says')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('is_confirmed', models.BooleanField(default=False)),
                ('shift_confirmed', models.BooleanField(default=False)),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('words', models.CharField(blank=True, max_length=500, verbose_name='why')),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['code', '-starts_on', '-id'], name='dated_rule_by_day'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('code__in', ['goods_default', 'goods_sight', 'goods_lc_120_usance', 'goods_discounted_forward', 'b2c_ecommerce', 'b2c_limit', 'form_r', 'keep_share', 'keep_month', 'late', 'warn_days', 'statement_days'])), name='dated_rule_code_known'),
                    models.CheckConstraint(condition=models.Q(('shift__in', ['none', 'preceding', 'following'])), name='dated_rule_shift_known'),
                    models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='dated_rule_of_something'),
                    models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='dated_rule_the_right_way_round'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('day', models.DateField()),
                ('rate', models.DecimalField(decimal_places=4, max_digits=12)),
                ('source', models.CharField(max_length=200)),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['currency', '-day', '-id'], name='rate_by_day'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('currency__in', ['AED', 'AUD', 'CAD', 'CHF', 'CNY', 'DKK', 'EUR', 'GBP', 'HKD', 'MYR', 'NOK', 'NZD', 'QAR', 'SAR', 'SEK', 'SGD', 'THB', 'USD'])), name='rate_currency_known'),
                    models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='rate_above_zero'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PulsePoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=tdap_portal.core.models.new_public_id, editable=False, max_length=12, unique=True)),
                ('indicator', models.CharField(choices=[('outstanding', 'SME financing outstanding, Rs billion'), ('private_share', 'Share of the financing of the private sector, %'), ('gdp_share', 'Share of GDP, %'), ('gdp', 'GDP of the fiscal year at current prices, Rs billion'), ('borrowers', 'SME borrowers'), ('bad_loans', 'SME loans that are not repaid, %'), ('quarter_growth', 'Growth in the quarter, %'), ('quarter_change', 'Change in the quarter, Rs billion')], max_length=16)),
                ('day', models.DateField()),
                ('value', models.DecimalField(decimal_places=2, max_digits=14)),
                ('source', models.CharField(max_length=200)),
                ('is_article', models.BooleanField(default=False)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='payments.pulsepoint')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['indicator', 'day'], name='pulse_by_indicator'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('indicator__in', ['outstanding', 'private_share', 'gdp_share', 'gdp', 'borrowers', 'bad_loans', 'quarter_growth', 'quarter_change'])), name='pulse_indicator_known'),
                    models.UniqueConstraint(condition=models.Q(('replaces__isnull', True)), fields=('indicator', 'day', 'is_article'), name='one_pulse_point_a_day'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PurposeCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=8)),
                ('label', models.CharField(max_length=120)),
                ('label_ur', models.CharField(blank=True, max_length=120)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('source', models.CharField(max_length=200)),
                ('is_confirmed', models.BooleanField(default=False)),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('code', 'starts_on'), name='purpose_code_once_a_day'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProceedsReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=tdap_portal.core.models.new_public_id, editable=False, max_length=12, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('is_service', models.BooleanField(default=False)),
                ('bank_reference', models.CharField(max_length=40)),
                ('reference_key', models.CharField(max_length=40)),
                ('came_on', models.DateField()),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('matched', models.BigIntegerField(default=0)),
                ('kept', models.BigIntegerField(default=0)),
                ('paisa', models.BigIntegerField(null=True)),
                ('cents', models.BigIntegerField(null=True)),
                ('service', models.CharField(blank=True, max_length=8)),
                ('needs_form_r', models.BooleanField(null=True)),
                ('form_r', models.CharField(blank=True, max_length=40)),
                ('buyer_country', models.CharField(blank=True, max_length=3)),
                ('state', models.CharField(choices=[('held', 'TDAP looks at it first'), ('said', 'Said by the firm, the bank has not confirmed'), ('confirmed', 'Confirmed by the bank'), ('disputed', 'The bank does not agree'), ('refused', 'Not taken by TDAP'), ('withdrawn', 'Withdrawn by the firm')], default='said', max_length=9)),
                ('held_for', models.CharField(blank=True, choices=[('same_number', 'Another firm wrote the same number'), ('limit_unknown', 'No rate says whether the parcel is within the limit')], max_length=13)),
                ('disagreement', models.CharField(blank=True, choices=[('not_come', 'No such money came'), ('other_amount', 'Another amount came'), ('other_day', 'It came on another day'), ('remittance', 'It is booked as money from family'), ('other_firm', 'It came for another firm'), ('other', 'Another reason')], max_length=12)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('decided_at', models.DateTimeField(null=True)),
                ('counts_in', models.DateField(null=True)),
                ('key', models.CharField(max_length=32, unique=True)),
                ('bank', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.partner')),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rate', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.exchangerate')),
                ('recorded_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='smes.sme')),
                ('purpose', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.purposecode')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['sme', '-id'], name='proceeds_by_firm'),
                    models.Index(fields=['bank', 'state', 'came_on', 'id'], name='proceeds_by_bank'),
                    models.Index(fields=['bank', 'reference_key'], name='proceeds_by_reference'),
                    models.Index(fields=['state', 'counts_in'], name='proceeds_by_month'),
                    models.Index(condition=models.Q(('is_service', True)), fields=['-came_on', '-id'], name='proceeds_of_services'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['held', 'said', 'confirmed', 'disputed', 'refused', 'withdrawn'])), name='proceeds_state_known'),
                    models.CheckConstraint(condition=models.Q(('currency__in', ['PKR', 'AED', 'AUD', 'CAD', 'CHF', 'CNY', 'DKK', 'EUR', 'GBP', 'HKD', 'MYR', 'NOK', 'NZD', 'QAR', 'SAR', 'SEK', 'SGD', 'THB', 'USD'])), name='proceeds_currency_known'),
                    models.CheckConstraint(condition=models.Q(('held_for__in', ['', 'same_number', 'limit_unknown'])), name='proceeds_held_known'),
                    models.CheckConstraint(condition=models.Q(('disagreement__in', ['', 'not_come', 'other_amount', 'other_day', 'remittance', 'other_firm', 'other'])), name='proceeds_disagreement_known'),
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lte', 10000000000000)), name='proceeds_of_something'),
                    models.CheckConstraint(condition=models.Q(('matched__gte', 0), ('matched__lte', models.F('amount'))), name='proceeds_not_matched_twice'),
                    models.CheckConstraint(condition=models.Q(('kept__gte', 0), ('kept__lte', models.F('amount'))), name='proceeds_kept_within'),
                    models.CheckConstraint(condition=models.Q(models.Q(('counts_in__isnull', False), ('state', 'confirmed')), models.Q(('state', 'confirmed'), _negated=True), _connector='OR'), name='proceeds_counted_once'),
                    models.UniqueConstraint(condition=models.Q(('state__in', ['refused', 'withdrawn']), _negated=True), fields=('sme', 'bank', 'reference_key'), name='one_receipt_a_firm_and_reference'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=tdap_portal.core.models.new_public_id, editable=False, max_length=12, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('kind', models.CharField(choices=[('goods', 'Goods'), ('parcel', 'Parcel to a consumer'), ('service', 'Service')], max_length=8)),
                ('number', models.CharField(blank=True, max_length=40)),
                ('number_key', models.CharField(blank=True, max_length=40)),
                ('invoice_number', models.CharField(max_length=40)),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('matched', models.BigIntegerField(default=0)),
                ('hs6', models.CharField(blank=True, max_length=6)),
                ('service', models.CharField(blank=True, max_length=8)),
                ('sector', models.CharField(blank=True, max_length=24)),
                ('buyer_country', models.CharField(max_length=3)),
                ('terms', models.CharField(choices=[('open_account', 'On open account'), ('advance', 'Paid before shipment'), ('sight', 'At sight, or cash against documents'), ('lc_120', 'Letter of credit, 120 days usance'), ('sold_forward', 'Bill discounted and sold forward'), ('courier', 'By courier to a consumer'), ('service', 'As the contract says')], max_length=12)),
                ('contract_day', models.DateField(null=True)),
                ('shipped_on', models.DateField()),
                ('due_on', models.DateField(null=True)),
                ('due_reason', models.CharField(choices=[('rule', 'by the rule'), ('contract', 'by the contract'), ('no_rule', 'no rule was in force'), ('no_day', 'the contract names no day')], max_length=8)),
                ('board_on', models.DateField(default=datetime.date(9999, 12, 31))),
                ('state', models.CharField(choices=[('held', 'TDAP looks at it first'), ('open', 'Money still to come'), ('paid', 'Paid in full'), ('refused', 'Not taken by TDAP'), ('withdrawn', 'Withdrawn by the firm')], default='open', max_length=9)),
                ('held_for', models.CharField(blank=True, choices=[('same_number', 'Another firm wrote the same number'), ('limit_unknown', 'No rate says whether the parcel is within the limit')], max_length=13)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('warned_at', models.DateTimeField(null=True)),
                ('late_told_at', models.DateTimeField(null=True)),
                ('key', models.CharField(max_length=32, unique=True)),
                ('bank', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.partner')),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.datedrule')),
                ('sme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='smes.sme')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['state', 'board_on', 'id'], name='shipment_by_day'),
                    models.Index(fields=['state', 'sector', 'board_on', 'id'], name='shipment_by_sector'),
                    models.Index(fields=['state', 'bank', 'board_on', 'id'], name='shipment_by_bank'),
                    models.Index(fields=['sme', '-id'], name='shipment_by_firm'),
                    models.Index(condition=models.Q(('number_key', ''), _negated=True), fields=['number_key'], name='shipment_by_number'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['goods', 'parcel', 'service'])), name='shipment_kind_known'),
                    models.CheckConstraint(condition=models.Q(('terms__in', ['open_account', 'advance', 'sight', 'lc_120', 'sold_forward', 'courier', 'service'])), name='shipment_terms_known'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['held', 'open', 'paid', 'refused', 'withdrawn'])), name='shipment_state_known'),
                    models.CheckConstraint(condition=models.Q(('currency__in', ['PKR', 'AED', 'AUD', 'CAD', 'CHF', 'CNY', 'DKK', 'EUR', 'GBP', 'HKD', 'MYR', 'NOK', 'NZD', 'QAR', 'SAR', 'SEK', 'SGD', 'THB', 'USD'])), name='shipment_currency_known'),
                    models.CheckConstraint(condition=models.Q(('due_reason__in', ['rule', 'contract', 'no_rule', 'no_day'])), name='shipment_due_reason_known'),
                    models.CheckConstraint(condition=models.Q(('held_for__in', ['', 'same_number', 'limit_unknown'])), name='shipment_held_known'),
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lte', 10000000000000)), name='shipment_of_something'),
                    models.CheckConstraint(condition=models.Q(('matched__gte', 0), ('matched__lte', models.F('amount'))), name='shipment_not_above_its_invoice'),
                    models.CheckConstraint(condition=models.Q(models.Q(('board_on', datetime.date(9999, 12, 31)), ('due_on__isnull', True)), ('due_on', models.F('board_on')), _connector='OR'), name='shipment_stands_at_its_day'),
                    models.UniqueConstraint(condition=models.Q(models.Q(('number_key', ''), _negated=True), models.Q(('state__in', ['refused', 'withdrawn']), _negated=True)), fields=('sme', 'number_key'), name='one_shipment_a_firm_and_number'),
                    models.UniqueConstraint(condition=models.Q(('kind', 'service'), models.Q(('state__in', ['refused', 'withdrawn']), _negated=True)), fields=('sme', 'invoice_number'), name='one_service_a_firm_and_invoice'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.BigIntegerField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('is_late', models.BooleanField(default=False)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('takes_back', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_back_by', to='payments.allocation')),
                ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='payments.proceedsreceipt')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='payments.shipment')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('is_late', True)), fields=['-id'], name='allocation_late'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('takes_back__isnull', True)), models.Q(('amount__lt', 0), ('takes_back__isnull', False)), _connector='OR'), name='allocation_takes_back_below_zero'),
                ],
            },
        ),
        migrations.CreateModel(
            name='StatementMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(unique=True)),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lines', models.JSONField()),
                ('published_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('month__day', 1)), name='statement_month_begins_it'),
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
