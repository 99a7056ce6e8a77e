"""Many runs over processes: what is stored is not computed again, and whoever stops leaves nothing half-written."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import NamedTuple

from models.policy import Policy
from scenarios.language import Scenario
from scenarios.running import people_of, run_id_of, run_scenario
from sim.city.model import City
from sim.runs import RunStore

Progress = Callable[[float], None]


class Task(NamedTuple):
    """A run that is wanted."""

    scenario: Scenario
    policy: Policy
    seed: int


def run_all(tasks: list[Task], city: City, home: Path, workers: int, progress: Progress | None) -> None:
    """Compute the runs that are not stored yet, in processes of their own; all are of one city."""
    store = RunStore(home / "runs")
    wanted = {run_id_of(*task, city): task for task in tasks}
    todo = [task for run, task in wanted.items() if store.find(run) is None]
    done = len(wanted) - len(todo)
    if progress is not None:
        progress(done / len(wanted))
    if not todo:
        return
    people_of(city)  # compiles and caches the kernels once, before several processes want them
    with ProcessPoolExecutor(min(workers, len(todo)), get_context("spawn"), _end_with_parent) as pool:
        try:
            with _interrupt_ignored():
                waiting = {pool.submit(_one, *task, home) for task in todo}
            while waiting:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                done += _collected(finished)
                if progress is not None:
                    progress(done / len(wanted))
        except BaseException:
            _stop(pool)
            pool.shutdown(wait=True, cancel_futures=True)  # else its thread and the interpreter end in a race
            raise


def _end_with_parent() -> None:
    """Let a worker end as soon as its parent has, however that came about: a job that was cancelled, a signal."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_outlive_not, args=(parent.sentinel,), daemon=True).start()


def _outlive_not(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def _collected(finished: set[Future[str]]) -> int:
    for future in finished:
        future.result()
    return len(finished)


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers at once: a run that is not whole leaves nothing behind but a hidden draft."""
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - public from Python 3.14 on: terminate_workers
        process.terminate()


@contextmanager
def _interrupt_ignored() -> Iterator[None]:
    """Start processes that leave Ctrl-C to their parent: what it ignores when they start, they ignore for good."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _one(scenario: Scenario, policy: Policy, seed: int, home: Path) -> str:
    return run_scenario(scenario, policy, seed, RunStore(home / "runs"), home / "cities").id
