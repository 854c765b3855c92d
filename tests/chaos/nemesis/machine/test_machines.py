"""Each fault of a machine has a process that it can meet; without them there are no machines."""

from pathlib import Path

from deploy.cluster.addresses import LOOPBACK
from tests.chaos.nemesis.faults import CLUSTER_KINDS, GROUPS
from tests.chaos.nemesis.machine.machines import (
    CUTS,
    DISK,
    Machines,
    between,
)


async def _nobody() -> None:
    """A database that is not asked."""


def test_the_kinds_of_the_groups_have_names_of_their_own() -> None:
    names = [kind for group in GROUPS.values() for kind in group]
    assert len({*names}) == len(names)


def test_each_kind_is_a_process_and_a_fault(tmp_path: Path) -> None:
    kinds = {kind for name, group in GROUPS.items() if name != "kills" for kind in group}
    faults = Machines(tmp_path, {}).faults(_nobody)
    targets = {kind.partition(" ")[0] for kind in CLUSTER_KINDS}
    for kind in kinds:
        target, _, how = kind.partition(" ")
        assert target in targets
        assert how in faults


def test_an_experiment_without_faults_of_machines_is_on_loopback(tmp_path: Path) -> None:
    machines = Machines(tmp_path, CLUSTER_KINDS)
    with machines.running():
        pass
    assert (machines.hosts, machines.launchers, machines.wrappers) == ({}, {}, {})
    assert machines.outside == LOOPBACK
    assert list(tmp_path.iterdir()) == []


def test_with_cuts_each_process_of_temporal_the_database_and_the_workers_have_a_host(
    tmp_path: Path,
) -> None:
    hosts = Machines(tmp_path, CUTS | DISK).hosts
    assert len({*hosts.values()}) == len(hosts) == 11
    assert LOOPBACK not in hosts.values()


def test_a_share_is_a_place_between_two_bounds() -> None:
    assert [between((5, 20), share) for share in (0, 0.5, 1)] == [5, 12.5, 20]
