"""What the site's types and tests are made from is what the app says today."""

from tests.contract import codes, endings, frames, openapi


def test_openapi_document_is_the_routes_and_models() -> None:
    assert openapi.DOCUMENT.read_text() == openapi.text(), "run: python -m tests.contract.openapi"


def test_frames_fixture_is_what_the_encoder_pushes() -> None:
    assert frames.FIXTURE.read_text() == frames.text(), "run: python -m tests.contract.frames"


def test_refused_endings_are_those_of_the_server() -> None:
    assert endings.FIXTURE.read_text() == endings.text(), "run: python -m tests.contract.endings"


def test_codes_are_those_of_the_server() -> None:
    assert codes.FIXTURE.read_text() == codes.text(), "run: python -m tests.contract.codes"
