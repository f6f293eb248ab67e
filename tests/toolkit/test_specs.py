"""Own networks: what may be written, what is refused and how, and what PyTorch makes of it."""

import base64
import functools
import inspect
import json
import random
import subprocess
import sys
import time
import zlib

import pytest
import torch
from safetensors.torch import load_file, save_file

from vizcore.toolkit import graphs, specs
from vizcore.toolkit.errors import InputError
from vizcore.toolkit.spec_kinds import KINDS

RELU, FLATTEN, LINEAR = {"kind": "relu"}, {"kind": "flatten"}, {"kind": "linear", "out": 10}
conv = functools.partial(dict, kind="conv", out=4)
HEAD = [{"kind": "global_avg_pool"}, FLATTEN, LINEAR]
GATES = [
    {"kind": "conv", "out": 6, "kernel": 5, "groups": 3, "stride": 2, "padding": 3, "dilation": 2},
    {"kind": "leaky_relu", "slope": 0.2, "name": "maps"},
    {"kind": "global_avg_pool"},
    {"kind": "conv", "out": 6, "kernel": 1},
    {"kind": "sigmoid"},
    {"kind": "multiply", "from": ["maps", "sigmoid1"]},
    {"kind": "concat", "from": ["multiply1", "maps", "maps"]},
    {"kind": "avg_pool", "kernel": 3, "stride": 2, "padding": 1},
    {"kind": "dropout", "p": 0.25},
    FLATTEN,
    {"kind": "linear", "out": 10, "bias": False},
]
TEXTS = {**specs.EXAMPLES, "gates": json.dumps({"input": [3, 37, 37], "layers": GATES})}


def written(*layers, **rest):
    return json.dumps({"layers": layers, **rest})


def test_a_bare_list_is_for_colour_pictures_of_64_px_and_names_classes_by_number():
    spec = specs.parse(json.dumps([FLATTEN, {"kind": "linear", "out": 3}]))
    assert spec.input_shape == (3, 64, 64)
    assert spec.classes == ("class 0", "class 1", "class 2")
    assert hash(spec) == hash(specs.parse(written(FLATTEN, {"kind": "linear", "out": 3}, classes=3)))


def test_shapes_are_those_one_computes_by_hand():
    sizes = specs.shapes(specs.parse(TEXTS["gates"]))
    assert sizes["maps"] == (6, 18, 18)  # (37 + 2 * 3 - (2 * (5 - 1) + 1)) // 2 + 1 = 18
    assert sizes["concat1"] == (18, 18, 18)
    assert sizes["pool2"] == (18, 9, 9)  # (18 + 2 - 3) // 2 + 1 = 9
    assert sizes["flatten1"] == (18 * 9 * 9,)


def test_parameters_are_those_one_counts_by_hand():
    module = specs.build(specs.parse(TEXTS["gates"]))
    counts = {name: sum(w.numel() for w in layer.parameters()) for name, layer in module.named_children()}
    assert counts["conv1"] == 6 * (1 * 25 + 1)  # three groups: each map sees one channel
    assert counts["conv2"] == 6 * (6 + 1)
    assert counts["linear1"] == 18 * 9 * 9 * 10


@pytest.mark.parametrize("title", TEXTS)
def test_a_network_runs_on_any_device_and_its_children_are_its_layers(title):
    spec = specs.parse(TEXTS[title])
    with torch.device("meta"):
        assert specs.build(spec)(torch.zeros(2, *spec.input_shape)).shape == (2, 10)
    names = [layer.name for layer in spec.layers]
    module = specs.build(spec).eval()
    assert [name for name, _ in module.named_children()] == names
    batch = torch.rand(2, *spec.input_shape)
    found = graphs.outputs(graphs.steps(module, batch), batch)
    assert {name: tuple(value.shape[1:]) for name, value in found.items()} == {
        name: size for name, size in specs.shapes(spec).items() if name != "input"
    }


@pytest.mark.parametrize("title", TEXTS)
def test_torch_fx_can_trace_it(title):
    spec = specs.parse(TEXTS[title])
    module, batch = specs.build(spec).eval(), torch.rand(2, *spec.input_shape)
    assert torch.equal(torch.fx.symbolic_trace(module)(batch), module(batch))


def given_by_torch(kind, values, before):
    places, names = KINDS[kind].arguments(values, before)
    try:
        return tuple(KINDS[kind].module(*places, **names)(torch.zeros(2, *before)).shape[1:])
    except RuntimeError:  # a window that does not fit, or too much padding
        return None


def given_by_us(kind, values, before):
    try:
        return KINDS[kind].after(values, [before])
    except InputError:
        return None


@pytest.mark.parametrize("kind", ["conv", "max_pool", "avg_pool"])
def test_windows_give_and_refuse_what_torch_gives_and_refuses(kind):
    draw, found = random.Random(kind), []
    for _ in range(150):
        before = (draw.choice([1, 3]), *[draw.randint(8, 30)] * 2)
        numbers = {"kernel": draw.randint(1, 15), "stride": draw.randint(1, 5), "padding": draw.randint(0, 7)}
        conv = {"out": 3, "groups": before[0], "dilation": draw.randint(1, 3)}
        values = KINDS[kind].values(numbers | conv if kind == "conv" else numbers)
        found.append(given_by_us(kind, values, before))
        assert found[-1] == given_by_torch(kind, values, before), (values, before)
    assert 10 < found.count(None) < 100


@pytest.mark.parametrize("kind", KINDS)
def test_settings_left_out_are_what_pytorch_does_when_they_are_left_out(kind):
    parameters = inspect.signature(KINDS[kind].module).parameters
    for setting in KINDS[kind].settings.values():
        if setting.keyword and setting.default != "kernel":
            assert setting.default == parameters[setting.keyword].default


def results(net, pictures):
    """Weights of a fresh network, then what it gives in training (with seed 1) and in use."""
    weights = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    torch.manual_seed(1)
    return weights | {"training": net(pictures).detach(), "use": net.eval()(pictures).detach()}


RUN = f"""
import runpy, sys, torch
from safetensors.torch import load_file, save_file
{inspect.getsource(results)}
torch.set_num_threads(1)
for program in sys.argv[1:]:
    made = runpy.run_path(program)["Net"]
    torch.manual_seed(0)
    save_file(results(made(), load_file(program + ".pictures")["pictures"]), program + ".results")
"""


def test_the_program_stands_alone_and_does_exactly_what_the_module_does(tmp_path):
    expected = {}
    for number, text in enumerate(TEXTS.values()):
        program, spec = tmp_path / f"{number}.py", specs.parse(text)
        program.write_text(specs.code(spec), encoding="utf-8")
        pictures = torch.rand(3, *spec.input_shape)
        save_file({"pictures": pictures}, f"{program}.pictures")
        torch.manual_seed(0)
        expected[str(program)] = results(specs.build(spec), pictures)
    done = subprocess.run(
        [sys.executable, "-c", RUN, *expected], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout == "torch.Size([2, 10])\n" * len(TEXTS), done.stderr
    for program, wanted in expected.items():
        found = load_file(f"{program}.results")
        assert found.keys() == wanted.keys()
        assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_the_program_names_only_what_is_used_later():
    program = specs.code(specs.parse(TEXTS["gates"]))
    assert "self.conv1 = nn.Conv2d(3, 6, 5, stride=2, padding=3, dilation=2, groups=3)\n" in program
    assert "maps = self.maps(x)  # 6 maps of 18 × 18\n" in program
    assert "x = torch.cat([x, maps, maps], dim=1)  # 18 maps of 18 × 18\n" in program


@pytest.mark.parametrize("title", TEXTS)
def test_links_and_texts_bring_the_same_network_back(title):
    spec = specs.parse(TEXTS[title])
    assert specs.from_token(specs.token(spec)) == spec
    assert specs.parse(specs.text(spec)) == spec
    assert len(specs.token(spec)) < 400


def test_names_of_classes_and_a_grey_input_survive_a_link_and_are_fit_to_be_shown():
    names = ["cat", "größe\u202e", " two  words ", "…", "<b>", "ﬁve", "六", "x" * 40, "\ud800a", "10"]
    spec = specs.parse(written(*HEAD, input=[1, 8, 8], classes=names))
    assert spec.classes[:6] == ("cat", "größe", "two words", "…", "<b>", "five")
    assert specs.from_token(specs.token(spec)) == spec == specs.parse(specs.text(spec))


def test_equal_networks_have_equal_tokens_however_they_are_written():
    plain = written({"kind": "leaky_relu", "slope": 0.0}, {"kind": "max_pool"}, *HEAD)
    long = written(
        {"slope": -0.0, "from": "input", "kind": "leaky_relu", "name": "leaky_relu1"},
        {"kind": "max_pool", "stride": 2, "kernel": 2, "from": ["leaky_relu1"], "padding": 0},
        *HEAD,
        classes=[f"class {number}" for number in range(10)],
        input=[3, 64, 64],
    )
    assert specs.parse(plain) == specs.parse(long)
    assert specs.token(specs.parse(plain)) == specs.token(specs.parse(long.replace("-0.0", "0")))
    assert specs.token(specs.parse(plain)) == specs.token(specs.parse(long))


def test_checking_a_network_takes_no_weights_and_no_random_numbers():
    before = torch.get_rng_state()
    specs.parse(TEXTS["gates"])
    assert torch.equal(torch.get_rng_state(), before)


def test_a_network_that_is_too_long_for_a_link_says_so():
    names = [f"{number * 7919**4 % 10**12:x}" for number in range(1000)]
    spec = specs.parse(written(FLATTEN, {"kind": "linear", "out": 1000}, input=[3, 8, 8], classes=names))
    with pytest.raises(InputError, match=r"4,000 characters.*Shorten the names"):
        specs.token(spec)


def packed(text):
    return "arch-" + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("", "begins with arch-"),
        ("lenet5", "begins with arch-"),
        ("arch-", "damaged"),
        ("arch-" + "A" * 4000, "at most 4,000"),
        ("arch-AAAA", "damaged"),
        ("arch-ünïcode", "damaged"),
        ("arch-../../etc", "damaged"),
        (packed(TEXTS["gates"])[:-9], "damaged"),
        (packed(TEXTS["gates"])[:60] + "!!!!" + packed(TEXTS["gates"])[60:], "damaged"),
        (packed(TEXTS["gates"])[:60] + "A" + packed(TEXTS["gates"])[61:], "damaged"),
        ("arch-" + base64.urlsafe_b64encode(zlib.compress(b"\xff")).decode().rstrip("="), "damaged"),
        (packed(" " * 500_000), "damaged"),  # a bomb: 500 bytes become half a million
        (packed(" " * 20_001), "20,001 characters"),
        (packed("[]"), "1 to 100 layers"),
        (packed(written({"kind": "os.system"})), "no kind called"),
    ],
)
def test_what_is_no_token_of_a_good_network_is_refused(token, message):
    with pytest.raises(InputError, match=message):
        specs.from_token(token)


HOSTILE = [
    ("", "This is not JSON, see line 1, column 1"),
    ("import os", "double quotes"),
    ("[{'kind': 'relu'}]", "double quotes"),
    ('[{"kind": "relu"},]', "no comma after a last entry"),
    (" " * 20_001, "20,001 characters; a network has at most 20,000"),
    ("[" * 20_000, "Too many brackets"),
    ('{"layers":' * 2_000, "Too many brackets"),
    ("7", "The network: it must be an object"),
    ("null", 'such as {"layers": [...]}, not null'),
    ("{}", "a list of 1 to 100 layers, not null"),
    ("[]", "1 to 100 layers, not 0"),
    (written(*[RELU] * 101), "1 to 100 layers, not 101"),
    ('{"layer": []}', "no entry called 'layer'. Did you mean layers?"),
    ('{"layers": [], "layers": []}', "has 'layers' 2 times"),
    ('[{"kind": "relu", "kind": "conv"}]', "Layer 1: it has 'kind' 2 times"),
    (written(RELU, 5), 'Layer 2: it must be an object such as {"kind": "relu"}, not 5'),
    (written([[]]), "Layer 1: it must be an object"),
    (written({"out": 3}), 'Layer 1: it has no "kind"'),
    (
        written({"kind": "Conv2D", "out": 3}),
        "no kind called 'Conv2D'. Did you mean conv? Choose one of: conv,",
    ),
    (written({"kind": "__class__"}), "Choose one of: conv, linear, relu"),
    (written({"kind": ["relu"]}), "no kind called a list"),
    (written({"kind": "\ud800" * 99}), "no kind called '\\ud800"),
    (
        written(RELU, conv(kernal=3)),
        "Layer 2, conv1: there is no setting of conv called 'kernal'. Did you mean kernel?",
    ),
    (written(RELU, conv(kernel=16)), "Layer 2, conv1: kernel must be a whole number from 1 to 15, not 16."),
    (written(conv(kernel=True)), "kernel must be a whole number from 1 to 15, not true"),
    (written(conv(kernel=3.0)), "not 3.0"),
    (written(conv(kernel="3")), "not '3'"),
    (written(conv(kernel=[3, 3])), "not a list"),
    (written(conv(kernel=None)), "not null"),
    (written(conv(stride=0)), "stride must be a whole number from 1 to 15, not 0"),
    (written(conv(padding=-1)), "padding must be a whole number from 0 to 15, not -1"),
    (written(conv(bias=1)), "bias must be true or false, not 1"),
    ('[{"kind": "conv"}]', "out is missing; it must be a whole number from 1 to 4,096"),
    ('[{"kind": "conv", "out": 1e999}]', "out must be a whole number from 1 to 4,096, not Infinity"),
    ('[{"kind": "conv", "out": %s}]' % ("9" * 19_000), "out must be"),
    ('[{"kind": "conv", "out": -%s}]' % ("9" * 20), "not -1e+20"),
    ('[{"kind": "dropout", "p": NaN}]', "p must be a number from 0 to 0.95, not NaN"),
    ('[{"kind": "dropout", "p": -Infinity}]', "not -Infinity"),
    ('[{"kind": "dropout", "p": 0.%s}]' % ("9" * 19_000), "not 1.0"),
    (written(conv(out="?")).replace('"?"', "[" * 900 + "]" * 900), "out must be a whole number"),
    (written(conv(groups=3, out=4)), "groups must divide the 3 maps it gets and the 4 it gives, not 3"),
    (written(RELU | {"name": "Relu"}), "a small letter, then at most 23"),
    (written(RELU | {"name": "a\n"}), "not 'a\\n'"),
    (written(RELU | {"name": "x" * 25}), "at most 23"),
    (written(RELU | {"name": 5}), "Layer 1: the name must be"),
    (written(RELU | {"name": "forward"}), "uses the name forward; take another, such as forward_1"),
    (written(RELU | {"name": "lambda"}), "uses the name lambda"),
    (written(RELU | {"name": "input"}), "uses the name input"),
    (written(RELU | {"name": "relu2"}, RELU), "Layer 2: an earlier layer is called relu2 too"),
    (written(RELU | {"from": "relu1"}), "no earlier layer called 'relu1'"),
    (written(RELU, RELU | {"from": "rellu1"}), "Did you mean relu1? Choose one of: input, relu1."),
    (written(RELU | {"from": None}), "no earlier layer called null"),
    (written(RELU | {"from": []}), 'relu takes 1 in "from", not 0; write names of earlier'),
    (written(RELU, RELU | {"from": ["relu1", "input"]}), 'relu takes 1 in "from", not 2'),
    (written(RELU, {"kind": "add"}), 'add takes 2 in "from", not 1'),
    (written(RELU, {"kind": "concat"}), 'concat takes 2 or more in "from", not 1'),
    (written(RELU, conv(**{"from": "input"}), *HEAD), "Layer 1, relu1: no layer takes what it gives"),
    (written(conv(), {"kind": "add", "from": ["input", "conv1"]}), "3 maps of 64 × 64 and 4 maps of 62 × 62"),
    (
        written(conv(), {"kind": "multiply", "from": ["input", "conv1"]}),
        "must be 3 maps of 64 × 64 or 3 maps of 1 × 1",
    ),
    (
        written(conv(out=3), {"kind": "multiply", "from": ["input", "conv1"]}),
        "3 maps of 62 × 62; the second must",
    ),
    (
        written({"kind": "global_avg_pool"}, FLATTEN, {"kind": "multiply", "from": ["flatten1", "pool1"]}),
        "a list of 3 numbers and 3 maps of 1 × 1; the second must be a list of 3 numbers.",
    ),
    (written(conv(), {"kind": "concat", "from": ["input", "conv1"]}), "only maps of one height and width"),
    (
        written(*[{"kind": "max_pool", "kernel": 8}] * 3),
        "Layer 3, pool3: a window of 8 px does not fit into maps of 1 × 1",
    ),
    (
        written({"kind": "max_pool", "padding": 2}),
        "padding must be at most half of kernel, which is 2, not 2",
    ),
    (
        written(LINEAR),
        "Layer 1, linear1: it needs a list of numbers, but gets 3 maps of 64 × 64; put flatten before it",
    ),
    (written(FLATTEN, conv()), "Layer 2, conv1: it needs maps, but gets a list of 12,288 numbers"),
    (written(FLATTEN, {"kind": "batch_norm"}), "move it to a place before flatten"),
    (written(conv()), "Layer 1, conv1: the last layer gives 4 maps of 62 × 62; end with flatten and linear."),
    (written(FLATTEN), "The number of classes must be a whole number from 2 to 1,000, not 12288"),
    (written(FLATTEN, {"kind": "linear", "out": 1}), "from 2 to 1,000, not 1"),
    (written(*HEAD, classes=3), "gives a list of 10 numbers for 3 classes; both must be equal"),
    (written(*HEAD, classes="cats"), "The number of classes must be a whole number"),
    (written(*HEAD, classes=True), "not true"),
    (written(*HEAD, classes=["a"] * 10), "10 classes are called 'a'"),
    (
        written(*HEAD, classes=[*"abcdefghi", 10]),
        "The name of class 9 must be a text of at most 40 characters, not 10",
    ),
    (written(*HEAD, classes=[*"abcdefghi", "j" * 41]), "at most 40 characters"),
    (written(*HEAD, classes=[*"abcdefghi", "\ufdfa" * 3]), "at most 40 characters"),  # 18 letters each
    (written(*HEAD, input=[3, 64, 65]), "such as [3, 64, 64], not [3, 64, 65]"),
    (written(*HEAD, input=[2, 64, 64]), "[1, side, side] for grey"),
    (written(*HEAD, input=[3, 257, 257]), "side 8 to 256 px"),
    (written(*HEAD, input=[3, 7, 7]), "side 8 to 256 px"),
    (written(*HEAD, input=[True, 64, 64]), "not [true, 64, 64]"),
    (written(*HEAD, input=[[3], {}]), "not [a list, an object]"),
    (written(*HEAD, input=None), "not null"),
    (
        written(FLATTEN, {"kind": "linear", "out": 4096}, *[LINEAR] * 2),
        "50,335,744 parameters up to here are too many",
    ),
    (written(conv(out=4096)), "values in one layer are too many, the most is 8,000,000"),
    (written(conv(out=1900, kernel=1), *[RELU] * 9), "values up to here are too many"),
    (written(*[conv(out=1024, padding=1)] * 2), "multiplications up to here"),
    (written({"kind": "concat", "from": ["input"] * 1000}), "12,288,000 values in one layer"),
]


@pytest.mark.parametrize(("text", "message"), HOSTILE, ids=range(len(HOSTILE)))
def test_what_cannot_be_a_network_is_answered_at_once_with_a_helpful_sentence(text, message):
    start = time.perf_counter()
    with pytest.raises(InputError) as refusal:
        specs.parse(text)
    assert time.perf_counter() - start < 0.5
    said = str(refusal.value)
    assert message in said
    assert said.endswith(".")
    assert len(said.encode()) < 500
