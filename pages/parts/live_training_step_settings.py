"""The settings of the main view, for views that show few of them."""

import hashlib

from pages.frame import links
from pages.parts import live_training_pictures_settings as settings
from pages.parts.live_training_data import Data
from vizcore.exhibits.live_training import Spec
from vizcore.toolkit.datasets import TITLES
from vizcore.toolkit.recipes import RECIPES


def given() -> Spec:
    """The settings as the link has them; where they cannot be, those of a first visit."""
    try:
        return Spec(**settings.chosen())
    except ValueError:  # an InputError is one, too
        for name, start in settings.STARTED.items():
            links.choose(name, start)
        return Spec()


def described(spec: Spec) -> str:
    """What is trained on what, in words."""
    net = RECIPES[spec.net].title if spec.net in RECIPES else "A network of one's own"
    return f"{net} on {TITLES.get(spec.data, 'unknown data')}, batches of {spec.batch}"


def digest(taken: Data) -> str:
    """Another one for other pictures of one's own; empty where these are not the data."""
    hashed = hashlib.blake2b(digest_size=8)
    for array in taken.arrays.values():
        hashed.update(array.tobytes())
    return hashed.hexdigest() if taken.arrays else ""
