"""What there is to notice about a layer behind an activation function."""

from pages.components.activation_map import Row
from pages.parts.activation_functions_map_settings import PRELU, Seen
from vizcore.toolkit.activations import FLAT


def noticed(seen: Seen, table: list[Row]) -> list[str]:
    """Sentences with the numbers of this layer.

    Args:
        seen: the layer.
        table: of the whole layer before and after, then of the channel.
    """
    (_, mean, variance, _, _), (_, mean_after, variance_after, _, flat), *_ = table
    lines = [zeros(seen, table)]
    if flat:
        where = f"At {flat:.1%} of the values the slope is under {FLAT:g}"
        lines.append(f"{where}: hardly any gradient comes back through them.")
    else:
        lines.append(f"Nowhere is the slope under {FLAT:g}: the gradient comes back through every value.")
    lines.append(
        f"The mean goes from {mean:.3g} to {mean_after:.3g}, the variance from {variance:.3g} to "
        f"{variance_after:.3g}."
    )
    if dead := int((seen.found.value == 0).all(axis=(1, 2)).sum()):
        lines.append(f"{dead} of {len(seen.found.value)} channels are 0 everywhere in this picture.")
    if seen.function.name == PRELU:
        count = len(seen.found.x)
        lines.append(f"PReLU learns its slopes: 1 number when all share it, {count} with one per channel.")
    return lines


def zeros(seen: Seen, table: list[Row]) -> str:
    """What becomes exactly 0."""
    (before, after, _, channel), title = (row[3] for row in table), seen.function.title
    if after <= before:
        return f"{title} makes no value exactly 0: nothing of this layer is switched off."
    if not seen.function.switches_off:
        return (
            f"{after:.1%} of the values of this layer are so far below 0 that they are rounded to exactly 0; "
            f"by its formula {title} never is there."
        )
    return (
        f"**Sparse activation:** {title} makes {after:.1%} of the values of this layer exactly 0, and "
        f"{channel:.1%} of this channel. What is 0 adds nothing to the sums of the next layer."
    )
