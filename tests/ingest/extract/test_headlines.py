from broadsheet.ingest.extract import headlines


def test_a_headline_loses_only_its_full_stop():
    assert headlines.tidy("Port to close for eleven weeks.") == "Port to close for eleven weeks"
    assert headlines.tidy("Who pays for it?") == "Who pays for it?"
