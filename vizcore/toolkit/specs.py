"""Networks of one's own: a list of layers as JSON text, checked before anything is built.

Nothing in such a text is ever run. It is read into a `Spec`: its layers are entries of `KINDS` with settings
inside their ranges, they fit one another, and memory and work are bounded.
"""

import base64
import json
import keyword
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from torch import fx

from vizcore.toolkit.errors import InputError
from vizcore.toolkit.labels import clean_label
from vizcore.toolkit.spec_code import code
from vizcore.toolkit.spec_json import Setting, fields, one_of, read, shown, within
from vizcore.toolkit.spec_kinds import KINDS, in_words
from vizcore.toolkit.spec_net import Layer, Spec, build, check_size, places, shapes

__all__ = [
    "EXAMPLES",
    "KINDS",
    "Spec",
    "build",
    "code",
    "from_token",
    "layer_of",
    "parse",
    "shapes",
    "text",
    "token",
]

MAX_TEXT = 20_000  # characters
MAX_TOKEN = 4_000  # characters; links bear that
MAX_LAYERS = 100
MAX_CLASS_NAME = 40  # characters
SIDES = range(8, 257)  # height and width of the input, px
CLASSES = Setting(2, 1000)  # how many
USUAL_INPUT = (3, 64, 64)
PREFIX = "arch-"  # of tokens

# No layer may be called what PyTorch, Python or the program made of it calls something else.
RESERVED = {"input", "meta", "self", "shape_env", "torch", "training", "x"}.union(
    dir(fx.GraphModule), keyword.kwlist
)


def parse(text: str) -> Spec:
    """The network that a JSON text describes.

    Args:
        text: a list of layers, or an object with "layers" and perhaps "input" and "classes".

    Raises:
        InputError: it is no such text, it cannot be built, or it would be too large.
    """
    if len(text) > MAX_TEXT:
        raise InputError(f"This text has {len(text):,} characters; a network has at most {MAX_TEXT:,}.")
    found = read(text)
    with within("The network:"):
        pairs = (("layers", found),) if isinstance(found, list) else found
        document = fields(pairs, example='{"layers": [...]}')
        for key in document:
            one_of(("input", "classes", "layers"), key, "entry")
    spec = Spec(_input_shape(document.get("input", [*USUAL_INPUT])), (), _layers(document.get("layers")))
    check_size(spec)
    return replace(spec, classes=_classes(document, spec))


def _input_shape(found: object) -> tuple[int, int, int]:
    """The shape of the input, checked."""
    if isinstance(found, list) and [type(number) for number in found] == [int, int, int]:
        channels, height, width = found
        if channels in (1, 3) and height == width and height in SIDES:
            return channels, height, width
    given = f"[{', '.join(map(shown, found[:4]))}]" if isinstance(found, list) else shown(found)
    wanted = f"[1, side, side] for grey or [3, side, side] for colour, side {SIDES[0]} to {SIDES[-1]} px"
    raise InputError(f"The input must be {wanted}, such as [3, 64, 64], not {given}.")


def _layers(found: object) -> tuple[Layer, ...]:
    """The layers, each checked by itself, and none without use."""
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_LAYERS:
        count = f"{len(found):,}" if isinstance(found, list) else shown(found)
        raise InputError(f"A network has a list of 1 to {MAX_LAYERS} layers, not {count}.")
    layers: list[Layer] = []
    for entry in found:
        layers.append(layer_of(entry, layers))
    used = {source for layer in layers for source in layer.sources}
    for place, layer in [*places(layers)][:-1]:
        if layer.name not in used:
            raise InputError(f'{place} no layer takes what it gives; name it in a "from", or leave it out.')
    return tuple(layers)


def layer_of(entry: object, earlier: Sequence[Layer]) -> Layer:
    """One layer of a list, checked by itself.

    Args:
        entry: as `spec_json.read` reads it.
        earlier: the layers before it.

    Raises:
        InputError: it is no layer; the sentence begins with its place.
    """
    number = len(earlier) + 1
    with within(f"Layer {number}:"):
        draft = fields(entry, example='{"kind": "relu"}')
        if "kind" not in draft:
            raise InputError('it has no "kind"; write for instance {"kind": "relu"}.')
        kind = one_of(KINDS, draft["kind"], "kind")
        name = _name(draft.get("name", _usual_name(kind, earlier)), earlier)
    with within(f"Layer {number}, {name}:"):
        return _layer(name, kind, draft, earlier)


def _usual_name(kind: str, earlier: Iterable[Layer]) -> str:
    """What a layer is called when it is given no name, such as conv2 for the second convolution."""
    stem = KINDS[kind].stem
    return f"{stem}{1 + sum(KINDS[layer.kind].stem == stem for layer in earlier)}"


def _name(name: object, earlier: Iterable[Layer]) -> str:
    """The name of a layer, checked."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,23}", name):
        wanted = "a small letter, then at most 23 small letters, digits and _"
        raise InputError(f"the name must be {wanted}, not {shown(name)}.")
    if name in RESERVED:
        raise InputError(f"PyTorch or Python uses the name {name}; take another, such as {name[:22]}_1.")
    if name in {layer.name for layer in earlier}:
        raise InputError(f"an earlier layer is called {name} too; give one of the two another name.")
    return name


def _layer(name: str, kind: str, draft: Mapping[str, object], earlier: Sequence[Layer]) -> Layer:
    """One layer, checked, which may take what the input and earlier layers give."""
    table = KINDS[kind]
    for key in draft:
        one_of(("kind", "name", "from", *table.settings), key, f"setting of {kind}")
    names = ["input", *(layer.name for layer in earlier)]
    found = draft.get("from", names[-1])
    sources = found if isinstance(found, list) else [found]
    if len(sources) < table.inputs or (len(sources) > table.inputs and not table.more):
        wanted = f"{table.inputs}{' or more' if table.more else ''}"
        raise InputError(
            f'{kind} takes {wanted} in "from", not {len(sources)}; write names of earlier layers.'
        )
    taken = tuple(one_of(names, source, "earlier layer") for source in sources)
    return Layer(name, kind, tuple(table.values(draft).items()), taken)


def _classes(document: Mapping[str, object], spec: Spec) -> tuple[str, ...]:
    """The names of the classes, as many as the last layer gives scores."""
    place, layer = [*places(spec.layers)][-1]
    last = shapes(spec)[layer.name]
    if len(last) != 1:
        raise InputError(f"{place} the last layer gives {in_words(last)}; end with flatten and linear.")
    found = document.get("classes", last[0])
    with within("The number of classes"):
        count = int(CLASSES.checked(len(found) if isinstance(found, list) else found))
    if count != last[0]:
        given = f"the last layer gives {in_words(last)} for {count:,} classes"
        raise InputError(f"{place} {given}; both must be equal.")
    return _class_names(found) if isinstance(found, list) else _usual_classes(count)


def _usual_classes(count: int) -> tuple[str, ...]:
    return tuple(f"class {number}" for number in range(count))


def _class_names(found: Sequence[object]) -> tuple[str, ...]:
    """Names as they were given, fit to be shown."""
    names: list[str] = []
    for number, name in enumerate(found):
        label = clean_label(name, limit=MAX_TEXT) if isinstance(name, str) else None
        if label is None or len(label) > MAX_CLASS_NAME:
            wanted = f"a text of at most {MAX_CLASS_NAME} characters"
            raise InputError(f"The name of class {number} must be {wanted}, not {shown(name)}.")
        names.append(label)
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise InputError(f"{count} classes are called {name!r}; give each a name of its own.")
    return tuple(names)


def text(spec: Spec) -> str:
    """JSON with a layer per line, of which `parse` makes an equal spec."""
    document = {"input": spec.input_shape, "classes": _classes_entry(spec)}
    head = [f'  "{key}": {json.dumps(entry, ensure_ascii=False)},' for key, entry in document.items()]
    layers = ",\n".join(f"    {json.dumps(entry)}" for entry in _entries(spec))
    return "\n".join(["{", *head, '  "layers": [', layers, "  ]", "}", ""])


def _classes_entry(spec: Spec) -> int | tuple[str, ...]:
    """Only how many there are, when they have the usual names."""
    count = len(spec.classes)
    return count if spec.classes == _usual_classes(count) else spec.classes


def _entries(spec: Spec) -> list[dict[str, object]]:
    """The layers for JSON, without what they have when nothing is said."""
    entries = []
    before = "input"
    for number, layer in enumerate(spec.layers):
        entry: dict[str, object] = {"kind": layer.kind}
        if layer.name != _usual_name(layer.kind, spec.layers[:number]):
            entry["name"] = layer.name
        if layer.sources != (before,):
            entry["from"] = layer.sources if len(layer.sources) > 1 else layer.sources[0]
        entries.append(entry | KINDS[layer.kind].unusual(dict(layer.settings)))
        before = layer.name
    return entries


def token(spec: Spec) -> str:
    """The spec as a short text for a link; equal specs have equal tokens.

    Raises:
        InputError: it is too long for a link, which only very many long names make it.
    """
    document: dict[str, object] = {"layers": _entries(spec)}
    if spec.input_shape != USUAL_INPUT:
        document["input"] = spec.input_shape
    if isinstance(classes := _classes_entry(spec), tuple):
        document["classes"] = classes
    compact = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    packed = PREFIX + base64.urlsafe_b64encode(zlib.compress(compact.encode(), 9)).decode().rstrip("=")
    if len(packed) > MAX_TOKEN or len(compact) > MAX_TEXT:
        most = f"a link has room for {MAX_TOKEN:,} characters, this network takes {len(packed):,}"
        raise InputError(f"This network does not fit into a link: {most}. Shorten the names in it.")
    return packed


def from_token(token: str) -> Spec:
    """The spec of a token, checked as any other text.

    Raises:
        InputError: it is no token, or `parse` refuses what it holds.
    """
    body = token.removeprefix(PREFIX)
    if len(token) > MAX_TOKEN or body == token:
        wanted = f"begins with {PREFIX} and has at most {MAX_TOKEN:,} characters"
        raise InputError(f"A network in a link {wanted}; copy the whole link once more.")
    unpack = zlib.decompressobj()
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), b"-_", validate=True)
        compact = unpack.decompress(packed, 4 * MAX_TEXT).decode()  # UTF-8: at most 4 bytes a character
        if not unpack.eof:
            raise ValueError("cut off, or longer than any text that is read")
    except (ValueError, zlib.error):
        raise InputError("The network in this link is damaged; copy the whole link once more.") from None
    return parse(compact)


EXAMPLES: Mapping[str, str] = {
    "A small plain network": """\
{
  "input": [3, 64, 64],
  "classes": 10,
  "layers": [
    {"kind": "conv", "out": 16, "kernel": 3, "padding": 1},
    {"kind": "relu"},
    {"kind": "max_pool", "kernel": 2},
    {"kind": "conv", "out": 32, "kernel": 3, "padding": 1},
    {"kind": "relu"},
    {"kind": "max_pool", "kernel": 2},
    {"kind": "conv", "out": 64, "kernel": 3, "padding": 1},
    {"kind": "relu"},
    {"kind": "max_pool", "kernel": 2},
    {"kind": "flatten"},
    {"kind": "linear", "out": 10}
  ]
}
""",
    "With a residual sum": """\
{
  "input": [3, 64, 64],
  "classes": 10,
  "layers": [
    {"name": "stem", "kind": "conv", "out": 16, "kernel": 5, "stride": 2, "padding": 2},
    {"name": "start", "kind": "relu"},
    {"kind": "conv", "out": 32, "kernel": 3, "stride": 2, "padding": 1, "bias": false},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "conv", "out": 32, "kernel": 3, "padding": 1, "bias": false},
    {"name": "residual", "kind": "batch_norm"},
    {"name": "shortcut", "kind": "conv", "from": "start", "out": 32, "kernel": 1, "stride": 2},
    {"kind": "add", "from": ["residual", "shortcut"]},
    {"kind": "relu"},
    {"kind": "max_pool", "kernel": 2},
    {"kind": "flatten"},
    {"kind": "linear", "out": 10}
  ]
}
""",
    "With parallel branches": """\
{
  "input": [3, 64, 64],
  "classes": 10,
  "layers": [
    {"kind": "conv", "out": 16, "kernel": 5, "stride": 2, "padding": 2},
    {"name": "start", "kind": "relu"},
    {"name": "point", "kind": "conv", "from": "start", "out": 16, "kernel": 1},
    {"name": "near", "kind": "conv", "from": "start", "out": 16, "kernel": 3, "padding": 1},
    {"name": "far", "kind": "conv", "from": "start", "out": 16, "kernel": 5, "padding": 2},
    {"name": "top", "kind": "max_pool", "from": "start", "kernel": 3, "stride": 1, "padding": 1},
    {"kind": "concat", "from": ["point", "near", "far", "top"]},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "max_pool", "kernel": 2},
    {"kind": "conv", "out": 64, "kernel": 3, "padding": 1, "bias": false},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "max_pool", "kernel": 4},
    {"kind": "flatten"},
    {"kind": "linear", "out": 10}
  ]
}
""",
}
