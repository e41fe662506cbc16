"""A handful of faults; ``./proba test chaos`` injects hundreds."""

import pytest

from tests.chaos.campaign import QUICK, run

SEED, SUBMISSIONS, WORKERS = 5, 40, 3


@pytest.mark.timeout(300)
async def test_nothing_is_lost_by_a_handful_of_faults(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("chaos")
    outcome = await run(QUICK, SUBMISSIONS, SEED, WORKERS, directory / "s")
    assert outcome.accounts.wrong == []
    assert outcome.accounts.submissions >= SUBMISSIONS
    assert len(outcome.injected) >= len(QUICK) - 1
    assert outcome.accounts.endings["lease_lost"] >= 1  # the faults did meet jobs
