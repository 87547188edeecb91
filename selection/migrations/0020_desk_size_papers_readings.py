"""The desk filters by the size of a firm, by how far its papers have come and by readings that differ.

What is there already is filled in pieces, each of its own transaction, so that acts on files go on meanwhile.
"""

from collections import defaultdict
from datetime import date

from django.db import migrations, models
from django.utils import timezone

from smes.states import NeededPapers
from smes.vocabulary.paper_kinds import Claims, kinds_needed

CHUNK = 2_000


def fill(apps, schema_editor):
    files = apps.get_model("selection", "Application").objects
    readings = apps.get_model("selection", "Reading").objects.filter(done_at__isnull=False)
    papers = apps.get_model("smes", "Document").objects.filter(state__in=["uploaded", "verified"])
    today = timezone.localdate()
    last = 0
    while chunk := list(files.filter(pk__gt=last).order_by("pk").only("pk", "sme_id", "facts")[:CHUNK]):
        has, said = defaultdict(set), defaultdict(list)
        rows = papers.filter(sme__in=[row.sme_id for row in chunk]).exclude(expires_on__lt=today)
        for sme, kind, state in rows.values_list("sme_id", "kind", "state"):
            has[sme].add((kind, state))
        for pk, outcome in readings.filter(application__in=chunk).values_list("application_id", "outcome"):
            said[pk].append(outcome)
        for row in chunk:
            facts = row.facts or {}
            row.size_class = facts.get("size_class") or ""
            row.needed_papers = standing_of(needed_by(facts, today), has[row.sme_id]).value
            row.readings_differ = len(said[row.pk]) == 2 and len(set(said[row.pk])) == 2
        files.bulk_update(chunk, ["size_class", "needed_papers", "readings_differ"], batch_size=500)
        last = chunk[-1].pk


def needed_by(facts, today):
    """The rule of this day, on the day of the frozen copy."""
    founded, frozen = facts.get("founded_on"), facts.get("frozen_on")
    claims = Claims(
        facts.get("legal_form") or "",
        has_ntn=bool(facts.get("tax_registered")),
        has_cnic=bool(facts.get("owner_cnic_held")),
        founded_on=date.fromisoformat(founded) if founded else None,
        export_route=facts.get("export_route") or "",
    )
    return kinds_needed(claims, date.fromisoformat(frozen) if frozen else today)


def standing_of(needed, has):
    if not needed or not set(needed) <= {kind for kind, _state in has}:
        return NeededPapers.MISSING
    verified = all((kind, "verified") in has for kind in needed)
    return NeededPapers.VERIFIED if verified else NeededPapers.SENT


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index on a table whose rows were changed in the same transaction

    dependencies = [("selection", "0018_fill_seats_given"), ("smes", "0005_token_of_a_person")]
    operations = [
        migrations.AddField(
            model_name="application",
            name="size_class",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            model_name="application",
            name="needed_papers",
            field=models.CharField(db_default="missing", default="missing", max_length=8),
        ),
        migrations.AddField(
            model_name="application",
            name="readings_differ",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["round", "size_class", "due_on", "id"], name="desk_size"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["round", "needed_papers", "due_on", "id"], name="desk_papers"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("readings_differ", True)), fields=["round", "due_on", "id"], name="desk_differ"
            ),
        ),
    ]
