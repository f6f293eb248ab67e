"""Words, formulas and figures beside the feature maps."""

import streamlit as st

from pages import frame
from vizcore.exhibits import feature_maps
from vizcore.exhibits.feature_maps import Layer, Response, UnitArithmetic
from vizcore.plots import curves
from vizcore.toolkit import maps as of_maps
from vizcore.toolkit import nets
from vizcore.toolkit.graphs import INPUT
from vizcore.toolkit.labels import escaped
from vizcore.toolkit.maps import LayerMaps

ANSWERS = {
    "same": "the same maps, mirrored",
    "near": "nearly those (a change below 0.2)",
    "other": "other maps (0.2 or more)",
}


def explain(layer: Layer, found: LayerMaps, taken_apart: UnitArithmetic | None) -> None:
    """The arithmetic of the layer, with the numbers of the selected value, and what to notice in its maps."""
    words, formula = st.columns([1, 1.2], gap="medium")
    with_numbers = taken_apart.parts.line if taken_apart else ""
    for line in filter(None, (layer.formula, with_numbers, *layer.numbers)):
        formula.latex(line)
    words.markdown(f"**{layer.kind}.** {layer.does}")
    channels, height, width = layer.shape
    zeros = float(found.zeros.mean())
    lines = [f"{channels:,} {'map' if channels == 1 else 'maps'} of {height} × {width}."]
    if channels > 1:
        lines.append(f"Strongest: {strongest(found)}.")
    lines.append(f"{zeros:.0%} of all values are exactly 0." if zeros else "No value is exactly 0.")
    if found.dead and height > 1:
        more = " and others" if len(found.dead) > 12 else ""
        named = ", ".join(map(str, found.dead[:12])) + more
        lines.append(f"**Dead for this picture**, 0 everywhere: {named} ({len(found.dead)} of {channels}).")
    elif layer.group == "activation" and height > 1:
        lines.append("No channel is dead: each has a value above 0 somewhere.")
    words.markdown("What to notice: " + " ".join(lines))


def count(stage: frame.Stage, layer: Layer, found: LayerMaps, channel: int) -> None:
    """The histogram of the selected map; where each map is one value, of all of them."""
    alone = found.maps[0].size == 1
    names = names_of(layer, stage.net)
    one = f"{escaped(names[channel])} ({channel})" if names else f"Map {channel}"
    what = f"All {layer.shape[0]:,} values of {layer.name}" if alone else one
    st.markdown(f"**{what}**: how often each occurs" if alone else f"**{what}**: how often each value occurs")
    counted = of_maps.histogram(found.maps if alone else found.maps[channel])
    options = curves.histogram(
        counted.edges, counted.counts, x_title="value", y_title="units" if alone else "pixels"
    )
    st.echarts_chart(options, height=230, key="feature_maps.histogram", alt=f"histogram: {what}")


def answer(stage: frame.Stage, guess: Response) -> None:
    """The three best guesses in one line, beside the pad."""
    ranked = zip(guess.classes[:3], guess.probabilities, strict=False)
    found = ", ".join(f"{escaped(name)} ({share:.0%})" for name, share in ranked)
    st.markdown(f"{escaped(nets.find(stage.net).title)} reads: **{found}**")


def say(stage: frame.Stage, guess: Response) -> None:
    """The network's five best guesses."""
    net = nets.find(stage.net)
    st.markdown(f"**{escaped(net.title)} says: {escaped(guess.classes[0])}**")
    pairs = zip(guess.classes, guess.probabilities, strict=True)
    alt = ", ".join(f"{name} {share:.1%}" for name, share in pairs)
    options = curves.ranking(guess.classes, guess.probabilities)
    st.echarts_chart(options, height=170, key="feature_maps.guess", alt=alt)
    for line in feature_maps.softmax_written_out(guess.logits):
        st.latex(line)
    if net.read is None:
        st.caption("Its weights are random, and so is this answer.")
    if len(net.classes) <= 20:
        known = ", ".join(map(escaped, net.classes))
        st.caption(f"Whatever the picture shows, it can only answer: {known}.")
    else:
        st.caption(
            f"Whatever the picture shows, it can only answer with one of its {len(net.classes):,} classes."
        )


def predict(stage: frame.Stage, layer: Layer) -> None:
    """What mirroring the picture does to the maps."""

    def reveal() -> tuple[str, str]:
        change = feature_maps.mirror_change(stage.image, stage.net, layer.name)
        truth = "same" if change < 0.001 else "near" if change < 0.2 else "other"
        why = (
            "Nothing before this layer tells left from right."
            if truth == "same"
            else "A convolution follows a picture that shifts; it need not follow one that is mirrored, "
            "because its kernels stay as they are."
        )
        return truth, (
            rf"The change is $\lVert f(Mx) - M f(x) \rVert / \lVert f(x) \rVert = {change:.3g}$, "
            rf"where $M$ mirrors. {why}"
        )

    ask = f"the picture were mirrored, left for right? The maps of {layer.name} would be …"
    frame.question(ask, ANSWERS, f"feature_maps.predict.{stage.digest}.{layer.name}", reveal)


def names_of(layer: Layer, net: str) -> tuple[str, ...]:
    """What the channels of the first and the last layer are called; the others have numbers only."""
    if layer.name == INPUT:
        return nets.find(net).channels
    return nets.find(net).classes if layer == feature_maps.layers(net)[-1] else ()


def strongest(found: LayerMaps) -> str:
    return ", ".join(str(index) for index in of_maps.order(found, "strength")[:3])
