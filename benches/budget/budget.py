#!/usr/bin/env python3
"""Where the time of a run goes: instructions, nanoseconds and bytes touched by stage.

Flows in: the guard's program (benches/guard), built with line tables, and a case of it. Flows out:
a Markdown table, by unit of the case: a run with its share of the draw, or a round.

Instructions are counted (valgrind --tool=callgrind), and those of them that compute with
floating-point numbers (objdump tells which); nanoseconds are sampled (perf record, if it is here),
bytes traced (valgrind --tool=lackey): the different cache lines of 64 bytes that a stage
reads or writes in a round. Every address of the program is given to the stage of the innermost of
its inlined functions that belongs to one (addr2line), so that inlining hides nothing.

    benches/budget/budget.py [--case baseline-runs] [--few 50] [--many 400] [--bytes]
"""

import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GUARD = os.path.join(HERE, "..", "guard")
TARGET = os.path.join(HERE, "..", "..", "target", "budget")

# The first that matches a frame, "function file", counts; files that only look things up are left
# to whoever asks them.
STAGES = [
    ("parameter draw", r"model/draw\.rs|scenario/quantity\.rs|parameter_uniform"),
    ("tables of the draw", r"simulate::prepare|tables::.*new|simulate::digest"),
    ("random streams", r"model/streams\.rs|chacha20|rand_core"),
    ("offers: lists", r"talks/(blocks|choice|links|staircase|merge|index)\.rs.*|Builder"),
    ("offers: search", r"talks/(offer|part|found)\.rs"),
    ("aspirations", r"talks/(strategy|rubinstein)\.rs"),
    ("offers and answers at the table", r"talks/(protocol|mod|consent)\.rs"),
    ("beliefs", r"engine/beliefs\.rs"),
    ("conditions", r"model/condition\.rs"),
    ("weighing moves", r"engine/(moves|options|acts)\.rs"),
    ("force and disagreement values", r"engine/worth\.rs"),
    ("state of the crisis", r"engine/world\.rs"),
    ("rounds, events, recording", r"engine/(simulate|record)\.rs"),
    ("exponentials and logarithms", r"src/math\.rs|libm"),
]
SEARCH = re.compile(r"Part::|Best::|preferred")
COPY = re.compile(r"mem(cpy|move|set|cmp)|malloc|free|_int_|calloc|realloc")
REST = "the rest"
# The steps of a round, as their symbols have them.
STEPS = ["$GT$10open_round", "$GT$5talks", "$GT$11close_round"]
# Rounds before the bytes are traced, and how many are.
WARM, TRACED = 200, 300


def stage_of(frames):
    """The stage of an address, from its inlined frames, innermost first: (function, file)."""
    if frames and COPY.search(frames[0][0]):
        return "copying and memory"
    for function, file in frames:
        if "talks/staircase.rs" in file and SEARCH.search(function):
            return "offers: search"
        for stage, pattern in STAGES:
            if re.search(pattern, f"{function} {file}"):
                return stage
    return REST


class Symbols:
    """Stages of the addresses of the program, looked up in one go."""

    def __init__(self, program):
        self.program = program
        self.known = {}

    def learn(self, addresses):
        new = [a for a in addresses if a not in self.known]
        if not new:
            return
        command = ["addr2line", "-a", "-f", "-i", "-C", "-e", self.program]
        text = "\n".join(hex(a) for a in new)
        lines = subprocess.run(command, input=text, capture_output=True, text=True).stdout
        frames, address = [], None
        lines = lines.split("\n")
        at = 0
        while at < len(lines):
            line = lines[at]
            if line.startswith("0x"):
                if address is not None:
                    self.known[address] = stage_of(frames)
                address, frames = int(line, 16), []
                at += 1
            elif at + 1 < len(lines) and line:
                frames.append((line, lines[at + 1]))
                at += 2
            else:
                at += 1
        if address is not None:
            self.known[address] = stage_of(frames)


def build():
    environment = dict(os.environ, CARGO_PROFILE_RELEASE_DEBUG="line-tables-only")
    version = subprocess.run(["rustc", "-vV"], capture_output=True, text=True).stdout
    host = re.search("host: (.*)", version)[1]
    # With a target named, the flags below are not those of procedural macros.
    command = ["cargo", "build", "--release", "--quiet", "--target-dir", TARGET, "--target", host]
    # Loaded where it was linked, so that addresses are those of the symbols.
    environment["RUSTFLAGS"] = "-C relocation-model=static"
    subprocess.run(command, cwd=GUARD, env=environment, check=True)
    return os.path.join(TARGET, host, "release", "jawjaw-guard")


def arithmetic(program):
    """Addresses of instructions that compute with floating-point numbers: sums, products, ratios,
    roots, comparisons and conversions, of one number or of several side by side."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], capture_output=True,
                          text=True).stdout
    computes = re.compile(r"^\s*([0-9a-f]+):\s+v?(?:(?:add|sub|mul|div|sqrt|min|max|cmp\w*|u?comi)[sp]d|cvt\w+)\b",
                          re.M)
    return {int(address, 16) for address in computes.findall(text)}


def units(program, case, amount):
    text = subprocess.run([program, "--units", case, str(amount)], capture_output=True, text=True)
    return int(text.stdout.split()[0])


def instructions(program, case, amount, scratch):
    """Instructions by address."""
    out = os.path.join(scratch, f"callgrind.{amount}")
    command = ["valgrind", "--tool=callgrind", "--dump-instr=yes", "--compress-pos=no",
               "--compress-strings=no", f"--callgrind-out-file={out}"]
    subprocess.run(command + [program, "--units", case, str(amount)], capture_output=True, check=True)
    counts, call, inside, named = collections.Counter(), False, "", {}
    for line in open(out):
        if line.startswith("fn="):
            inside = line[3:].strip()
        elif line.startswith("calls="):
            call = True
        elif line.startswith("0x"):
            if call:
                call = False
                continue
            address, _, count = line.split()[:3]
            counts[int(address, 16)] += int(count)
            named[int(address, 16)] = inside
    return counts, named


def nanoseconds(program, case, amount, scratch):
    """Samples by address and what one is worth; None without perf."""
    out = os.path.join(scratch, "perf.data")
    command = ["perf", "record", "-q", "-e", "cpu-clock:u", "-F", "10000", "-o", out]
    try:
        subprocess.run(command + [program, "--units", case, str(amount)], capture_output=True,
                       check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    text = subprocess.run(["perf", "script", "-i", out, "-F", "ip,sym"], capture_output=True,
                          text=True).stdout
    samples, named = collections.Counter(), {}
    for line in text.split("\n"):
        words = line.split(None, 1)
        if words:
            samples[int(words[0], 16)] += 1
            named[int(words[0], 16)] = words[1] if len(words) > 1 else ""
    return samples, named


def bytes_touched(program, case, amount, stage):
    """Bytes of the different cache lines that each stage touches in a round, mean of some rounds.

    Runs go through a round in three steps, many side by side, so that lines are told apart within a
    step of a run; a line that a stage touches in two steps counts twice."""
    symbols = subprocess.run(["nm", program], capture_output=True, text=True).stdout.split("\n")
    entry = {int(line.split()[0], 16): step for line in symbols for step in STEPS
             if "Run" in line and step in line}
    command = ["valgrind", "--tool=lackey", "--trace-mem=yes", "--log-fd=1", program, "--units",
               case, str(amount)]
    trace = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1 << 20)
    sums, touched, rounds, here = collections.Counter(), None, 0, REST
    stages = {}
    for line in trace.stdout:
        if line.startswith("I "):
            pc = int(line[3:].split(",")[0], 16)
            if pc in entry:
                rounds += entry[pc] == STEPS[0]
                if touched is not None:
                    sums.update({name: 64 * len(lines) for name, lines in touched.items()})
                if rounds > WARM + TRACED:
                    trace.kill()
                    break
                touched = collections.defaultdict(set) if rounds > WARM else None
            if touched is not None:
                if pc not in stages:
                    stages[pc] = stage(pc)
                here = stages[pc]
        elif touched is not None and line[1:2] in "LSM" and line[0] == " ":
            cache_line = int(line[3:].split(",")[0], 16) >> 6
            touched[here].add(cache_line)
            touched["**all**"].add(cache_line)
    trace.wait()
    return {name: count / TRACED for name, count in sums.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--case", default="baseline-runs")
    parser.add_argument("--few", type=int, default=1)
    parser.add_argument("--many", type=int, default=13)
    parser.add_argument("--bytes", action="store_true", help="trace the bytes too (minutes)")
    arguments = parser.parse_args()
    program = build()
    symbols = Symbols(program)
    with tempfile.TemporaryDirectory() as scratch:
        few, names = instructions(program, arguments.case, arguments.few, scratch)
        many, more = instructions(program, arguments.case, arguments.many, scratch)
        names.update(more)
        apart = units(program, arguments.case, arguments.many) - units(
            program, arguments.case, arguments.few)
        sampled = nanoseconds(program, arguments.case, arguments.many * 40, scratch)
        start = nanoseconds(program, arguments.case, 0, scratch)
    addresses = set(few) | set(many)
    if sampled:
        addresses |= set(sampled[0])
        names.update(sampled[1])
    symbols.learn([a for a in addresses if a < 1 << 32])

    def stage(address):
        found = symbols.known.get(address, REST)
        if found == REST and address in names:
            return stage_of([(names[address], "")])
        return found

    counted, timed, computed = (collections.Counter() for _ in range(3))
    computes = arithmetic(program)
    for address in set(few) | set(many):
        count = (many[address] - few[address]) / apart
        counted[stage(address)] += count
        if address in computes:
            computed[stage(address)] += count
    if sampled:
        played = units(program, arguments.case, arguments.many * 40)
        # A sample is 0.1 ms; those of reading the scenario are taken off.
        for counts, sign in ((sampled[0], 1), (start[0], -1)):
            for address, count in counts.items():
                timed[stage(address)] += sign * count * 1e5 / played
    touched = bytes_touched(program, arguments.case, arguments.many, stage) if arguments.bytes else {}
    print("| Stage | instructions | share | arithmetic | ns | KiB a round |")
    print("|---|---:|---:|---:|---:|---:|")
    computed["**all**"] = sum(computed.values())
    whole = sum(counted.values())
    for name, count in [*counted.most_common(), ("**all**", whole)]:
        time = sum(timed.values()) if name == "**all**" else timed[name]
        row = [name, f"{count:,.0f}", f"{100 * count / whole:.1f} %", f"{computed[name]:,.0f}",
               f"{time:,.0f}" if sampled else "", f"{touched[name] / 1024:.1f}" if name in touched else ""]
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    sys.exit(main())
