"""The core agrees with the reference model on what the random tickets of an account earn.

`python tests/chaos/run_model_checking.py --seconds S` runs it for longer.
"""

from pathlib import Path

import pytest

from tests.workflows.account.simulated_account import SimulatedAccount, accounts_with_commitments

ACCOUNTS = accounts_with_commitments()


@pytest.mark.parametrize("path", ACCOUNTS, ids=[path.stem for path in ACCOUNTS])
def test_core_and_model_agree_on_credits_caps_service_levels_and_months(path: Path) -> None:
    assert SimulatedAccount("0", path, tickets=2).run_and_compare() == []
