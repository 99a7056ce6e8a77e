"""Jobs: runs and comparisons in processes of their own, with progress, and cancelled by ending the process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.errors import JinlingError
from sim.text import Text

if TYPE_CHECKING:
    from scenarios.language import Scenario

Status = Literal["queued", "running", "complete", "failed", "cancelled"]
Choice = str | dict[str, Any]  #: a shipped policy, or one's own
_SPAWN = get_context("spawn")


@dataclass
class Job:
    """One job as the service tells of it."""

    id: str
    kind: Literal["run", "comparison"]
    arguments: dict[str, Any]
    status: Status = "queued"
    progress: float = 0.0
    error: Text | None = None
    result: str = ""
    process: Any = field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.status in {"queued", "running"}

    def facts(self) -> dict[str, Any]:
        """Return what a client may know."""
        error = None if self.error is None else self.error._asdict()
        return {"id": self.id, "kind": self.kind, "status": self.status, "progress": self.progress,
                "error": error, "result": self.result, **self.arguments}  # fmt: skip


class Jobs:
    """The jobs of a service: at most `workers` at once, at most `queue` waiting."""

    def __init__(self, home: Path, workers: int, queue: int) -> None:
        self._home, self._queue = home, queue
        self._slots = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def get(self, job_id: str) -> Job | None:
        """Return a job by its id."""
        return self._jobs.get(job_id)

    def all(self) -> list[Job]:
        """Return all jobs, oldest first."""
        return list(self._jobs.values())

    def submit(self, job: Job) -> Job | None:
        """Start a job, or return the one that is under way under its id; None if too many wait."""
        with self._lock:
            known = self._jobs.get(job.id)
            if known is not None and known.is_open:
                return known
            if sum(other.status == "queued" for other in self._jobs.values()) >= self._queue:
                return None
            self._jobs[job.id] = job
        threading.Thread(target=self._see_through, args=(job,), daemon=True).start()
        return job

    def cancel(self, job_id: str) -> Job | None:
        """End a job; what it had not finished leaves nothing behind."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None and job.is_open:
                job.status = "cancelled"
                if job.process is not None:
                    job.process.terminate()
        return job

    def close(self) -> None:
        """End all jobs."""
        for job in self.all():
            self.cancel(job.id)

    def _see_through(self, job: Job) -> None:
        with self._slots:
            ours, theirs = _SPAWN.Pipe(duplex=False)
            with self._lock:
                if job.status == "cancelled":
                    return
                job.process = _SPAWN.Process(target=_work, args=(job.kind, job.arguments, self._home, theirs))
                job.process.start()
                job.status = "running"
            theirs.close()
            self._listen(job, ours)
            job.process.join()

    def _listen(self, job: Job, pipe: Connection) -> None:
        try:
            while job.status == "running":
                what, value = pipe.recv()
                if what == "progress":
                    job.progress = max(job.progress, float(value))
                else:
                    self._end(job, what, value)
        except EOFError:
            if job.status == "running":
                job.error = Text("the process ended before it was done", "进程提前结束")
                job.status = "failed"

    def _end(self, job: Job, what: str, value: Any) -> None:
        with self._lock:
            if job.status != "running":
                return
            if what == "done":
                job.result, job.progress, job.status = str(value), 1.0, "complete"
            else:
                job.error, job.status = Text(*value), "failed"


def _work(kind: str, arguments: dict[str, Any], home: Path, pipe: Connection) -> None:
    """Do a job in its own process and tell of it through the pipe."""

    def progress(share: float) -> None:
        pipe.send(("progress", share))

    work: Callable[..., str] = _run if kind == "run" else _compare
    try:
        pipe.send(("done", work(home, progress, **arguments)))
    except JinlingError as error:
        pipe.send(("failed", tuple(error.text)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the client hears of it
        pipe.send(("failed", (f"a fault of Jinling: {error}", f"程序内部错误：{error}")))


def _run(
    home: Path, progress: Callable[[float], None], *, scenario: str, city: str | None, policy: Choice, seed: int
) -> str:
    from scenarios.library import policy_of
    from scenarios.running import run_scenario
    from sim.runs import RunStore

    run = run_scenario(
        _scenario(scenario, city, home), policy_of(policy), seed, RunStore(home / "runs"), home / "cities", progress
    )
    return run.id


def _compare(
    home: Path,
    progress: Callable[[float], None],
    *,
    scenario: str,
    city: str | None,
    policies: list[Choice],
    seeds: int,
) -> str:
    from scenarios.comparing import Asked, compare
    from scenarios.library import policy_of

    names = ",".join(choice if isinstance(choice, str) else f"{choice['name']}.yaml" for choice in policies)
    command = f"jinling compare {scenario} --policies {names} --seeds {seeds}"
    command += "" if city is None else f" --city {city}"
    rules = [policy_of(choice) for choice in policies]
    return compare(_scenario(scenario, city, home), rules, list(range(seeds)), home, 1, progress, Asked(command)).id


def _scenario(name: str, city: str | None, home: Path) -> Scenario:
    from scenarios.cities import moved_to
    from scenarios.library import load_scenario

    scenario = load_scenario(name)
    return scenario if city is None else moved_to(scenario, city, home / "cities")
