"""Hours, the Friday prayer and roads to begin with, as data that a programme manager changes. None of them is confirmed yet."""

from datetime import time

from django.db import migrations

HOURS = "Working hours of the programme; to be confirmed by TDAP"
ROADS = "Usual time by road, or by air with the way to the airport; to be confirmed by TDAP"
WEEK = [0, 1, 2, 3, 5]
ROWS = (
    # kind, name, name in Urdu, weekdays, opens, closes, starts, is_online
    ("teaching", "On site", "مقام پر", WEEK, time(9), time(18), ["09:30", "14:00"], False),
    ("teaching", "On site, Friday", "مقام پر، جمعہ", [4], time(9), time(18), ["09:30", "15:00"], False),
    ("teaching", "Online", "آن لائن", [0, 1, 2, 3, 4, 5], time(9), time(22), ["09:30", "15:00", "19:00"], True),
    ("prayer", "Friday prayer", "نمازِ جمعہ", [4], time(13), time(14, 30), [], None),
)
MINUTES = {
    ("Karachi", "Lahore"): 300,
    ("Karachi", "Peshawar"): 330,
    ("Karachi", "Quetta"): 300,
    ("Karachi", "Sialkot"): 420,
    ("Lahore", "Peshawar"): 390,
    ("Lahore", "Quetta"): 330,
    ("Lahore", "Sialkot"): 150,
    ("Peshawar", "Quetta"): 600,
    ("Peshawar", "Sialkot"): 330,
    ("Quetta", "Sialkot"): 600,
}


def fill(apps, schema_editor):
    hours = apps.get_model("training", "TeachingHours")
    for kind, name, name_ur, weekdays, opens, closes, starts, is_online in ROWS:
        hours.objects.create(
            kind=kind,
            name=name,
            name_ur=name_ur,
            weekdays=weekdays,
            opens=opens,
            closes=closes,
            starts=starts,
            is_online=is_online,
            source=HOURS,
        )
    road = apps.get_model("training", "Road")
    road.objects.bulk_create(
        road(one=one, other=other, minutes=minutes, source=ROADS) for (one, other), minutes in MINUTES.items()
    )


class Migration(migrations.Migration):
    dependencies = [("training", "0004_planning")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
