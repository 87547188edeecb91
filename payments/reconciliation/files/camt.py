"""CAMT.053 by lxml: entries, the payments inside them, and balances that must add up. Pure.

The direction of an entry is its CdtDbtInd; RvslInd says only that it takes an earlier one back and turns nothing round.
Because banks differ, the closing balance decides.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from .amounts import BadAmount, read_amount
from .statement import MAX_TEXT, BadFile, BankRow, Format, Statement, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_PROVIDED: Final = {"NOTPROVIDED", "NOTPROVIDED.", "NONE", ""}
OPENINGS: Final = ("OPBD", "PRCD", "OPAV")
CLOSINGS: Final = ("CLBD", "CLAV")
NAMESPACE: Final = re.compile(r"camt\.(\d{3})\.")
OTHERS: Final = {"052": "camt_052", "054": "camt_054"}


def is_camt(text: str) -> bool:
    return text.lstrip("\ufeff \n\r\t").startswith("<") and "<" in text


def read_camt(text: str, *, encoding: str = "") -> Statement:
    """Raises BadFile: "entities" before anything is parsed, "camt_052" and "camt_054" for other messages, "closing" and
    "reversal" where entries and balances do not agree."""
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise BadFile("entities")
    plain = re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(plain.encode(), parser)
    except etree.XMLSyntaxError:
        raise BadFile("xml") from None
    said = NAMESPACE.search(etree.QName(tree).namespace or "")
    if said is None or said[1] != "053":
        raise BadFile(OTHERS.get(said[1] if said else "", "not_camt"))
    read = [_statement(each, encoding) for each in tree.findall("./{*}BkToCstmrStmt/{*}Stmt")]
    if not read:
        raise BadFile("no_lines")
    whole = joined(read)
    if not whole.rows:
        raise BadFile("no_lines")
    return whole


def _statement(stmt: Any, encoding: str) -> Statement:
    currency = _text(stmt, "Acct/Ccy")
    opening, first_on = _balance(stmt, OPENINGS)
    closing, last_on = _balance(stmt, CLOSINGS)
    if opening is None or closing is None:
        raise BadFile("no_balances")
    rows: list[BankRow] = []
    sums: list[tuple[int, int, bool]] = []
    pending = 0
    for number, entry in enumerate(stmt.findall("./{*}Ntry"), 1):
        if _text(entry, "Sts") in {"PDNG", "INFO"} or _text(entry, "Sts/Cd") in {"PDNG", "INFO"}:
            pending += 1
            continue
        amount, is_return = _signed(entry, number), _text(entry, "RvslInd") in {"true", "1"}
        currency = currency or _currency(entry)
        if _currency(entry) != currency:
            raise BadFile("two_currencies")
        sums.append((number, amount, is_return))
        rows += _rows(entry, number, amount, is_return=is_return)
    _require_sum(opening, closing, sums)
    return Statement(
        Format.CAMT,
        tuple(rows),
        account=_text(stmt, "Acct/Id/IBAN") or _text(stmt, "Acct/Id/Othr/Id"),
        currency=currency,
        opening=opening,
        closing=closing,
        first_on=min([day for day in (first_on, *(row.booked_on for row in rows)) if day], default=None),
        last_on=last_on,
        sequence=_text(stmt, "ElctrncSeqNb") or _text(stmt, "Id"),
        pending=pending,
        encoding=encoding,
    )


def _require_sum(opening: int, closing: int, sums: list[tuple[int, int, bool]]) -> None:
    given = opening + sum(amount for _number, amount, _is_return in sums)
    if given == closing:
        return
    for number, amount, is_return in sums:
        if is_return and given - 2 * amount == closing:
            raise BadFile("reversal", entry=number, as_said=amount, turned=-amount, given=given, said=closing)
    raise BadFile("closing", given=given, said=closing)


def _rows(entry: Any, number: int, amount: int, *, is_return: bool) -> Iterator[BankRow]:
    booked_on = _day(entry, "BookgDt", number)
    value_on = _day(entry, "ValDt", number, missing=booked_on)
    note = _text(entry, "AddtlNtryInf")
    own = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    parts = entry.findall("./{*}NtryDtls/{*}TxDtls")
    if len(parts) <= 1:
        detail = parts[0] if parts else entry
        yield _row(detail, (number, booked_on, value_on), amount, note, own, is_return=is_return)
        return
    amounts = [_part(part, number) for part in parts]
    sign = 1 if amount > 0 else -1
    if None in amounts or sum(part or 0 for part in amounts) != abs(amount):
        given = sum(part or 0 for part in amounts)
        yield BankRow(
            number,
            booked_on,
            value_on,
            amount,
            note[:MAX_TEXT],
            is_return=is_return,
            parts=given,
            bank_reference=own[:60],
        )
        return
    for part, each in zip(parts, amounts, strict=True):
        yield _row(part, (number, booked_on, value_on), sign * (each or 0), "", own, is_return=is_return)


def _row(detail: Any, at: tuple[int, date, date], amount: int, note: str, own: str, *, is_return: bool) -> BankRow:
    """at: number of the entry, day of booking, value day. own: the bank's number of the entry; its parts may have theirs."""
    reference = _text(detail, "Refs/EndToEndId")
    words = [_text(detail, "RmtInf/Ustrd"), _text(detail, "RmtInf/Strd/CdtrRefInf/Ref"), note]
    payer = "Dbtr" if (amount > 0) != is_return else "Cdtr"
    name = _text(detail, f"RltdPties/{payer}/Nm") or _text(detail, f"RltdPties/{payer}/Pty/Nm")
    return BankRow(
        *at,
        amount,
        " ".join(" ".join(filter(None, words)).split())[:MAX_TEXT],
        reference="" if reference.upper() in NOT_PROVIDED else reference[:80],
        name=name[:120],
        is_return=is_return,
        bank_reference=(_text(detail, "Refs/AcctSvcrRef") or own)[:60],
    )


def _signed(entry: Any, number: int) -> int:
    side = _text(entry, "CdtDbtInd")
    if side not in {"CRDT", "DBIT"}:
        raise BadFile("line", line=number, why="no_side", said="")
    amount = _paisa(_text(entry, "Amt"), number)
    return amount if side == "CRDT" else -amount


def _part(detail: Any, number: int) -> int | None:
    for path in ("AmtDtls/TxAmt/Amt", "Amt", "AmtDtls/InstdAmt/Amt"):
        if said := _text(detail, path):
            return _paisa(said, number)
    return None


def _paisa(text: str, number: int) -> int:
    if not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,5})?", text):
        raise BadFile("line", line=number, why="not_an_amount", said=text[:40])
    whole, _sign, rest = text.partition(".")
    if rest.strip("0") and len(rest.rstrip("0")) > 2:
        raise BadFile("line", line=number, why="three_places", said=text[:40])
    try:
        return read_amount(f"{whole}.{rest[:2].ljust(2, '0')}")
    except BadAmount as fault:
        raise BadFile("line", line=number, why=fault.fault.value, said=text[:40]) from None


def _balance(stmt: Any, codes: tuple[str, ...]) -> tuple[int | None, date | None]:
    """The first of these balances that is there, with its day."""
    there = {_text(each, "Tp/CdOrPrtry/Cd"): each for each in stmt.findall("./{*}Bal")}
    for code in codes:
        if (each := there.get(code)) is not None:
            return _signed(each, 0), _day(each, "Dt", 0)
    return None, None


def _day(node: Any, name: str, number: int, *, missing: date | None = None) -> date:
    said = _text(node, f"{name}/Dt") or _text(node, f"{name}/DtTm")[:10]
    if not said and missing is not None:
        return missing
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        raise BadFile("line", line=number, why="no_such_day" if said else "no_day", said=said[:20]) from None


def _currency(entry: Any) -> str:
    amount = entry.find("./{*}Amt")
    return "" if amount is None else amount.get("Ccy", "")


def _text(node: Any, path: str) -> str:
    found = node.find("./" + "/".join(f"{{*}}{step}" for step in path.split("/")))
    return (found.text or "").strip() if found is not None else ""
