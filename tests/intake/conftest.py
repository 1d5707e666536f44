import pytest

from tests.intake.hostile import Web


@pytest.fixture
def web():
    served = Web()
    yield served
    served.close()
