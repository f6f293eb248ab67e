"""Random changes to pictures in training, so that a network also knows what its few examples do not show.

Each function takes pictures (N, C, H, W) in [0, 1] and a generator on the CPU, and returns new ones alike.
"""

import torch
from torch import Generator, Tensor
from torch.nn import functional as F


def vary_digits(images: Tensor, generator: Generator) -> Tensor:
    """Digits as people photograph them: moved, turned, sized, thin or fat, dark on white or light on dark."""
    warped = _warped(images, generator, angle=0.3, shift=0.15, scale=(0.65, 1.15), padding="zeros")
    draw = torch.rand(6, len(images), 1, 1, 1, generator=generator).to(images.device)
    crisp = torch.sigmoid((warped - 0.3 - 0.3 * draw[0]) * 15)
    strokes = torch.where(draw[1] < 0.5, crisp, warped)
    ink, paper = 1 - 0.4 * draw[2] ** 2, 0.4 * draw[3] ** 2
    pictures = paper + (ink - paper) * strokes
    pictures = torch.where(draw[4] < 0.5, pictures, 1 - pictures)
    return _noisy(pictures, generator, 0.06 * draw[5])


def vary_shapes(images: Tensor, generator: Generator) -> Tensor:
    """Shapes a little moved and sized, mirrored, in quarter turns, in other colours and another light."""
    warped = _warped(images, generator, angle=0, shift=0.05, scale=(0.85, 1.1), padding="border")
    draw = torch.rand(4, len(images), 1, 1, 1, generator=generator).to(images.device)
    mirrored = torch.where(draw[0] < 0.5, warped, warped.flip(3))
    quarters = int(torch.randint(4, (), generator=generator))
    turned = mirrored[:, torch.randperm(3, generator=generator)].rot90(quarters, (2, 3))
    lit = (0.7 + 0.5 * draw[1]) * (turned - 0.5) + 0.4 + 0.2 * draw[2]
    return _noisy(lit, generator, 0.05 * draw[3])


def _warped(
    images: Tensor,
    generator: Generator,
    *,
    angle: float,
    shift: float,
    scale: tuple[float, float],
    padding: str,
) -> Tensor:
    """Each picture turned by up to `angle` radians, moved by up to `shift` of its side, and sized."""
    turn, x, y, size = torch.rand(4, len(images), generator=generator).to(images.device)
    turn, x, y = ((2 * draw - 1) * most for draw, most in ((turn, angle), (x, 2 * shift), (y, 2 * shift)))
    size = scale[0] + (scale[1] - scale[0]) * size
    cosine, sine = turn.cos() / size, turn.sin() / size  # the grid says where each pixel comes from
    affine = torch.stack([cosine, -sine, x, sine, cosine, y], dim=1).view(-1, 2, 3)
    grid = F.affine_grid(affine, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode=padding, align_corners=False)


def _noisy(images: Tensor, generator: Generator, sigma: Tensor) -> Tensor:
    """Pictures with white noise of standard deviation `sigma` (N, 1, 1, 1), clipped to [0, 1]."""
    noise = torch.randn(images.shape, generator=generator).to(images.device)
    return (images + sigma * noise).clamp(0, 1)
