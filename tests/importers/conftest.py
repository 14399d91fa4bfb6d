"""What the property tests of all importers share."""

import pytest


@pytest.fixture(scope="session")
def borne():
    """Import bytes from a file; only a complaint that names the file may come of it."""

    def attempt(importing, path, data):
        path.write_bytes(data)
        try:
            importing(path)
        except ValueError as error:
            # Complaints of pandas and of the schema are ValueErrors too, but name no place.
            assert path.name in str(error), error

    return attempt
