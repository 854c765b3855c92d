"""A run: all buckets of a spooled log judged under one policy, by one process or several."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from heapq import merge
from pathlib import Path
from threading import Thread

from pydantic import JsonValue

from backtest.judging.explaining import steps_of
from backtest.judging.judge import Judge, Judged
from backtest.log.ticket import LoggedTicket
from backtest.log.unreadable import Unreadable
from backtest.mapping.reading import Reading
from backtest.results.backtest_report import BacktestReport
from backtest.results.clock_result import ClockResult
from backtest.results.explanation import Step
from backtest.results.totals import Totals
from backtest.runs.judged_bucket import Summary, judge_bucket, results_of_bucket
from backtest.runs.spooled_log import BUCKETS, SpooledLog
from policies.documents.visible import visible_line
from policies.i18n.locales import words_in
from policies.schema.policy import SupportPolicy

Progress = Callable[[int, int], None]
"""Gets the buckets that are judged, and how many there are."""
ALL = range(BUCKETS)
OnJudged = Callable[[int, Summary], None]
"""Gets a bucket that is judged."""


class Run:
    """A policy on a log. `name` sets its files apart from those of other policies on the log."""

    def __init__(
        self,
        log: SpooledLog,
        policy: SupportPolicy,
        overrides: Mapping[str, JsonValue] | None = None,
        name: str = "run",
    ) -> None:
        """OverridesRefused if the overrides do not fit the policy."""
        self.judge = Judge(policy, overrides)
        self._log = log
        self._reading = Reading(log.mapping, self.judge.policy, log.now)
        self._directory = log.directory / name
        self._directory.mkdir()
        self._done: dict[int, Summary] = {}
        self.is_partial = False
        """Whether Ctrl-C ended it before all tickets were judged."""

    def judge_all(
        self,
        processes: int,
        on_progress: Progress = lambda _, __: None,
        only: Collection[int] = ALL,
    ) -> None:
        """Judges all tickets, or those of these buckets. Ctrl-C ends it early, and what is judged
        stays.
        """
        self.is_partial = len(only) < BUCKETS

        def on_judged(number: int, summary: Summary) -> None:
            # At once: Ctrl-C can come between any two steps, and a bucket counts or does not.
            self._done[number] = summary
            on_progress(len(self._done), len(only))

        try:
            if processes <= 1:
                self._alone(only, on_judged)
            else:
                self._together(processes, only, on_judged)
        except KeyboardInterrupt:
            self.is_partial = True

    @property
    def done(self) -> frozenset[int]:
        """The buckets that are judged."""
        return frozenset(self._done)

    def keep(self, buckets: Collection[int]) -> None:
        """Forgets what is judged of other buckets."""
        self.is_partial = self.is_partial or not self._done.keys() <= {*buckets}
        self._done = {n: summary for n, summary in self._done.items() if n in buckets}

    @property
    def totals(self) -> Totals:
        """The totals of what is judged."""
        totals = Totals()
        for summary in self._done.values():
            totals.merge(summary.totals)
        return totals

    def report(self) -> BacktestReport:
        """The report about what is judged."""
        log, policy, summary = self._log, self.judge.policy, self._summary()
        left_out = log.left_out.copy()
        left_out.merge(summary.left_out)
        return BacktestReport(
            policy=policy.policy,
            title=words_in(policy.title, policy.locale, policy.locale),
            revision=policy.revision,
            locale=policy.locale,
            mapping=log.mapping.mapping,
            log=visible_line(Path(log.log).name),
            until=log.until,
            records=log.records,
            tickets=summary.tickets,
            share=len(self._done) / BUCKETS,
            totals=summary.totals,
            worst=summary.worst,
            explanations=self._explanations(summary.worst),
            left_out=left_out,
            notes=dict(sorted(summary.notes.items())),
            is_partial=self.is_partial,
        )

    def results(self) -> Iterator[ClockResult]:
        """All results, by ticket and clock, whatever the number of processes."""
        return merge(
            *(results_of_bucket(self._directory, number) for number in sorted(self._done)),
            key=lambda result: (result.ticket, result.clock),
        )

    def _summary(self) -> Summary:
        summary = Summary()
        for number in sorted(self._done):
            summary.merge(self._done[number])
        return summary

    def logged(self, ticket: str) -> LoggedTicket | Unreadable | None:
        """One ticket as the log has it; None if it does not have it."""
        entries = self._log.entries_of(ticket)
        return self._reading.ticket(ticket, entries) if entries else None

    def judged(self, ticket: str) -> Judged | Unreadable | None:
        """One ticket, played again: for its timeline, its clocks and their explanation."""
        logged, until = self.logged(ticket), self._log.until
        if isinstance(logged, Unreadable) or logged is None or until is None:
            return logged if isinstance(logged, Unreadable) else None
        return self.judge.judge(logged, until)

    def explained(self, ticket: str, clock: str) -> tuple[Step, ...]:
        """What happened to a clock of a ticket that is judged, step by step."""
        logged = self.logged(ticket)
        return self._steps(logged, clock) if isinstance(logged, LoggedTicket) else ()

    def _explanations(
        self, worst: Iterable[ClockResult]
    ) -> dict[tuple[str, str], tuple[Step, ...]]:
        return {(r.ticket, r.clock): self.explained(r.ticket, r.clock) for r in worst}

    def _steps(self, logged: LoggedTicket, clock: str) -> tuple[Step, ...]:
        assert self._log.until is not None
        return steps_of(self.judge.terms, logged, clock, self._log.until)

    def _alone(self, only: Collection[int], on_judged: OnJudged) -> None:
        for number in only:
            on_judged(
                number,
                judge_bucket(self._log, self._reading, self.judge, number, self._directory),
            )

    def _together(self, processes: int, only: Collection[int], on_judged: OnJudged) -> None:
        # Forked where that is possible: a worker then has the policy and all modules at once.
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
        given = (self._log, self.judge, self._directory)
        with ProcessPoolExecutor(processes, context, _begin, given) as pool:
            futures: dict[Future[Summary], int] = {}
            try:
                for number in only:
                    futures[pool.submit(_judge, number)] = number
                for future in as_completed(futures):
                    on_judged(futures[future], future.result())
            except KeyboardInterrupt:
                # What the processes are judging now is judged to its end, and counts.
                pool.shutdown(cancel_futures=True)
                self._done |= {
                    number: future.result()
                    for future, number in futures.items()
                    if not future.cancelled() and future.exception() is None
                }
                raise
            finally:
                pool.shutdown(cancel_futures=True)


_GIVEN: list[tuple[SpooledLog, Reading, Judge, Path]] = []
"""What a worker process works on."""


def _begin(log: SpooledLog, judge: Judge, directory: Path) -> None:
    # Ctrl-C, and the end of a terminal, reach every process of it; the first one decides.
    for name, action in (
        ("SIGINT", signal.SIG_IGN),
        ("SIGHUP", signal.SIG_IGN),
        ("SIGTERM", signal.SIG_DFL),
    ):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), action)
    watch_parent()
    _GIVEN.append((log, Reading(log.mapping, judge.policy, log.now), judge, directory))


def watch_parent() -> None:
    """Ends this process with the one that needs its results, however that one ends."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with() -> None:
        parent.join()
        os._exit(1)

    Thread(target=end_with, daemon=True).start()


def _judge(number: int) -> Summary:
    log, reading, judge, directory = _GIVEN[-1]
    return judge_bucket(log, reading, judge, number, directory)
