from broadsheet.ingest import ballot, judge, traits


def test_every_slot_of_traits_has_its_weights():
    assert len(judge.WEIGHTS) == len(traits.SLOTS)
    assert all(judge.WEIGHTS)


def test_nobody_is_elected_where_nobody_stands():
    assert ballot.elect("title", []) == (-1, 0.0)


def test_the_candidate_with_the_better_traits_wins():
    weights = ballot.WEIGHTS["title"]
    best, worst = max(weights, key=weights.__getitem__), min(weights, key=weights.__getitem__)
    winner, confidence = ballot.elect("title", [[worst], [best] * 5])
    assert winner == 1
    assert 0 < confidence <= 1
