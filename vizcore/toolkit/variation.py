"""Random changes to pictures in training, so that a network also knows what its few examples do not show.

Each function takes pictures (N, C, H, W) in [0, 1] and a generator on the CPU, and returns new ones alike;
where every pixel has a label, the labels move with the picture.
"""

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

THIN = 0.6  # share of the digits that get the thin strokes of a pen
MOVES = 8  # px that a scene moves by at most


def vary_digits(images: Tensor, generator: Generator) -> Tensor:
    """Digits as people draw or photograph them: anywhere, of any size, thin or fat, dark or light."""
    draw = torch.rand(8, len(images), 1, 1, 1, generator=generator).to(images.device)
    thin = draw[0] < THIN
    bent = _bent(torch.where(thin, _ridges(images), images), generator, 0.05)
    warped = _warped(bent, generator, angle=0.25, shift=0.03, scale=(0.5, 1.1), padding="zeros", room=0.9)
    least = torch.where(thin, 0.1, 0.3) + 0.3 * draw[1]
    crisp = torch.sigmoid((warped - least) * 15)
    wider = crisp + (F.max_pool2d(crisp, 3, 1, 1) - crisp) * (draw[2] - 0.7).clamp(min=0) / 0.3
    strokes = torch.where(thin, wider, torch.where(draw[3] < 0.5, crisp, warped))
    ink, paper = 1 - 0.4 * draw[4] ** 2, 0.4 * draw[5] ** 2
    pictures = paper + (ink - paper) * strokes
    pictures = torch.where(draw[6] < 0.5, pictures, 1 - pictures)
    return _noisy(pictures, generator, 0.06 * draw[7])


def vary_shapes(images: Tensor, generator: Generator) -> Tensor:
    """Shapes a little moved and sized, mirrored, in quarter turns, in other colours and another light."""
    warped = _warped(images, generator, angle=0, shift=0.05, scale=(0.85, 1.1), padding="border")
    draw = torch.rand(4, len(images), 1, 1, 1, generator=generator).to(images.device)
    mirrored = torch.where(draw[0] < 0.5, warped, warped.flip(3))
    quarters = int(torch.randint(4, (), generator=generator))
    turned = mirrored[:, torch.randperm(3, generator=generator)].rot90(quarters, (2, 3))
    return _lit(turned, generator, draw[1:])


def vary_scenes(images: Tensor, labels: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Shapes mirrored, in quarter turns, moved, in other colours and another light.

    What leaves the picture on one side comes back on the other. No pixel is interpolated, so that the labels
    (N, H, W) stay exact.
    """
    draw = torch.rand(4, len(images), 1, 1, 1, generator=generator).to(images.device)
    both = torch.cat([images, labels[:, None].to(images.dtype)], dim=1)
    mirrored = torch.where(draw[0] < 0.5, both, both.flip(3))
    quarters = int(torch.randint(4, (), generator=generator))
    down, right = torch.randint(-MOVES, MOVES + 1, (2,), generator=generator).tolist()
    moved = mirrored.rot90(quarters, (2, 3)).roll((down, right), (2, 3))
    pictures = moved[:, torch.randperm(3, generator=generator)]
    return _lit(pictures, generator, draw[1:]), moved[:, 3].to(labels.dtype)


def _lit(images: Tensor, generator: Generator, draw: Tensor) -> Tensor:
    """Pictures with another contrast, brightness and noise; how much, `draw` (3, N, 1, 1, 1) says, 0 to 1."""
    lit = (0.7 + 0.5 * draw[0]) * (images - 0.5) + 0.4 + 0.2 * draw[1]
    return _noisy(lit, generator, 0.05 * draw[2])


def _ridges(images: Tensor) -> Tensor:
    """Three times how much lighter each pixel is than what is around it: strokes become thin, holes open."""
    around = images
    for _ in range(2):
        around = F.avg_pool2d(around, 7, 1, 3)
    return 3 * (images - around)


def _bent(images: Tensor, generator: Generator, most: float) -> Tensor:
    """Pictures on rubber: 4 x 4 points of each move by up to `most` of its side, and the rest with them."""
    moves = 2 * most * (2 * torch.rand(len(images), 2, 4, 4, generator=generator) - 1).to(images.device)
    field = F.interpolate(moves, images.shape[2:], mode="bicubic", align_corners=True)
    still = torch.eye(2, 3, device=images.device).expand(len(images), 2, 3)
    grid = F.affine_grid(still, list(images.shape), align_corners=False) + field.permute(0, 2, 3, 1)
    return F.grid_sample(images, grid, align_corners=False)


def _warped(
    images: Tensor,
    generator: Generator,
    *,
    angle: float,
    shift: float,
    scale: tuple[float, float],
    padding: str,
    room: float = 0,
) -> Tensor:
    """Each picture turned by up to `angle` radians, sized, and moved.

    It moves by up to `shift` of its new side, and when it has shrunk also by up to `room` of the way to the
    edge.
    """
    turn, x, y, size = torch.rand(4, len(images), generator=generator).to(images.device)
    size = scale[0] + (scale[1] - scale[0]) * size
    far = 2 * shift + room * (1 / size - 1).clamp(min=0)
    turn, x, y = ((2 * draw - 1) * most for draw, most in ((turn, angle), (x, far), (y, far)))
    cosine, sine = turn.cos() / size, turn.sin() / size  # the grid says where each pixel comes from
    affine = torch.stack([cosine, -sine, x, sine, cosine, y], dim=1).view(-1, 2, 3)
    grid = F.affine_grid(affine, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode=padding, align_corners=False)


def _noisy(images: Tensor, generator: Generator, sigma: Tensor) -> Tensor:
    """Pictures with white noise of standard deviation `sigma` (N, 1, 1, 1), clipped to [0, 1]."""
    noise = torch.randn(images.shape, generator=generator).to(images.device)
    return (images + sigma * noise).clamp(0, 1)
