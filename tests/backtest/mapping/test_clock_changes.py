"""Local times of a log on the days on which clocks change."""

from pathlib import Path

from backtest.log.unreadable import Reason
from backtest.mapping.document import TimeRule
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from tests.backtest.made_up_logs import NOW, incident, incidents, mapping_of, policy_of

LONDON = mapping_of("servicenow").model_copy(
    update={"time": TimeRule(format="D/M/YYYY HH:mm", zone="Europe/London")}
)


def run_of(directory: Path, *rows: str) -> tuple[dict[str, list[str]], dict[Reason, int]]:
    """The start and end of the resolution of each ticket, and what was left out."""
    log = directory / "log.csv"
    log.write_text(incidents(*rows))
    with spooled(log, LONDON, NOW) as spool:
        run = Run(spool, policy_of("servicenow"))
        run.judge_all(1)
        times = {
            result.ticket: [
                f"{at:%d %H:%M}" if at else "" for at in (result.started, result.completed)
            ]
            for result in run.results()
            if result.clock == "resolution"
        }
        return times, dict(run.report().left_out.tickets)


def test_an_hour_that_comes_twice_is_the_first_one_in_the_order_of_the_log(tmp_path: Path) -> None:
    rows = incident(
        *("INC1", "4 - Low", "30/10/2016 01:30"),
        *("New @ 30/10/2016 01:30", "Active @ 30/10/2016 01:30", "Resolved @ 30/10/2016 02:30"),
    )
    times, left_out = run_of(tmp_path, *rows)
    assert times == {"INC1": ["30 00:30", "30 02:30"]}
    assert not left_out


def test_a_ticket_with_a_time_that_no_clock_showed_is_left_out_alone(tmp_path: Path) -> None:
    rows = [
        *incident("INC1", "4 - Low", "27/3/2016 00:59", "New @ 27/3/2016 00:59"),
        *incident("INC2", "4 - Low", "27/3/2016 00:59", "New @ 27/3/2016 01:00"),
        *incident("INC3", "4 - Low", "27/3/2016 02:00", "New @ 27/3/2016 02:00"),
    ]
    times, left_out = run_of(tmp_path, *rows)
    assert times == {"INC1": ["27 00:59", ""], "INC3": ["27 01:00", ""]}
    assert left_out == {Reason.BAD_TIME: 1}
