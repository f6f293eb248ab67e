"""Where networks come from: the list, own weights, an own architecture; trained, or with a seed."""

from collections.abc import Iterable

import streamlit as st

from pages import components
from pages.components.cards import Card, card, data_for, data_url
from pages.frame import links
from pages.server import uploads
from pages.server.errors import advice
from vizcore.plots import thumbnails
from vizcore.toolkit.errors import InputError

NOT_HERE = "The link names a network that is not here; this is another one."
WEIGHTS_GONE = "The link names weights that are no longer on this server; upload them again to see them."
SEEDS = 999_999  # the largest, as in references
TRAINED = "stage.trained"  # in the session: tuple of references, newest first
MOST_TRAINED = 12
LOOKED_AT = ("layer", "channel", "unit")  # settings that mean nothing in another network


def chosen(slot: str, default: str) -> str:
    """The reference of the network that a setting names; the default one for a link to nothing."""
    from vizcore.toolkit import nets

    reference = links.setting(slot) or default
    try:
        nets.find(reference)
    except InputError:  # its sentence would repeat what the link says, and a link is written by anybody
        links.miss(slot, default, WEIGHTS_GONE if "@" in reference else NOT_HERE)
        return default
    return reference


def use(reference: str, slot: str = "net") -> None:
    """Put a network into the tube; of another architecture, forget which of its layers was looked at."""
    if slot == "net" and architecture(reference) != architecture(links.setting(slot)):
        for name in LOOKED_AT:
            links.choose(name, "")
    links.choose(slot, reference)


def remember(reference: str) -> None:
    """Put a network that was trained here into this visit's list, among the last few."""
    kept = [reference, *(other for other in _remembered() if other != reference)]
    st.session_state[TRAINED] = tuple(kept[:MOST_TRAINED])


def _remembered() -> tuple[str, ...]:
    kept: tuple[str, ...] = st.session_state.get(TRAINED, ())
    return kept


def architecture(reference: str) -> str:
    """The part of a reference that does not speak of weights."""
    return unchanged(reference).partition("@")[0].partition("~")[0]


def unchanged(reference: str) -> str:
    """The network before anybody operated on it."""
    return reference.partition("!")[0]


def _seedless(reference: str) -> str:
    """What stands for all references to networks of the same layers and the same number of classes."""
    return unchanged(reference).partition("~")[0]


def untrained(reference: str) -> str:
    """The same architecture with random weights, other ones than `reference` has."""
    name = architecture(reference)
    return f"{name}~{1 if unchanged(reference) == f'{name}~0' else 0}"


def net_card(reference: str) -> Card:
    """A network as a card."""
    from vizcore.toolkit import nets

    picture, layers, _ = _strip(_seedless(reference))
    net = nets.find(reference)
    return card(reference, net.title, net.summary, picture, f"{layers} layers of {net.title}")


def facts(reference: str) -> str:
    """How large a network is, and what its weights are."""
    from vizcore.toolkit import nets

    _, layers, parameters = _strip(_seedless(reference))
    net = nets.find(reference)
    weights = "own weights" if "@" in reference else "trained"
    if net.read is None:
        weights = f"untrained, seed {net.seed}"
    elif not nets.ready(reference):
        weights = "its weights are not here"
    return f"{parameters:,} parameters in {layers} layers; {weights}"


def notes(reference: str) -> tuple[str, ...]:
    """What was done to own weights and to channels, in sentences."""
    from vizcore.toolkit import checkpoints, surgery

    base, operations = surgery.split(reference)
    known = checkpoints.known(base.partition("@")[2])
    done = "; ".join(operation.says for operation in operations)
    return (*(known.notes if known else ()), *([f"Operated on: {done}."] if done else []))


@st.dialog("Choose a network", width="large")
def choose_net(slot: str = "net") -> None:
    """Take one from the list, or bring one.

    Args:
        slot: the setting that is to name it: "net", or "net2" of the second stage.
    """
    ways = {"The list": _listed, "Own weights": _own_weights, "Own architecture": _own_architecture}
    for tab, way in zip(st.tabs(list(ways), key="stage.way", on_change="rerun"), ways.values(), strict=True):
        if tab.open:
            with tab:
                way(slot)


def _listed(slot: str) -> None:
    from vizcore.toolkit import nets, pretrained

    _, random, seed = unchanged(links.setting(slot)).partition("~")
    with st.container(horizontal=True, vertical_alignment="top"):
        weights = st.segmented_control(
            "Weights",
            ["trained", "untrained"],
            default="untrained" if random else "trained",
            required=True,
            key="stage.weights",
        )
        number = _seed(int(seed or 0), disabled=weights == "trained")
    ending = "" if weights == "trained" else f"~{number}"
    if mine := _trained():
        _cards(slot, "stage.mine", "Trained here", mine)
    _cards(slot, "stage.nets", "Bundled with Convoscope", (_bundled(name + ending) for name in nets.NETS))
    with st.spinner("Drawing the networks …"):
        entries = [_pretrained(name, ending) for name in pretrained.PRETRAINED]
    title = f"{'Built for' if ending else 'Trained on'} ImageNet (photographs, 1,000 classes)"
    _cards(slot, "stage.pretrained", title, entries)


def _cards(slot: str, key: str, title: str, cards: Iterable[Card]) -> None:
    components.mount("cards", data=data_for("wide", {title: [*cards]}, links.setting(slot)), key=key)
    if reference := components.picked(key):
        use(str(reference), slot)
        st.rerun()


def _bundled(reference: str) -> Card:
    _, _, parameters = _strip(_seedless(reference))
    return net_card(reference) | {"facts": [f"{parameters:,} parameters"]}


def _trained() -> list[Card]:
    """Cards of the networks that this visit has trained, as far as their weights are still there."""
    from vizcore.toolkit import checkpoints

    kept = [reference for reference in _remembered() if checkpoints.known(reference.partition("@")[2])]
    return [_bundled(reference) | {"note": ""} for reference in kept]


def _pretrained(name: str, ending: str) -> Card:
    from vizcore.toolkit import pretrained

    entry, known = pretrained.PRETRAINED[name], pretrained.facts(name)
    _, _, parameters = _strip(name)
    size = [f"{entry.year}, {parameters / 1e6:.1f} million parameters", f"{known.gmacs:.2f} GMACs a picture"]
    if not ending:
        here = "on this computer" if pretrained.available(name) else "not on this computer yet"
        size += [f"{known.top1:.1f} % right at the first guess", f"{known.megabytes:.1f} MB, {here}"]
    return net_card(name + ending) | {"note": entry.summary, "facts": size}


def _own_weights(slot: str) -> None:
    from vizcore.toolkit import checkpoints, nets
    from vizcore.toolkit.safetensors_header import NeedsConversion

    architectures = nets.all_architectures()
    architecture = st.selectbox(
        "Architecture",
        ["", *architectures],
        format_func=lambda name: architectures[name].title if name else "Find out from the tensors",
        key="stage.architecture",
    )
    file = st.file_uploader("A .safetensors file, up to 600 MB", key="stage.checkpoint", max_upload_size=600)
    st.caption(
        "Whoever has the link can use these weights as long as the server runs. A .pt or .pth file can run "
        "programs when it is opened, so it never is here; three lines of Python convert it:"
    )
    st.code(NeedsConversion.code, language="python", wrap_lines=True)
    if file is None:
        return
    try:
        with uploads.taken(file, "weights"):
            received = checkpoints.receive(file, architectures, architecture or None)
    except InputError as error:
        advice(str(error))
    else:
        use(f"{received.architecture}@{received.digest}", slot)
        st.rerun()


def _own_architecture(slot: str) -> None:
    from vizcore.toolkit import specs

    def start() -> None:
        if example := st.session_state["stage.example"]:
            st.session_state["stage.spec"] = specs.EXAMPLES[example]

    reference = unchanged(links.setting(slot))
    token, seed = reference.partition("@")[0].partition("~")[::2]
    if token.startswith(specs.PREFIX):
        first = specs.text(specs.from_token(token))
    else:
        first, seed = next(iter(specs.EXAMPLES.values())), ""
    st.session_state.setdefault("stage.spec", first)
    st.pills("Start from", list(specs.EXAMPLES), key="stage.example", on_change=start)
    written, shown = st.columns(2)
    text = written.text_area("Its layers, as JSON", height=340, key="stage.spec", persist_state="session")
    try:
        spec = specs.parse(text or "")
        architecture = specs.token(spec)
    except InputError as error:
        with shown:
            advice(str(error))
        return
    with shown:
        st.markdown(":small[The same in PyTorch]")
        st.code(specs.code(spec), language="python", height=300)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reference = f"{architecture}~{_seed(int(seed or 0))}"
        if st.button("Use it", type="primary"):
            use(reference, slot)
            st.rerun()
    st.caption(f"{facts(reference)}. It sorts pictures into {len(spec.classes):,} classes.")


def _seed(value: int, disabled: bool = False) -> int:
    return st.number_input("Seed", 0, SEEDS, value, key="stage.seed", disabled=disabled, width=120)


@st.cache_data(max_entries=64, show_spinner=False)
def _strip(network: str) -> tuple[str, int, int]:
    """The picture of a network, the number of its layers and that of its parameters.

    Args:
        network: a reference without a seed or operations, which change none of the three.
    """
    from vizcore.exhibits import feature_maps

    layers = feature_maps.layers(network)[1:]  # the input is none
    picture = thumbnails.network([layer.shape for layer in layers], [layer.group for layer in layers])
    return data_url(picture), len(layers), sum(layer.parameters for layer in layers)
