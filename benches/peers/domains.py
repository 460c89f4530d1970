"""Domains of 4,096 packages in NegMAS' own format, the same on every machine."""

import itertools
import random
from pathlib import Path

ISSUES, VALUES = 6, 4
# How far each party wants each issue to rise: two camps.
CAMPS = (1, -1, 1, -1)


def _party(rng, camp):
    """Weights between 1 and 3, scaled; values that rise or fall evenly, each a little off."""
    weights = [rng.uniform(1, 3) for _ in range(ISSUES)]
    total = sum(weights)
    values = []
    for _ in range(ISSUES):
        even = [level / (VALUES - 1) for level in range(VALUES)]
        if camp < 0:
            even.reverse()
        values.append([min(max(v + rng.uniform(-0.15, 0.15), 0.0), 1.0) for v in even])
    return [weight / total for weight in weights], values


def _fairest(parties):
    """The greatest utility that one package gives to every party."""

    def worth(party, levels):
        return sum(w * v[level] for w, v, level in zip(*party, levels))

    packages = itertools.product(range(VALUES), repeat=ISSUES)
    return max(min(worth(p, levels) for p in parties) for levels in packages)


def _yaml(parties, reserved):
    issues = "".join(
        f"- name: issue {i}\n  type: CategoricalIssue\n  values: [{', '.join(f'v{v}' for v in range(VALUES))}]\n"
        for i in range(ISSUES)
    )
    yield "peers_domain.yml", f"issues:\n{issues}name: peers\ntype: DiscreteCartesianOutcomeSpace\n"
    for number, (weights, values) in enumerate(parties):
        tables = "".join(
            "- mapping:\n"
            + "".join(f"    v{level}: {value!r}\n" for level, value in enumerate(row))
            + "  type: TableFun\n"
            for row in values
        )
        yield (
            f"party{number}.yml",
            f"name: party{number}\nreserved_outcome: null\nreserved_value: {reserved!r}\n"
            f"type: LinearAdditiveUtilityFunction\nvalues:\n{tables}weights: {weights!r}\n",
        )


def write(folder, count):
    """Writes `count` domains for each number of parties, with and without a package for all."""
    written = {}
    for parties in (2, 4):
        for index in range(count):
            rng = random.Random(f"peers {parties} {index}")
            all_parties = [_party(rng, camp) for camp in CAMPS[:parties]]
            fairest = _fairest(all_parties)
            # Half of the best that all can have leaves room; a twentieth more than it leaves none.
            for possible, reserved in ((True, fairest / 2), (False, fairest + 0.05)):
                name = f"{parties}-{'possible' if possible else 'impossible'}-{index}"
                home = Path(folder) / name
                home.mkdir(parents=True, exist_ok=True)
                for file, text in _yaml(all_parties, reserved):
                    (home / file).write_text(text)
                written.setdefault((parties, possible), []).append(name)
    return written
