def test_a(commons, chain):
    assert commons.job_board.job_count() == 0
def test_b(commons, provider):
    commons.vote_token.transfer(provider, 0, sender=provider)
