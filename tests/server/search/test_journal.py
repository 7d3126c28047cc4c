"""What the log of the search service may hold."""

import pytest

from muniment.errors import Corrupt, Forbidden
from muniment.server.search.journal import noted


def test_the_log_names_nobody_who_was_refused(caplog: pytest.LogCaptureFixture) -> None:
    noted(Forbidden("robin is not a known principal.", "Add them."))
    assert "FORBIDDEN" in caplog.text and "robin" not in caplog.text


def test_the_log_says_what_is_wrong_with_an_index_and_quotes_no_foreign_error(caplog: pytest.LogCaptureFixture) -> None:
    noted(Corrupt("Index 12 is half built.", "Build it again."))
    noted(ValueError("who pays for travel"))
    assert "half built" in caplog.text and "ValueError" in caplog.text and "travel" not in caplog.text
