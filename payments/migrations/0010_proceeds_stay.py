"""Matches in two currencies, rules that say it in Urdu too, and what the database itself refuses of proceeds: matches, rules, codes, rates and
published months are added to, never changed, deleted or emptied.

A later migration that makes one of these tables anew on SQLite must lift() the guards before and lay() them after: triggers go with
their table. On PostgreSQL they call the function of the books' own guards.
"""

from django.db import migrations, models

KEPT = ("allocation", "datedrule", "exchangerate", "purposecode", "statementmonth")
POSTGRES_ON = """
CREATE TRIGGER payments_{table}_is_history BEFORE UPDATE OR DELETE ON payments_{table}
  FOR EACH ROW EXECUTE FUNCTION payments_is_history();
CREATE TRIGGER payments_{table}_no_truncate BEFORE TRUNCATE ON payments_{table}
  FOR EACH STATEMENT EXECUTE FUNCTION payments_is_history();
"""
POSTGRES_OFF = """
DROP TRIGGER payments_{table}_is_history ON payments_{table};
DROP TRIGGER payments_{table}_no_truncate ON payments_{table};
"""
SQLITE_ON = """CREATE TRIGGER payments_{table}_no_{act} BEFORE {act} ON payments_{table}
BEGIN SELECT RAISE(ABORT, 'the books are never changed'); END"""
SQLITE_OFF = "DROP TRIGGER payments_{table}_no_{act}"
ACTS = ("update", "delete")

CONDITIONS = {
    "The earlier of the contract’s day and six months (180 days) from shipment.": "معاہدے کی تاریخ، یا روانگی سے چھ ماہ (180 دن)، جو بھی پہلے ہو۔",
    "The earlier of the contract’s day and 120 days from shipment.": "معاہدے کی تاریخ، یا روانگی سے 120 دن، جو بھی پہلے ہو۔",
    "Documents against payment, cash against documents, sight.": "ادائیگی کے بدلے دستاویز، دستاویز کے بدلے نقد، یا دستاویز دیکھتے ہی ادائیگی۔",
    "Terms of 120 days usance, or an irrevocable letter of credit with them.": "120 دن کی مدت کی شرائط، یا ایسی شرائط والا ناقابلِ تنسیخ لیٹر آف کریڈٹ۔",
    "Bill discounted and sold forward before shipment or within 14 days of it.": "بل جو روانگی سے پہلے یا اس کے 14 دن کے اندر بینک کو فروخت کیا گیا ہو۔",
    "E-commerce to consumers, by courier.": "صارفین کو آن لائن فروخت، کوریئر کے ذریعے۔",
    "US dollars a consignment; above it goods need their form.": "امریکی ڈالر فی پارسل؛ اس سے زیادہ پر مال کا فارم لازمی ہے۔",
    "US dollars a receipt.": "امریکی ڈالر فی وصولی۔",
    "Per cent of the receipts of a month.": "مہینے کی وصولیوں کا فیصد۔",
    "Per cent of the receipts of a month, for firms registered with PSEB or P@SHA and for freelancers.": "مہینے کی وصولیوں کا فیصد، ⁨PSEB⁩ یا ⁨P@SHA⁩ میں درج فرموں اور فری لانسروں کے لیے۔",
    "US dollars a month, where that is more than the share.": "امریکی ڈالر فی مہینہ، جہاں یہ اس حصے سے زیادہ ہو۔",
    "The bank pays the rate of the last day where that of the late day is better.": "اگر دیر کے دن کی شرح بہتر ہو تو بینک آخری تاریخ کی شرح دیتا ہے۔",
    "Days before the last one.": "آخری تاریخ سے پہلے کے دن۔",
    "Days after the end of the month.": "مہینہ ختم ہونے کے بعد کے دن۔",
}  # fmt: skip
SOURCES = {
    "SBP FE Circular 17 of 2001; Business Recorder, 6 January 2022": "اسٹیٹ بینک، ایف ای سرکلر 17، سال 2001؛ بزنس ریکارڈر، 6 جنوری 2022",
    "SBP FE Circular 1 of 2022 (PHMA circular of 7 March 2023)": "اسٹیٹ بینک، ایف ای سرکلر 1، سال 2022 (⁨PHMA⁩ کا سرکلر، 7 مارچ 2023)",
    "SBP EPD Circular Letter 2 of 2022": "اسٹیٹ بینک، ای پی ڈی سرکلر لیٹر 2، سال 2022",
    "SBP EPD Circular Letter 5 of 2022": "اسٹیٹ بینک، ای پی ڈی سرکلر لیٹر 5، سال 2022",
    "FBR press release, 13 November 2020": "ایف بی آر کا اعلامیہ، 13 نومبر 2020",
    "The News, November 2020; the first day is not confirmed": "دی نیوز، نومبر 2020؛ پہلے دن کی تصدیق نہیں ہوئی",
    "Trade Chronicle, 2025; the first day is not confirmed": "ٹریڈ کرانیکل، 2025؛ پہلے دن کی تصدیق نہیں ہوئی",
    "The Nation, 24 October 2023; the first day is not confirmed": "دی نیشن، 24 اکتوبر 2023؛ پہلے دن کی تصدیق نہیں ہوئی",
    "The Nation, 24 October 2023; the day is not confirmed": "دی نیشن، 24 اکتوبر 2023؛ دن کی تصدیق نہیں ہوئی",
    "SBP Foreign Exchange Manual, paragraph 33A, February 2023; the day is not confirmed": "اسٹیٹ بینک کا فارن ایکسچینج مینوئل، پیرا ⁨33A⁩، فروری 2023؛ دن کی تصدیق نہیں ہوئی",
    "TDAP’s own": "⁨TDAP⁩ کا اپنا ضابطہ",
    "List from before August 2020 (PSEB, P@SHA); the numbers since then are not confirmed": "اگست 2020 سے پہلے کی فہرست (⁨PSEB⁩، ⁨P@SHA⁩)؛ بعد کے نمبروں کی تصدیق نہیں ہوئی",
}  # fmt: skip


def say_it_in_urdu(apps, _schema_editor):
    rule, code = (apps.get_model("payments", name) for name in ("DatedRule", "PurposeCode"))
    for english, urdu in CONDITIONS.items():
        rule.objects.filter(condition=english, condition_ur="").update(condition_ur=urdu)
    for english, urdu in SOURCES.items():
        for model in (rule, code):
            model.objects.filter(source=english, source_ur="").update(source_ur=urdu)


def lay(_apps, schema_editor):
    """The guards, on tables that are there."""
    for table in KEPT:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRES_ON.format(table=table), params=None)
            continue
        for act in ACTS:
            schema_editor.execute(SQLITE_ON.format(table=table, act=act), params=None)


def lift(_apps, schema_editor):
    for table in KEPT:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRES_OFF.format(table=table), params=None)
            continue
        for act in ACTS:
            schema_editor.execute(SQLITE_OFF.format(table=table, act=act), params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("payments", "0009_finance_proven"),
    ]

    operations = [
        migrations.AddField(
            model_name="allocation",
            name="pays",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("pays__isnull", True),
                    models.Q(("amount__gt", 0), ("pays__gt", 0)),
                    models.Q(("amount__lt", 0), ("pays__lt", 0)),
                    _connector="OR",
                ),
                name="allocation_pays_as_it_takes",
            ),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(
                fields=["board_on", "currency", "kind", "amount", "matched", "sme"],
                condition=models.Q(("state", "open")),
                name="shipment_open_sums",
            ),
        ),
        migrations.AddIndex(
            model_name="proceedsreceipt",
            index=models.Index(fields=["id"], condition=models.Q(("state", "said")), name="proceeds_said"),
        ),
        migrations.AddField(
            model_name="datedrule",
            name="condition_ur",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="datedrule",
            name="source_ur",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="purposecode",
            name="source_ur",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.RunPython(say_it_in_urdu, migrations.RunPython.noop),
        migrations.RunPython(lay, lift),
    ]
