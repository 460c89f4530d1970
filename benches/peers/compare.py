"""NegMAS and jawjaw over the same alternating-offers negotiations: same deals, CPU time of each.

Run it by `benches/peers/run.sh`, which installs NegMAS and builds our side.
"""

import argparse
import datetime
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import domains

warnings.filterwarnings("ignore")

import negmas  # noqa: E402
from negmas.inout import Scenario  # noqa: E402
from negmas.sao import (  # noqa: E402
    BoulwareTBNegotiator,
    ConcederTBNegotiator,
    LinearTBNegotiator,
    SAOMechanism,
)

KINDS = {
    "boulware": BoulwareTBNegotiator,
    "linear": LinearTBNegotiator,
    "conceder": ConcederTBNegotiator,
}
STRATEGIES = {
    2: ["boulware", "conceder"],
    4: ["boulware", "linear", "conceder", "boulware"],
}
# NegMAS sends any of the outcomes whose utilities are this near, as a share of the range.
NEAR = 1e-6


class Ours:
    """Our program, ordered about by lines of text."""

    def __init__(self, program):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program], stdin=pipe, stdout=pipe, text=True)
        # The CPU clock of another process, as Linux numbers them: the same clock as process_time.
        self.clock = (~self.process.pid << 3) | 2

    def order(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            sys.exit(f"our side stopped at: {line}")
        return answer

    def cpu(self):
        return time.clock_gettime(self.clock)


def negotiate(scenario, rounds, strategies):
    """One negotiation by NegMAS, as its own documentation sets one up."""
    mechanism = SAOMechanism(outcome_space=scenario.outcome_space, n_steps=rounds)
    for kind, ufun in zip(strategies, scenario.ufuns):
        mechanism.add(KINDS[kind](), ufun=ufun)
    mechanism.run()
    return mechanism


def number(outcome):
    """The number of an outcome, the last issue running fastest."""
    total = 0
    for value in outcome:
        total = total * domains.VALUES + int(value[1:])
    return total


def same(ours, home, name, rounds, strategies):
    """Plays one negotiation on both sides; returns what differs, nothing if all is the same."""
    scenario = Scenario.load(home / name)
    mechanism = negotiate(scenario, rounds, strategies)
    theirs = [number(offer) for _, _, offer in mechanism.extended_trace]
    deal, begun, offers = (ours.order(f"play {name} {rounds} {','.join(strategies)}") + " ").split(" ")[:3]
    mine = [int(offer) for offer in offers.split(",")]
    agreed = None if deal == "-" else int(deal)
    expected = None if mechanism.agreement is None else number(mechanism.agreement)
    if (agreed, int(begun)) == (expected, mechanism.state.step) and mine == theirs:
        return None, agreed, int(begun), len(mine)
    first = next((i for i, (a, b) in enumerate(zip(mine, theirs)) if a != b), min(len(mine), len(theirs)))
    reason = f"offer {first} differs"
    if first < min(len(mine), len(theirs)):
        outcomes = [levels(o) for o in (mine[first], theirs[first])]
        gaps = [abs(float(u(outcomes[0])) - float(u(outcomes[1]))) for u in scenario.ufuns]
        if min(gaps) < NEAR:
            reason += f": NegMAS takes any of utilities within {NEAR:g}, these are {min(gaps):.1e} apart"
    reason += f"; deal {agreed} in round {begun} here, {expected} in round {mechanism.state.step} there"
    return reason, agreed, int(begun), len(mine)


def levels(outcome):
    values = []
    for _ in range(domains.ISSUES):
        values.append(f"v{outcome % domains.VALUES}")
        outcome //= domains.VALUES
    return tuple(reversed(values))


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def quartiles(values):
    return statistics.quantiles(values, n=4, method="inclusive")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("home", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--domains", type=int, default=16)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    home = arguments.home
    written = domains.write(home, arguments.domains)
    ours = Ours(arguments.program)
    for names in written.values():
        for name in names:
            ours.order(f"load {name} {home / name}")
    cases = [(p, r, possible) for p in (2, 4) for r in (100, 1000) for possible in (True, False)]
    rows, different = [], []
    for parties, rounds, possible in cases:
        strategies = STRATEGIES[parties]
        names = written[parties, possible]
        checked = [same(ours, home, name, rounds, strategies) for name in names]
        different += [f"{name}, {rounds} rounds: {c[0]}" for name, c in zip(names, checked) if c[0]]
        deals = sum(c[1] is not None for c in checked)
        theirs, mine, ratios = [], [], []
        # As often as takes about as long as one of theirs, so that both meet the same weather.
        times, order = 1, f"{rounds} {','.join(strategies)}"
        for repetition in range(arguments.repetitions + 1):
            for name in names:
                scenario = Scenario.load(home / name)
                gc.collect()
                start = time.process_time()
                negotiate(scenario, rounds, strategies)
                one = time.process_time() - start
                start = ours.cpu()
                # All domains in turn, so that no branch is learnt by heart.
                ours.order(f"time {times} {order} {' '.join(names)}")
                each = (ours.cpu() - start) / (times * len(names))
                if repetition == 0:
                    times = max(1, round(one / each / len(names)))
                    continue
                theirs.append(one)
                mine.append(each)
                ratios.append(one / each)
        low, middle, high = quartiles(ratios)
        row = {
            "parties": parties,
            "rounds": rounds,
            "possible": possible,
            "domains": len(names),
            "deals": deals,
            "the same": sum(c[0] is None for c in checked),
            "offers compared": sum(c[3] for c in checked),
            "mean round of the end": statistics.mean(c[2] for c in checked),
            "negmas ms": 1e3 * statistics.median(theirs),
            "jawjaw us": 1e6 * statistics.median(mine),
            "ratio": middle,
            "ratio quartiles": [low, high],
            "ratio of medians": statistics.median(theirs) / statistics.median(mine),
        }
        rows.append(row)
        print(json.dumps(row), file=sys.stderr, flush=True)
    versions = {
        "date": datetime.date.today().isoformat(),
        "negmas": negmas.__version__,
        "python": platform.python_version(),
        "rustc": subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "pinned to": sorted(os.sched_getaffinity(0)),
        "load average": [round(load, 1) for load in os.getloadavg()],
        "repetitions": arguments.repetitions,
    }
    text = page(rows, different, versions)
    arguments.results.with_suffix(".json").write_text(
        json.dumps({"machine": versions, "cases": rows, "different": different}, indent=2) + "\n"
    )
    arguments.results.write_text(text)
    print(text)
    return 1 if any("takes any of" not in line for line in different) else 0


def page(rows, different, versions):
    lines = [
        "# Measured",
        "",
        "Written by `benches/peers/run.sh`. CPU time of one negotiation, tables included; the ratio is the",
        "median of the pairs measured one after the other, with its quartiles.",
        "",
        "| Parties | Rounds | A package for all | Deals | The same offers and deal | NegMAS, ms | jawjaw, us | Ratio | Quartiles |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        low, high = row["ratio quartiles"]
        lines.append(
            f"| {row['parties']} | {row['rounds']:,} | {'yes' if row['possible'] else 'none'} "
            f"| {row['deals']} of {row['domains']} | {row['the same']} of {row['domains']} "
            f"| {row['negmas ms']:.1f} | {row['jawjaw us']:.1f} "
            f"| {row['ratio']:,.0f} | {low:,.0f} to {high:,.0f} |"
        )
    lines += ["", f"{sum(row['offers compared'] for row in rows):,} offers were compared one by one."]
    lines += [f"Different: {line}." for line in different]
    lines += ["", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in versions.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
