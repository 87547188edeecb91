"""Words for the codes of this room: states, indicators, reasons why a figure is missing, lines of a run's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from .arithmetic.analytics import Undefined
from .arithmetic.indicators import Missing, Name, Note, Unit
from .states import RunState, VintageState

if TYPE_CHECKING:
    from collections.abc import Mapping

RUN_STATES = [
    (RunState.WAITING.value, _("waiting")),
    (RunState.CHECKED.value, _("checked")),
    (RunState.RUNNING.value, _("running")),
    (RunState.HELD.value, _("waits for a second person")),
    (RunState.PUBLISHED.value, _("in use")),
    (RunState.UNCHANGED.value, _("nothing new")),
    (RunState.REFUSED.value, _("refused")),
    (RunState.FAILED.value, _("failed")),
    (RunState.DROPPED.value, _("not confirmed")),
]
RUN_TONES = {
    RunState.WAITING: "us",
    RunState.CHECKED: "you",
    RunState.RUNNING: "us",
    RunState.HELD: "you",
    RunState.PUBLISHED: "done",
    RunState.UNCHANGED: "rest",
    RunState.REFUSED: "no",
    RunState.FAILED: "no",
    RunState.DROPPED: "rest",
}
VINTAGE_STATES = [
    (VintageState.BUILDING.value, _("being built")),
    (VintageState.CURRENT.value, _("in use")),
    (VintageState.SUPERSEDED.value, _("replaced")),
    (VintageState.REFUSED.value, _("refused")),
]

INDICATOR_NAMES = [
    (Name.RCA.value, _("Comparative advantage")),
    (Name.RCA_SYMMETRIC.value, _("Comparative advantage, from -1 to 1")),
    (Name.WORLD_IMPORT_GROWTH.value, _("Growth of world demand")),
    (Name.MARKET_SHARE.value, _("Pakistan's share of world exports")),
    (Name.MARKET_SHARE_GROWTH.value, _("Growth of that share")),
    (Name.CONCENTRATION_HHI.value, _("Dependence on few buyer countries")),
    (Name.UNIT_VALUE_GAP_CHINA.value, _("Price against China")),
    (Name.UNIT_VALUE_GAP_INDIA.value, _("Price against India")),
    (Name.PLATFORM_DEMAND.value, _("Requests for each supplier on the platform")),
    (Name.PLATFORM_SEARCHES_GROWTH.value, _("Growth of searches on the platform")),
    (Name.RELATIVE_DEMAND_GROWTH.value, _("Growth of world demand less that of all goods")),
    (Name.EXPORT_VALUE.value, _("Pakistan's exports")),
    (Name.EXPORT_GROWTH.value, _("Growth of Pakistan's exports")),
]
INDICATOR_HELP = {
    Name.RCA: _("Above 1: the product weighs more in Pakistan's exports than in the world's."),
    Name.RCA_SYMMETRIC: _("Above 0: an advantage; the same as the line above on an even scale."),
    Name.WORLD_IMPORT_GROWTH: _("How fast world trade in the product grows, measured by world exports."),
    Name.MARKET_SHARE: _("Of all that the world exports of it."),
    Name.MARKET_SHARE_GROWTH: _("Above 0: Pakistan gains on its rivals."),
    Name.CONCENTRATION_HHI: _("From 0, many buyers alike, to 1, a single buyer country (Herfindahl-Hirschman index)."),
    Name.UNIT_VALUE_GAP_CHINA: _("Dollars a kilogram in the same markets. Above 0: dearer than China."),
    Name.UNIT_VALUE_GAP_INDIA: _("Dollars a kilogram in the same markets. Above 0: dearer than India."),
    Name.PLATFORM_DEMAND: _("Requests for quotation a year for each active supplier, over the latest twelve months."),
    Name.PLATFORM_SEARCHES_GROWTH: _("The latest twelve months against the twelve before."),
    Name.RELATIVE_DEMAND_GROWTH: _("Above 0: the world's trade in it grows faster than that in all goods together."),
    Name.EXPORT_VALUE: _("To all countries, at the border of Pakistan (FOB)."),
    Name.EXPORT_GROWTH: _("In current US dollars."),
}
UNIT_NAMES = {
    Unit.RATIO: _("times the world's weight"),
    Unit.INDEX: _("from 0 to 1"),
    Unit.EVEN_INDEX: _("from -1 to 1"),
    Unit.FRACTION: _("%"),
    Unit.FRACTION_A_YEAR: _("% a year"),
    Unit.USD: _("US dollars"),
    Unit.REQUESTS: _("requests a supplier and year"),
}

MISSING_TEXTS: Mapping[str, str] = {
    Undefined.EXPORTER_TOTAL_ZERO: gettext_noop("Pakistan's total exports are not on record."),
    Undefined.PRODUCT_TOTAL_ZERO: gettext_noop("No country exports this product in the source."),
    Undefined.WORLD_TOTAL_ZERO: gettext_noop("World trade is not on record."),
    Undefined.MARKET_ZERO: gettext_noop("The market is not on record."),
    Undefined.START_ZERO: gettext_noop("The first year is zero: growth from nothing has no size."),
    Undefined.NO_YEARS: gettext_noop("There are not two years to compare."),
    Undefined.NO_PARTNERS: gettext_noop("Pakistan's exports are not broken down by buyer country in the source."),
    Undefined.ONE_PARTNER: gettext_noop("There is a single buyer country."),
    Undefined.NO_WEIGHT: gettext_noop("The source gives no weights, so there is no price a kilogram."),
    Undefined.WEIGHT_ESTIMATED: gettext_noop("The weights were estimated by the source and are not compared."),
    Undefined.TOO_LITTLE_WEIGHT: gettext_noop("Too little was shipped for a price that means anything."),
    Undefined.NO_VALUE: gettext_noop("The rival's value is not on record."),
    Undefined.NO_COMMON_MARKET: gettext_noop("There is no market where both sell enough, with reported weights."),
    Undefined.NO_TRADE_BETWEEN: gettext_noop("The two countries do not trade."),
    Missing.NOT_IN_SOURCE: gettext_noop("The sources in use do not hold this product."),
    Missing.NO_WORLD: gettext_noop("The source has no world total for this product."),
    Missing.NO_EXPORTER_TOTAL: gettext_noop("The source has no total of Pakistan's exports."),
    Missing.SERIES_TOO_SHORT: gettext_noop("The years on record are too few for a growth rate."),
    Missing.MIXED_GOODS: gettext_noop("The goods are too mixed for one price a kilogram."),
    Missing.NO_VINTAGE: gettext_noop("No figures have been loaded yet."),
    Missing.SERVICES: gettext_noop("Services have no HS code; this indicator is about goods."),
    Missing.NO_SUPPLIERS: gettext_noop("The platform counts no active supplier of this product."),
    Missing.NO_PLATFORM_DATA: gettext_noop("The platform has no data about this product."),
    Missing.BASE_TOO_SMALL: gettext_noop(
        "Too little was sold in the first years for a growth rate that means anything."
    ),
    Missing.NO_EXPORTS: gettext_noop("Pakistan reported no exports of it in the latest year."),
    Missing.NO_ALL_GOODS: gettext_noop("The source does not tell the exports of all goods for these years."),
    Missing.RIVAL_MISSING: gettext_noop("A country that sells much of this product is not in the source."),
    Missing.SOURCE_UNFIT: gettext_noop("The only figure is from a source that is not good enough for points."),
}
NOTE_TEXTS: Mapping[str, str] = {
    Note.GROWTH_CAPPED: gettext_noop("More than this; growth is counted up to 50 % a year."),
    Note.LATER_YEARS_LEFT_OUT: gettext_noop("Later years are not complete in the source and are left out."),
    Note.WEIGHTS_PARTLY_ESTIMATED: gettext_noop("Part of the weights behind the prices was estimated by the source."),
}
MEASURES = {
    "exports": _("Pakistan's exports of the product groups"),
    "exports_total": _("Pakistan's exports of all goods"),
    "world": _("The world's exports of the product groups"),
    "world_total": _("The world's exports of all goods"),
    "reporters": _("The number of exporting countries"),
    "buyers": _("The number of buyer countries"),
    "partners": _("The number of rows by buyer country"),
    "headings": _("The number of product groups that Pakistan sells"),
    "prices": _("The number of rows for prices"),
    "weighed": _("The number of rows with weights"),
    "weighed_share": _("The part of the rows that have weights"),
    "unit_value": _("Pakistan's mean price a kilogram"),
    "unit_value_rivals": _("The mean price a kilogram of China and India"),
}
"""What the checks measure in a year of a source (checks.Measures)."""

LOG_TEXTS: Mapping[str, str] = {
    # the source
    "no_answer": gettext_noop("The source did not answer. The figures in use stay."),
    "server_error": gettext_noop("The source is out of order (status %(status)s). The figures in use stay."),
    "answer_too_slow": gettext_noop("An answer took longer than %(seconds)s seconds and was given up."),
    "answer_too_large": gettext_noop("An answer was larger than %(limit_mb)s MB and was dropped."),
    "refused": gettext_noop("The source refused the question (status %(status)s): %(message)s"),
    "throttled": gettext_noop(
        "The source asked us to slow down again and again (status %(status)s). The figures in use stay."
    ),
    "asked_to_wait": gettext_noop(
        "The source asked us to wait %(seconds)s seconds, longer than a run waits. The figures in use stay."
    ),
    "calls_used_up": gettext_noop(
        "The %(calls)s calls that may be made in a day are used up. The next run goes on where this one stopped."
    ),
    "quota_gone": gettext_noop("The source says that the calls of the day are used up. The figures in use stay."),
    "not_json": gettext_noop("The source answered with something that is not its usual format."),
    "no_data_list": gettext_noop("The source's answer holds no list of data."),
    "no_count": gettext_noop("The source did not say how many rows there are."),
    "count_differs": gettext_noop("The source said %(told)s rows and sent %(came)s. Nothing of it was kept."),
    "two_totals": gettext_noop("The source sent two different totals for %(hs)s, %(year)s. Nothing of it was kept."),
    "no_totals": gettext_noop("The source sent %(came)s rows and not one total that was asked for."),
    "cannot_split": gettext_noop(
        "An answer reached the limit of %(cap)s rows and could not be asked in smaller parts."
    ),
    "answer_at_cap": gettext_noop(
        "An answer reached the limit of %(cap)s rows; it was dropped and asked again in parts."
    ),
    "trying_again": gettext_noop("Try %(attempt)s gave nothing; trying again in %(seconds)s seconds."),
    "asking": gettext_noop("Asking for: %(step)s …"),
    "asked": gettext_noop("%(step)s: %(rows)s rows, %(left_out)s left out."),
    "without_key": gettext_noop(
        "Without a key little can be asked: world exports of %(years)s, and buyers and prices of the last of these years. "
        "Growth stands on these years alone. With COMTRADE_KEY eight years are fetched."
    ),
    "no_data": gettext_noop("%(step)s: the source has no data on record."),
    # the run
    "worker_lost": gettext_noop(
        "The run stopped unexpectedly, for example because the machine was restarted. Start it again."
    ),
    "already_running": gettext_noop("Another run of this source is under way."),
    "fault": gettext_noop("A fault in the portal stopped the run (%(kind)s). It is in the log of the portal."),
    "started": gettext_noop("The run began."),
    "published": gettext_noop("The figures of %(vintage)s are now in use."),
    "unchanged": gettext_noop("The input is the same as that of %(vintage)s, which is in use. Nothing was changed."),
    "indicators_built": gettext_noop("%(count)s indicators were computed."),
    "read_file": gettext_noop("%(name)s: %(rows)s rows."),
    # the checks before figures are used
    "nothing_came": gettext_noop("No usable row came. The figures in use stay."),
    "nothing_of_pakistan": gettext_noop(
        "%(rows)s rows were read, and not one of them is about Pakistan's exports. The figures in use stay."
    ),
    "beyond_bounds": gettext_noop(
        "%(what)s in %(year)s: %(value)s. What is known from elsewhere lies between %(low)s and %(high)s."
    ),
    "exporters_missing": gettext_noop("These large exporters are missing in every year: %(countries)s."),
    "heading_jumped": gettext_noop(
        "World exports of heading %(hs)s in %(year)s came to %(percent)s %% of what was known before."
    ),
    "changed": gettext_noop("%(what)s in %(year)s came to %(percent)s %% of the figures in use."),
    "indicators_fell": gettext_noop("Only %(now)s indicators have a value; of the figures in use %(before)s have one."),
    "newer_came": gettext_noop("Newer figures of the same source came before anybody had looked at these."),
    "waits_already": gettext_noop("The same figures wait already for a second person's look. Nothing was changed."),
    "refused_by_person": gettext_noop("Refused after a look: %(reason)s"),
    "would_replace": gettext_noop("%(rows)s figures would replace %(replaced)s of those in use."),
    "demand_jumped": gettext_noop(
        "Searches came to %(percent)s %% of the latest in use, in the middle of all products and markets."
    ),
    "partners_differ": gettext_noop(
        "For %(year)s the partners add up to %(percent)s %% of the world total. The figures in use stay."
    ),
    "years_lost": gettext_noop("These years are missing: %(years)s. The figures in use have them and stay."),
    "twice": gettext_noop("%(count)s cells came twice. The figures in use stay."),
    "too_many_refused": gettext_noop("%(refused)s of %(read)s rows could not be used. The figures in use stay."),
    # files and their rows
    "edition_unknown": gettext_noop(
        "The name of %(name)s does not say in which HS edition it is (HS17, for example). Say it with --edition."
    ),
    "editions_mixed": gettext_noop("The files are in different HS editions: %(editions)s. Load one edition at a time."),
    "columns_missing": gettext_noop("These columns are missing: %(columns)s."),
    "columns_twice": gettext_noop("This column stands twice in the first line: %(column)s."),
    "columns_extra": gettext_noop("These columns are not known and were not read: %(columns)s."),
    "too_large": gettext_noop("The file is larger than %(limit_mb)s MB."),
    "too_many_rows": gettext_noop("The file has more than %(limit)s rows."),
    "line_too_long": gettext_noop("Line %(line)s is too long."),
    "empty": gettext_noop("The file is empty."),
    "a_workbook": gettext_noop("This is a workbook or a document. Save the sheet as CSV and upload that."),
    "has_nul": gettext_noop("The file holds bytes that are no text."),
    "not_text": gettext_noop("The file is no text in a known alphabet. Save it as CSV UTF-8."),
    "bad_gzip": gettext_noop("The packed file %(name)s is cut off or damaged. The figures in use stay."),
    "bad_quotes": gettext_noop("From line %(line)s on, the quotation marks do not match."),
    "cells_differ": gettext_noop("The row has %(came)s cells; the first line has %(told)s."),
    "formula": gettext_noop("The cell begins like a formula. Use plain values."),
    "not_a_number": gettext_noop("This is not a plain number."),
    "comma_in_number": gettext_noop(
        "A comma may be a decimal point here. Write the number without commas, such as 12.5."
    ),
    "not_whole": gettext_noop("This must be a whole number."),
    "negative": gettext_noop("This cannot be less than zero."),
    "too_big": gettext_noop("This number is too large to be true."),
    "not_a_code": gettext_noop("This is not a code of digits."),
    "not_a_year": gettext_noop("This is not a year."),
    "not_hs6": gettext_noop("An HS code has six digits."),
    "lost_zero": gettext_noop("An HS code has six digits; a spreadsheet may have dropped the zero of %(guess)s."),
    "no_such_chapter": gettext_noop("There is no HS chapter %(chapter)s."),
    "no_such_code": gettext_noop("There is no such code in %(edition)s."),
    "own_country": gettext_noop("Pakistan is not a market abroad. Leave its own buyers out."),
    "not_a_market": gettext_noop("This is not a three-letter country code such as DEU."),
    "not_a_month": gettext_noop("This is not a month such as 2026-09."),
    "spreadsheet_date": gettext_noop(
        "A spreadsheet made a day of this month. Set the column to text and write the month as 2026-09."
    ),
    "a_day": gettext_noop("This is a day. Give totals of whole months, such as 2026-09."),
    "month_not_over": gettext_noop("This month is not over yet."),
    "prices_crossed": gettext_noop("The lower price is above the higher one."),
    "row_says_nothing": gettext_noop("The row holds no figure at all."),
    "row_twice": gettext_noop("Product, market and month are the same as in line %(first)s."),
    "replaces_real": gettext_noop("Figures of the platform are in use; simulated ones never replace them."),
}


def missing_text(code: str) -> str:
    """The sentence for a reason, in English: frozen into scores, translated where it is shown."""
    return MISSING_TEXTS.get(code, code)


def log_text(code: str, data: Mapping[str, object]) -> str:
    """The sentence for a line of a log, in the reader's language; the code itself where it is not known any more."""
    text = LOG_TEXTS.get(code)
    if text is None:
        return code
    try:
        return gettext(text) % ({**data, "what": MEASURES[str(data["what"])]} if data.get("what") in MEASURES else data)
    except (KeyError, ValueError, TypeError):
        return gettext(text)
