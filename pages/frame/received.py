"""What the network really gets to see of the picture, with the numbers of its normalisation."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.components.cards import data_url
from pages.frame.stage import Stage
from vizcore.plots import colours, mosaic
from vizcore.toolkit import images
from vizcore.toolkit.images import Image

_SHOWN = 256  # px; smaller pictures are enlarged pixel by pixel


@dataclass(frozen=True)
class Received:
    """A picture on its way into a network, drawn."""

    size: tuple[int, int]  # height and width of the picture, px
    box: tuple[int, int, int, int]  # what is cut out of it: top, left, bottom, right in px
    original: bytes  # PNG, faded outside of the box
    cropped: bytes  # PNG
    normalised: bytes  # PNG, a tile for each channel
    low: float  # smallest of the normalised values
    high: float  # largest


@st.cache_data(max_entries=64, show_spinner=False)
def drawn(digest: str, net: str, dark: bool, _image: Image) -> Received:
    """What a network receives of a picture with this digest, for a light or a dark page."""
    from vizcore.toolkit import inputs, nets  # here, because the first page appears before PyTorch is loaded

    entry = nets.find(net)
    prepared = inputs.prepare(_image, entry)
    channels, rows, _ = entry.input_shape
    height, width = _image.shape[:2]
    low, high = float(prepared.normalised.min()), float(prepared.normalised.max())
    far = max(abs(low), abs(high), 1e-6)
    limits = np.tile(np.array([[-far, far]], np.float32), (channels, 1))
    entries = mosaic.tiles(prepared.normalised, limits, columns=channels)
    step = -(-max(height, width) // (2 * _SHOWN))
    faded = mosaic.enlarged(
        _faded(_image, prepared.box)[::step, ::step], max(1, _SHOWN // max(height, width))
    )
    enlarged = max(1, _SHOWN // rows)
    return Received(
        (height, width),
        prepared.box,
        images.encode_png(faded),
        images.encode_png(mosaic.enlarged(prepared.cropped, enlarged)),
        mosaic.png(mosaic.enlarged(entries, enlarged), colours.lut_for(limits, dark=dark)),
        low,
        high,
    )


def received(stage: Stage) -> None:
    """Three pictures: the original with its crop, the crop at the network's size, its normalised values."""
    from vizcore.toolkit import nets

    net = nets.find(stage.net)
    channels, rows, columns = net.input_shape
    dark = st.context.theme.type == "dark"
    shown = drawn(stage.digest, stage.net, dark, stage.image)
    height, width = shown.size
    top, left, bottom, right = shown.box
    st.subheader("What the network receives", anchor=False)
    original, cropped, normalised = st.columns(3, gap="medium")
    with original:
        _show(shown.original, f"the picture, {width} by {height} pixels, faded outside of the crop")
        kept = f"Its middle is used: columns {left} to {right - 1}, rows {top} to {bottom - 1}."
        whole = shown.box == (0, 0, height, width)
        st.markdown(f"**The picture**, {width} × {height} px. {'All of it is used.' if whole else kept}")
    with cropped:
        _show(shown.cropped, f"the crop at {columns} by {rows} pixels")
        how = "**Already**" if (bottom - top, right - left) == (rows, columns) else "**Resized** to"
        st.markdown(f"{how} {columns} × {rows} px{', in grey' if channels == 1 else ''}.")
    with normalised:
        _show(shown.normalised, f"normalised: {', '.join(net.channels)}")
        st.markdown(f"**Normalised**: from {shown.low:.3g} to {shown.high:.3g}; blue is below 0, red above.")
        for name, mean, std in zip(net.channels, net.mean, net.std, strict=True):
            st.latex(rf"x'_\text{{{name}}} = \frac{{x_\text{{{name}}} - {mean:g}}}{{{std:g}}}")


def _show(png: bytes, alt: str) -> None:
    # Not as a file of the server: while somebody draws, the next one would replace it before it is fetched.
    st.image(data_url(png), width="stretch", alt=alt)


def _faded(image: Image, box: tuple[int, int, int, int]) -> Image:
    """The picture, faded outside of the box."""
    top, left, bottom, right = box
    faded = 0.35 * image + 0.5
    faded[top:bottom, left:right] = image[top:bottom, left:right]
    return faded
