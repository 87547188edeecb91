"""Who reaches which address with which method for whose object. All addresses come from the URL table, what is right from RULES.

Reached means: not led to sign in, not refused (401, 403) and not "not found". Whoever does not reach an address changes nothing there.
"""

from __future__ import annotations

import random
import re
from http import HTTPStatus

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path

from tdap_portal import urls as portal
from tests.web.addresses import Address, all_addresses
from tests.web.matrix_world import MatrixWorld

pytestmark = pytest.mark.django_db
SEED = 2026
METHODS = ("get", "post", "head", "put", "patch", "delete", "options")
SHARES = {"get": 0.4, "post": 0.25}  # of the cells of a method that are tried; the seed decides which
SHARE_OF_OTHERS, SHARE_OF_ADMIN = 0.05, 0.05
WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')

FIRM = "owner preparer finance_member"
WRITERS = "owner preparer"
OFFICERS = "officer reader tied_officer"
FREE_OFFICERS = "officer reader"
DIRECTORS = "director tied_director"
DESK = f"{OFFICERS} {DIRECTORS}"
OFFICIALS = f"{DESK} programme finance administrator"
PARTNERS = "platform chamber bank province"
SIGNED_IN = f"{OFFICIALS} {PARTNERS} {FIRM} stranger newcomer"
EVERYBODY = f"{SIGNED_IN} visitor key writing_key"
API = f"{SIGNED_IN} key writing_key"
LOADERS = f"{DIRECTORS} administrator"
HANDERS_IN = f"{LOADERS} platform"
NOBODY = ""  # takes the method, but the row that it wants is not there

# address: (who reaches it by GET, by POST). None: the method is not taken. Of a foreign firm, `stranger` stands for its own people.
RULES: dict[str, tuple[str | None, str | None]] = {
    **dict.fromkeys(
        ("home", "rounds", "round", "results", "results_csv", "accessibility", "privacy", "alive", "style", "smes:check",
         "smes:hs_browse", "smes:hs_search", "trade:sectors", "trade:sector", "api-schema", "api-docs"),
        (EVERYBODY, None),
    ),
    **dict.fromkeys(("smes:keep_check", "set_language"), (None, EVERYBODY)),
    "smes:firms": (SIGNED_IN, SIGNED_IN),
    "smes:register": (SIGNED_IN, SIGNED_IN),
    "smes:profile": (f"{FIRM} {DESK} programme finance", f"{FIRM} {DESK} programme finance"),
    "smes:step": (WRITERS, WRITERS),
    "smes:papers": (f"{FIRM} {DESK} finance", FIRM),
    "smes:paper": (f"{FIRM} {DESK} finance", None),
    "smes:replace_paper": (FIRM, FIRM),
    "smes:people": (f"{FIRM} {DESK} programme finance", "owner"),
    "smes:role": (None, f"{FIRM} {DESK} programme finance"),  # led back to the page; only an owner's choice is taken
    "smes:remove_member": ("owner", "owner"),
    "smes:withdraw": (None, NOBODY),
    "smes:invitation": (EVERYBODY, "visitor key writing_key"),  # sent to another address than any of these people has
    "smes:duplicates": (DESK, DESK),
    "smes:duplicate": (DESK, DESK),
    "selection:officer_home": (OFFICERS, None),
    "selection:director_home": (DIRECTORS, None),
    "selection:programme_home": ("programme", None),
    "selection:finance_home": ("finance", None),
    "selection:administrator_home": ("administrator", None),
    "selection:partner_home": (PARTNERS, None),
    "selection:firm_home": (SIGNED_IN, None),
    "selection:apply": (SIGNED_IN, SIGNED_IN),  # without a firm it leads to one's own
    **dict.fromkeys(("selection:firm", "selection:file", "selection:submitted", "selection:picture", "selection:frozen"), (FIRM, None)),
    "selection:reopen": (FIRM, WRITERS),
    **dict.fromkeys(("selection:question", "selection:letters", "selection:withdraw"), (FIRM, FIRM)),
    "selection:receipt": (f"{FIRM} {DESK} programme", None),  # before the decision without points for the firm and the tied
    "selection:person": (LOADERS, None),
    **dict.fromkeys(
        ("selection:person_lock_out", "selection:person_return", "selection:person_roles"),
        ("administrator", "administrator"),
    ),
    "selection:person_hand_over": (LOADERS, LOADERS),
    "selection:nobody": (LOADERS, LOADERS),
    "selection:desk": (DESK, None),
    "selection:desk_view_save": (DESK, DESK),
    "selection:desk_view_forget": (None, NOBODY),
    "selection:desk_file": (DESK, None),
    **dict.fromkeys(  # the empty form comes back to whoever sees the file; that it acts for few, the tests of the acts hold
        ("selection:desk_read", "selection:desk_recommend", "selection:desk_return", "selection:desk_decide",
         "selection:desk_conflict", "selection:desk_write", "selection:desk_refuse_paper"),
        (None, DESK),
    ),
    "selection:desk_assign": (f"{FREE_OFFICERS} director", f"{FREE_OFFICERS} director"),
    "selection:desk_ask": (FREE_OFFICERS, FREE_OFFICERS),
    "selection:desk_cancel_question": (None, NOBODY),
    "selection:desk_verify_paper": (None, NOBODY),
    "selection:desk_bulk": (DESK, DESK),
    "selection:desk_bulk_confirm": (None, DESK),
    "selection:desk_bulk_act": ("director tied_director", None),
    "selection:rescoring": (DIRECTORS, None),
    "selection:round_rescore": (DIRECTORS, DIRECTORS),
    "selection:rounds": (DESK, None),
    **dict.fromkeys(("selection:round_new", "selection:round_edit", "selection:round_act", "selection:round_closing"), (DIRECTORS, DIRECTORS)),
    "trade:runs": (f"{OFFICIALS} platform", None),
    "trade:pull": (None, LOADERS),
    "trade:run": (f"{OFFICIALS} platform", None),
    "trade:confirm": (None, HANDERS_IN),
    "trade:drop": (None, HANDERS_IN),
    "trade:platform": (HANDERS_IN, HANDERS_IN),
    "trade:platform_template": (HANDERS_IN, None),
    "notifications:inbox": (SIGNED_IN, None),
    "notifications:read_all": (None, SIGNED_IN),
    "notifications:settings": (SIGNED_IN, SIGNED_IN),
    "notifications:sent": ("administrator", None),
    "notifications:again": (None, NOBODY),
    "notifications:message": ("owner", None),
    "health": (OFFICIALS, None),
    **dict.fromkeys(("api:rounds", "api:sectors", "api:indicators", "api:sector_indicators", "api:applications"), (API, None)),
    "api:application": (FIRM, None),
    "api:desk_files": (f"{DESK} key writing_key", None),
    "api:desk_file": (f"{DESK} key writing_key", None),
    "api:desk_recommend": (None, f"{DESK} writing_key"),
    "api:desk_decide": (None, f"{DESK} writing_key"),
    "": (NOBODY, NOBODY),  # what the API does not know
    "roles:ask": (SIGNED_IN, SIGNED_IN),
    "roles:withdraw": ("newcomer", "newcomer"),  # who asked
    "roles:waiting": (LOADERS, None),
    "roles:request": (LOADERS, None),
    **dict.fromkeys(("roles:grant", "roles:refuse"), (None, LOADERS)),
}  # fmt: skip
# Addresses of Django and allauth, by how their names begin: (who reaches them, whom we ask nothing of because they decide themselves).
BORROWED = {"admin:": "administrator", "mfa_": SIGNED_IN, "account_": SIGNED_IN}
OPEN_TO_VISITORS = {
    "account_signup", "account_login", "account_logout", "account_inactive", "account_reset_password", "account_new_code",
    "account_complete_password_reset", "account_password_reset_completed", "account_request_login_code",
    "account_email_verification_sent", "mfa_login_webauthn", "admin:logout",
    "account_confirm_login_code", "account_verify_phone", "account_confirm_password_reset_code", "mfa_authenticate",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(module_db, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("vault")
        patch.setattr("django.conf.settings.VAULT_ROOT", folder)
        made = MatrixWorld()
    made.vault = folder
    return made


@pytest.fixture(autouse=True)
def _vault(settings, request):
    if "world" in request.fixturenames:  # each test gets an empty vault otherwise
        settings.VAULT_ROOT = request.getfixturevalue("world").vault


def objects_of(address: Address) -> tuple[str, ...]:
    if not address.params:
        return ("own",)
    if address.route.startswith(("file/", "desk/<", "api/v1/app", "api/v1/desk")):
        return ("own", "decided", "foreign", "missing")
    return ("own", "foreign", "missing") if address.route.startswith("firm/") else ("own", "missing")


def cells(addresses: list[Address], roles: list[str]) -> list[tuple[Address, str, str, str]]:
    """Address, object, method, role: the share that the seed draws."""
    drawn = random.Random(SEED)
    return [
        (address, thing, method, role)
        for address in addresses
        for thing in objects_of(address)
        for method in METHODS
        for role in roles
        if drawn.random()
        < (SHARE_OF_ADMIN if address.name.startswith("admin:") else 1) * SHARES.get(method, SHARE_OF_OTHERS)
    ]


def ask(world: MatrixWorld, place: str, method: str, role: str) -> tuple[HttpResponse, set[str]]:
    """The answer, and the tables that were written, all of it undone again."""
    client, written = world.clients[role], set()
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def note(execute, sql, params, many, context):
        if found := WRITTEN.match(sql):
            written.add(found[1])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(note):
        answer = getattr(client, method)(place)
        b"".join(answer)  # to its end, so that a file is closed
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)
    return answer, written - {"django_session"}


def reached(answer: HttpResponse) -> bool:
    return answer.status_code not in (401, 403, 404, 405) and not (
        answer.status_code == 302 and "/login/" in answer["Location"]
    )


def fault_of(answer: HttpResponse, written: set[str], cell: tuple[Address, str, str, str]) -> str:
    """What is wrong with the answer of a cell; "" for nothing."""
    address, thing, method, role = cell
    if answer.status_code >= 500 and address.name != "health":  # no worker runs here, and health says so
        return "a fault"
    if address.name not in RULES:
        return fault_of_borrowed(answer, written, address, role)
    get, post = RULES[address.name]
    rule = {"get": get, "head": get, "post": post}.get(method)
    if method not in ("get", "head", "post") or rule is None:
        if written:
            return "writes by a method it does not take"
        return "takes a method it should not" if method != "options" and answer.status_code < 300 else ""
    roles = rule.split()
    if thing == "foreign":
        roles = [one for one in roles if one not in FIRM.split()] + ["stranger"] * bool(set(roles) & set(FIRM.split()))
    allowed = thing != "missing" and role.replace(" ", "_") in roles
    is_only_read_and_posted = method == "head" and answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    if allowed != reached(answer) and not is_only_read_and_posted:
        return "reached" if reached(answer) else "not reached"
    return "writes although it turns away" if written - {"selection_savedview"} and not allowed else ""


def fault_of_borrowed(answer: HttpResponse, written: set[str], address: Address, role: str) -> str:
    """The same for an address of Django or allauth."""
    if not reached(answer):
        return "writes although it turns away" if written else ""
    roles = next(roles for start, roles in BORROWED.items() if address.name.startswith(start))
    is_open = role in roles.split() or address.name in OPEN_TO_VISITORS
    return "" if is_open else "reached"


def faults(world: MatrixWorld, addresses: list[Address]) -> tuple[int, list[str]]:
    tried, found = cells(addresses, list(world.clients)), []
    for cell in tried:
        address, thing, method, role = cell
        if method != "get":
            cache.clear()  # no limit on how often
        answer, written = ask(world, address.path(world.values(address, thing)), method, role)
        if fault := fault_of(answer, written, cell):
            found.append(
                f"{method.upper()} {address.name or address.route} ({thing}) by {role}: {answer.status_code} {fault}"
            )
    return len(tried), found


def test_every_address_has_a_rule_and_every_rule_an_address():
    names = {address.name for address in all_addresses()}
    without = {name for name in names - set(RULES) if not name.startswith(tuple(BORROWED))}
    assert without == set(), "add who may GET and POST them to RULES in tests/web/test_matrix.py"
    assert set(RULES) - names == set(), "these addresses are gone: take their lines out of RULES"
    assert OPEN_TO_VISITORS - names == set(), "these addresses are gone: take them out of OPEN_TO_VISITORS"


def test_everybody_reaches_what_the_rules_say_and_nothing_else(world):
    count, found = faults(world, all_addresses())
    print(f"\ncells {count:,}")
    assert not found, "\n" + "\n".join(found)


def unguarded(request, public_id):
    """A page whose author forgot to ask who it is for."""
    return HttpResponse(public_id)


urlpatterns = [path("desk/<id12:public_id>/unguarded/", unguarded, name="unguarded"), *portal.urlpatterns]


@pytest.mark.urls("tests.web.test_matrix")
def test_a_view_that_asks_nobody_is_noticed(world, monkeypatch):
    monkeypatch.setitem(RULES, "unguarded", (DESK, None))
    monkeypatch.setitem(SHARES, "get", 1)
    _count, found = faults(world, [address for address in all_addresses() if address.name == "unguarded"])
    wanted = {
        f"GET unguarded ({thing}) by {role}: 200 reached"
        for thing, role in (("own", "visitor"), ("missing", "officer"))
    }
    assert wanted <= set(found)


@pytest.mark.urls("tests.web.test_matrix")
def test_an_address_without_a_rule_is_noticed():
    with pytest.raises(AssertionError, match="add who may GET and POST"):
        test_every_address_has_a_rule_and_every_rule_an_address()
