"""How fast the seats of a round are filled with the proven best set.

Run by `make bench BENCH=compose ROWS=1000000`. Made firms: eight provinces, fourteen sectors, 152 districts, 120 partners,
women-led, new exporters and a track, points as readers give them; firms of small provinces, women-led ones and new exporters
have somewhat fewer, so that the floors bind. One seat for 200 firms, at most 5,000; 22 rules of every kind with 306 limits: floors
and caps by all seven attributes, any one sector, partner and district capped, one soft. With a budget, a seat costs what its district and
its mode (full, half, by distance) make it; the budget lies a tenth below what the best set without one costs.

seconds, seconds_budget: from the columns in memory to the answer with its certificate, its tie rule applied and equal sets
counted, once each without and with the budget. seconds_check, seconds_check_budget: `compose_proof` on them. gap, gap_budget:
hundredths of a point not proven; 0 is proven. peak_mb: the most memory of the process during the call with a budget beyond
what it had before, with all that HiGHS takes; null where the system does not tell (it is read from /proc).
"""

import gc
import time
from pathlib import Path

import numpy as np

from selection.engine.compose import Composition, Labelled, Pool, Rule, compose
from selection.engine.compose_proof import check_certificate

SEED = 20_261_129
PROVINCES = [0.5, 0.24, 0.12, 0.04, 0.03, 0.02, 0.03, 0.02]
SECTORS = [0.3, 0.15, 0.1, 0.08, 0.07, 0.06, 0.05, 0.05, 0.04, 0.03, 0.03, 0.02, 0.01, 0.01]
DISTRICTS, PARTNERS = 19, 120  # districts a province
MODES = np.array([100, 60, 25])  # per cent of what a seat costs in the district


def made_pool(rows: int) -> Pool:
    """The firms, in no order."""
    random = np.random.default_rng(SEED)
    province = random.choice(len(PROVINCES), rows, p=PROVINCES)
    sector = random.choice(len(SECTORS), rows, p=SECTORS)
    women_led, new_exporter = random.random(rows) < 0.18, random.random(rows) < 0.12
    partner = np.where(random.random(rows) < 0.4, random.integers(1, PARTNERS + 1, rows), 0)
    district = random.integers(0, DISTRICTS, rows) + province * DISTRICTS
    points = random.normal(55, 13, rows) - 4.0 * (province == 3) - 3.0 * women_led - 5.0 * new_exporter
    points = np.rint(np.clip(points + 2.0 * (sector == 0), 0, 100) * 100).astype(np.int64)
    ranks = np.empty(rows, dtype=np.int64)
    ranks[np.lexsort((random.permutation(rows), -points))] = np.arange(rows)
    seat = random.integers(180, 620, len(PROVINCES) * DISTRICTS) * 1000
    costs = seat[district] * MODES[random.integers(0, len(MODES), rows)] // 100
    groups = {
        "province": labelled(province, "province"),
        "sector": labelled(sector, "sector"),
        "women_led": Labelled(women_led.astype(np.int32), ("no", "yes")),
        "new_exporter": Labelled(new_exporter.astype(np.int32), ("no", "yes")),
        "track": labelled(random.choice(2, rows, p=[0.8, 0.2]), "track"),
        "partner": Labelled(partner.astype(np.int32), ("", *(f"partner {n}" for n in range(1, PARTNERS + 1)))),
        "district": labelled(district, "district"),
    }
    return Pool(np.arange(rows) + 1000, points, ranks, groups, costs)


def labelled(codes: np.ndarray, name: str) -> Labelled:
    return Labelled(codes.astype(np.int32), tuple(f"{name} {n}" for n in range(int(codes.max(initial=0)) + 1)))


def quotas(seats: int) -> list[Rule]:
    """The rules, most as shares of the seats in tenths of a per cent."""

    def rule(attribute: str, value: int | str, per_mille: int, *, is_floor: bool = True) -> Rule:
        name = value if isinstance(value, str) else f"{attribute} {value}"
        kind = "min" if is_floor else "max"
        return Rule(f"{attribute}:{value}:{kind}", attribute, (name,), is_floor=is_floor, per_mille=per_mille)

    return [
        rule("province", 0, 450, is_floor=False),
        *(rule("province", n, share) for n, share in enumerate([200, 120, 50, 40, 30, 30, 20], start=1)),
        rule("sector", 0, 250, is_floor=False),
        rule("sector", 1, 120, is_floor=False),
        *(rule("sector", n, share) for n, share in enumerate([35, 35, 25, 20, 20], start=9)),
        rule("women_led", "yes", 300),
        rule("new_exporter", "yes", 150),
        rule("track", 1, 220),
        Rule("sector:any:max", "sector", (), is_floor=False, per_mille=290),
        Rule("partner:any:max", "partner", (), is_floor=False, number=max(2, seats * 6 // 1000)),
        Rule("district:any:max", "district", (), is_floor=False, number=max(2, seats * 15 // 1000)),
        Rule("soft", "sector", ("sector 3", "sector 4"), is_floor=True, per_mille=180, weight=150),
    ]


def memory_mb(name: str) -> float | None:
    """VmRSS (now) or VmHWM (the most since it was last reset) of this process."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":")), None)


def timed(pool: Pool, seats: int, rules: list[Rule], budget: int | None) -> tuple[float, Composition, float]:
    """Seconds, the answer, and the seconds of its check."""
    gc.collect()
    start = time.perf_counter()
    answer = compose(pool, seats=seats, rules=rules, budget=budget)
    took = time.perf_counter() - start
    if not isinstance(answer, Composition):
        raise SystemExit(f"These rules clash for so few firms: {answer.rules}")
    start = time.perf_counter()
    faults = check_certificate(pool, seats, rules, budget, ((), ()), answer)
    if faults:
        raise SystemExit(f"The certificate is refused: {faults}")
    return took, answer, time.perf_counter() - start


def main(rows: int = 1_000_000) -> dict[str, object]:
    """The figures without and with a budget."""
    seats = max(40, min(5000, rows // 200))
    pool, rules = made_pool(rows), quotas(seats)
    timed(made_pool(2000), 40, rules[:1], None)  # HiGHS is loaded once a process
    seconds, answer, seconds_check = timed(pool, seats, rules, None)
    budget = int(pool.costs[np.isin(pool.ids, answer.chosen)].sum()) * 9 // 10
    gc.collect()
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")  # the most memory is counted from here on
    before = memory_mb("VmRSS")
    seconds_budget, dear, seconds_check_budget = timed(pool, seats, rules, budget)
    peak = memory_mb("VmHWM")
    return {
        "seats": seats,
        "rules": len(rules),
        "seconds": round(seconds, 2),
        "seconds_budget": round(seconds_budget, 2),
        "seconds_check": round(seconds_check, 2),
        "seconds_check_budget": round(seconds_check_budget, 2),
        "gap": answer.gap,
        "gap_budget": dear.gap,
        "points": answer.points,
        "points_budget": dear.points,
        "equal_sets": answer.equal_sets,
        "equal_sets_budget": dear.equal_sets,
        "proof_steps_budget": len(dear.certificate["proof"]),
        "peak_mb": None if before is None or peak is None else round(peak - before, 1),
    }
