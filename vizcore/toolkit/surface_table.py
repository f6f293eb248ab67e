"""Functions of two numbers that optimisers are tried on, each as one formula."""

from collections.abc import Mapping
from dataclasses import dataclass

from vizcore.toolkit.formula import parsed
from vizcore.toolkit.formula_latex import latex
from vizcore.toolkit.parameters import Parameter

AXES = ("x", "y")
SYMBOLS: Mapping[str, str] = {"condition": r"\kappa", "depth": "b", "ripple": "A"}  # LaTeX of parameters

Window = tuple[float, float, float, float]  # x from, x to, y from, y to


@dataclass(frozen=True)
class Landscape:
    """A function f of x and y."""

    title: str
    text: str  # the formula, of x, y and the parameters
    window: Window  # worth looking at
    start: tuple[float, float]  # a place to start from
    minima: tuple[tuple[float, float], ...]  # where f is lowest, whatever the parameters; () if not known
    says: str  # one or two sentences
    source: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def formula(self) -> str:
        """The right side of f(x, y) = ... in LaTeX."""
        return latex(parsed(self.text, (*AXES, *SYMBOLS)), SYMBOLS)


SURFACES: Mapping[str, Landscape] = {
    "bowl": Landscape(
        "Quadratic bowl",
        "(x**2 + condition*y**2)/2",
        (-4, 4, -2, 2),
        (-3.5, 1.5),
        ((0, 0),),
        "Curvature 1 along x and κ along y. The steep direction sets the limit of the rate, the flat one how "
        "long it takes.",
        "Boyd & Vandenberghe 2004, section 9.3",
        (Parameter("condition", "Condition number κ", 1, 100, 10, 1),),
    ),
    "ravine": Landscape(
        "Oblique ravine",
        "((x + y)**2 + condition*(x - y)**2)/4",
        (-3, 3, -3, 3),
        (-2.8, -1.8),
        ((0, 0),),
        "The bowl turned by 45°: a rate for each coordinate is of no use here, since the valley runs along "
        "none of them.",
        "Rotated quadratic; curvatures 1 and κ",
        (Parameter("condition", "Condition number κ", 1, 400, 50, 1),),
    ),
    "saddle": Landscape(
        "Saddle",
        "x**2/2 - y**2/2 + y**4/4",
        (-2, 2, -1.6, 1.6),
        (-1.8, 0.01),
        ((0, -1), (0, 1)),
        "Beside the ridge y = 0 the slope along y is almost 0, and at (0, 0) there is none. Newton's step "
        "goes there, as to any such place.",
        "Double well; Dauphin et al. 2014, arXiv:1406.2572",
    ),
    "beale": Landscape(
        "Beale",
        "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        (-4.5, 4.5, -4.5, 4.5),
        (1, 1.5),
        ((3, 0.5),),
        "Nearly flat around its minimum, with steep walls in the corners.",
        "Beale 1958, On an iterative method",
    ),
    "rosenbrock": Landscape(
        "Rosenbrock",
        "(1 - x)**2 + depth*(y - x**2)**2",
        (-2, 2, -1, 3),
        (-1.5, 2),
        ((1, 1),),
        "A valley bent like a banana. To find it is easy, to follow it is not.",
        "Rosenbrock 1960, An automatic method",
        (Parameter("depth", "Depth of the valley b", 1, 200, 100, 1),),
    ),
    "himmelblau": Landscape(
        "Himmelblau",
        "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        (-5, 5, -5, 5),
        (-0.5, -0.8),
        (
            (3, 2),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
        "Four minima, all of value 0. A small change of the start leads to another one.",
        "Himmelblau 1972, Applied Nonlinear Programming",
    ),
    "rastrigin": Landscape(
        "Rastrigin",
        "2*ripple + x**2 - ripple*cos(2*pi*x) + y**2 - ripple*cos(2*pi*y)",
        (-4, 4, -4, 4),
        (-3.3, 2.7),
        ((0, 0),),
        "A bowl under an egg box: a minimum close to each pair of whole numbers, and one that is lowest.",
        "Rastrigin 1974, Systems of Extremal Control",
        (Parameter("ripple", "Height of the ripple A", 0, 20, 10, 0.5),),
    ),
    "plateau": Landscape(
        "Plateau",
        "1 - exp(-(x**2 + 2*y**2)/2)",
        (-4, 4, -3, 3),
        (-2.9, 1.2),
        ((0, 0),),
        "Far from the hole there is next to no slope, as with a saturated unit. Dividing the gradient by its "
        "size still gives full steps.",
        "A Gaussian hole",
    ),
    "noisy": Landscape(
        "Noisy bowl",
        "(x**2 + condition*y**2)/2",
        (-4, 4, -2, 2),
        (-3.5, 1.5),
        ((0, 0),),
        "Each step sees the gradient of another mini-batch: the true one, with normal noise added.",
        "The bowl; noise as in Robbins & Monro 1951",
        (
            Parameter("condition", "Condition number κ", 1, 100, 4, 1),
            Parameter("noise", "Standard deviation of the noise", 0, 10, 1, 0.1),
        ),
    ),
}
