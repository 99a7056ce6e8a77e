"""Measure what each lever does by itself, for the page of mechanisms: `python -m benchmarks.mechanisms --write`.

Each lever is turned on over the siloed city as its test does it (tests/lever_trials.py), with 30 seeds; those that are
named are measured anew, and what the file says of the others stays.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from api.mechanisms import MEASURED, Effect, Measured, measured
from benchmarks.cities import home
from benchmarks.harness import note
from models.levers.base import lever_kinds

SEEDS = 30


def effects_of(kind: str, trials) -> dict[str, Effect]:
    """Return the effect of a lever on every indicator that it names; those that had nothing to measure are left out."""
    lever, found = lever_kinds()[kind], {}
    for name in (*lever.moves, *lever.pays):
        told = asdict(trials.told(kind, name))
        if told["n"]:
            before, after, difference, low, high, p = (
                float(f"{told[key]:.4g}") for key in ("mean_first", "mean_second", "difference", "low", "high", "p")
            )
            found[name] = Effect(
                before=before, after=after, difference=difference, low=low, high=high, p=p, n=told["n"]
            )
    return found


def main() -> None:
    """Measure the levers that are named, or all, and print what they do; `--write` keeps it."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from lever_trials import LeverTrials

    parser = argparse.ArgumentParser(prog="python -m benchmarks.mechanisms", description=__doc__)
    parser.add_argument("levers", nargs="*", metavar="lever", help="what to measure; all levers if none is named")
    parser.add_argument("--write", action="store_true", help="write scenarios/library/mechanisms_measured.json")
    wanted = parser.parse_args()
    if not set(wanted.levers) <= set(lever_kinds()):
        parser.error(f"there are: {', '.join(lever_kinds())}")
    trials = LeverTrials(home() / "cities", SEEDS, SEEDS)
    kept = {kind: effects for kind, effects in measured().levers.items() if kind in lever_kinds()}
    for kind in wanted.levers or lever_kinds():
        note(kind)
        kept[kind] = effects_of(kind, trials)
        for name, effect in kept[kind].items():
            print(
                f"{kind:28s} {name:32s} {effect.difference:+.4g}  {effect.low:+.4g} … {effect.high:+.4g}  n {effect.n}"
            )
        if wanted.write:  # after each, so that what was measured stays when the rest is stopped
            said = Measured(levers=dict(sorted(kept.items())))
            MEASURED.write_text(said.model_dump_json(indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
