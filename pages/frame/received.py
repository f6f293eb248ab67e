"""What the network really gets to see of the picture, with the numbers of its normalisation."""

import numpy as np
import streamlit as st

from pages.frame.stage import Stage
from vizcore.plots import colours, mosaic
from vizcore.toolkit import images
from vizcore.toolkit.images import Image

_SHOWN = 256  # px; smaller pictures are enlarged pixel by pixel


def received(stage: Stage) -> None:
    """Three pictures: the original with its crop, the crop at the network's size, its normalised values."""
    from vizcore.toolkit import inputs, nets  # here, because the first page appears before PyTorch is loaded

    net = nets.NETS[stage.net]
    prepared = inputs.prepare(stage.image, net)
    channels, rows, columns = net.input_shape
    height, width = stage.image.shape[:2]
    top, left, bottom, right = prepared.box
    st.subheader("What the network receives", anchor=False)
    original, cropped, normalised = st.columns(3, gap="medium")
    with original:
        framed = mosaic.enlarged(_framed(stage.image, prepared.box), max(1, _SHOWN // max(height, width)))
        _show(
            images.encode_png(framed), f"the picture, {width} by {height} pixels, faded outside of the crop"
        )
        st.markdown(
            f"**The picture**, {width} × {height} px. Its central square is cut out: "
            f"columns {left} to {right - 1}, rows {top} to {bottom - 1}."
        )
    with cropped:
        _show(
            images.encode_png(mosaic.enlarged(prepared.cropped, max(1, _SHOWN // rows))),
            f"the crop at {columns} by {rows} pixels",
        )
        st.markdown(f"**Resized** to {columns} × {rows} px{', in grey' if channels == 1 else ''}.")
    with normalised:
        low, high = float(prepared.normalised.min()), float(prepared.normalised.max())
        far = max(abs(low), abs(high), 1e-6)
        limits = np.tile(np.array([[-far, far]], np.float32), (channels, 1))
        entries = mosaic.tiles(prepared.normalised, limits, columns=channels)
        shown = mosaic.enlarged(entries, max(1, _SHOWN // rows))
        _show(mosaic.png(shown, colours.LUTS["rdbu"]), f"normalised: {', '.join(net.channels)}")
        st.markdown(f"**Normalised**: from {low:.3g} to {high:.3g}; blue is below 0, red above.")
        for name, mean, std in zip(net.channels, net.mean, net.std, strict=True):
            st.latex(rf"x'_\text{{{name}}} = \frac{{x_\text{{{name}}} - {mean:g}}}{{{std:g}}}")


def _show(png: bytes, alt: str) -> None:
    st.image(png, output_format="PNG", width="stretch", alt=alt)


def _framed(image: Image, box: tuple[int, int, int, int]) -> Image:
    """The picture, faded outside of the box."""
    top, left, bottom, right = box
    faded = 0.35 * image + 0.5
    faded[top:bottom, left:right] = image[top:bottom, left:right]
    return faded
