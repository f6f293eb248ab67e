"""The steps of a network, against torch.fx, hooks on the network itself and plain forward passes."""

import gc
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import get_model
from torchvision.models.convnext import LayerNorm2d
from torchvision.models.feature_extraction import NodePathTracer, get_graph_node_names
from torchvision.ops import Permute, StochasticDepth

from vizcore.toolkit import graphs
from vizcore.toolkit.graphs import INPUT, Step, bound, outputs, steps
from vizcore.toolkit.modules import Add, Call, Concat, Multiply, Scale
from vizcore.toolkit.pretrained import PRETRAINED

UNKNOWN = ["shufflenet_v2_x1_0", "mnasnet1_0", "inception_v3"]  # not among ours: any network will do
PLAIN = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"init_weights": False},
}


def on_meta(name: str) -> nn.Module:
    """Torchvision's own network, in-place activations included, without memory for its weights."""
    with torch.device("meta"):
        return get_model(name, weights=None, **PLAIN.get(name, {})).eval()


def filled(name: str) -> nn.Module:
    """The same with random weights that keep values near 1, and batch norm that is no identity."""
    net, generator = on_meta(name).to_empty(device="cpu"), torch.Generator().manual_seed(3)
    for values in net.state_dict().values():
        if values.dim() == 1:
            values.copy_(torch.rand(values.shape, generator=generator) + 0.5)
        elif values.is_floating_point():
            reach = (6 / max(1, values[0].numel())) ** 0.5
            values.uniform_(-reach, reach, generator=generator)
    return net


def a_batch(*shape: int, seed: int = 5) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def recorded(net: nn.Module, *shape: int) -> dict[str, Step]:
    return {step.name: step for step in steps(net.eval(), a_batch(*shape))}


def hooks(net: nn.Module) -> int:
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in net.modules())


class Reuser(nn.Module):
    """Uses one in-place activation twice and adds in place: all that can spoil what is noted down."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv1(x))
        y = self.conv2(x)
        y += x
        return self.relu(y)


class Through(nn.Module):
    """A convolution, and a function of what comes out of it."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self.conv(x))


@pytest.mark.parametrize("name", ["vgg16", "googlenet", "resnet18", "resnet50", "densenet121"])
def test_steps_have_the_names_that_feature_extraction_gives(name: str) -> None:
    net = on_meta(name)
    found = [step.name for step in steps(net, torch.zeros(1, 3, 224, 224, device="meta"))]
    assert found == get_graph_node_names(net)[1][1:]


@pytest.mark.parametrize("name", [*PRETRAINED, "inception_v3", "mnasnet1_0"])
def test_steps_read_what_the_trace_of_torch_fx_reads(name: str) -> None:
    net = on_meta(name)
    tracer = NodePathTracer(leaf_modules=(StochasticDepth, Permute, LayerNorm2d))
    nodes = [node for node in tracer.trace(net).nodes if node.op not in ("get_attr", "output")]
    names = dict(zip(nodes, [INPUT, *(tracer.node_to_qualname[node] for node in nodes[1:])], strict=True))
    read = {node: [names[other] for other in node.all_input_nodes if other in names] for node in nodes}
    found = steps(net, torch.zeros(1, 3, 224, 224, device="meta"))
    assert [(INPUT, []), *((step.name, list(step.inputs)) for step in found)] == [
        (names[node], read[node]) for node in nodes
    ]


@pytest.mark.parametrize("name", [*PRETRAINED, *UNKNOWN])
def test_a_replay_gives_exactly_what_every_module_and_the_network_gave(name: str) -> None:
    net, first, second = filled(name), a_batch(1, 3, 96, 96), a_batch(1, 3, 96, 96, seed=6)
    network = steps(net, first)
    found = outputs(network, second)  # another picture than the one that was recorded
    seen: dict[str, list[Tensor]] = {path: [] for path, part in net.named_modules() if not part._modules}
    for path in seen:
        part = net.get_submodule(path)
        part.register_forward_hook(lambda *told, path=path: seen[path].append(told[2].clone()))
    with torch.no_grad():
        result = net(second)
    assert result.std() > 1e-3
    assert torch.equal(found[network[-1].name], result)
    for path, results in seen.items():
        for use, wanted in enumerate(results):
            assert torch.equal(found[f"{path}_{use}" if use else path], wanted), (path, use)


def test_in_place_and_reused_modules_keep_each_of_their_outputs() -> None:
    net, x = Reuser().eval(), a_batch(1, 3, 7, 5)
    first = net.conv1(x)
    second = net.conv2(first.relu())
    both = second + first.relu()
    wanted = {"conv1": first, "relu": first.relu(), "conv2": second, "add": both, "relu_1": both.relu()}
    found = outputs(steps(net, x), x)
    assert list(found) == list(wanted)
    for name, output in wanted.items():
        torch.testing.assert_close(found[name], output)


def test_every_layer_of_a_sequence_equals_the_layers_up_to_it() -> None:
    net = nn.Sequential(
        nn.Conv2d(1, 5, 3),
        nn.BatchNorm2d(5),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(60, 4),
    ).eval()
    x = a_batch(2, 1, 10, 8)
    found = outputs(steps(net, x), x)
    for index in range(len(net)):
        torch.testing.assert_close(found[str(index)], net[: index + 1](x), rtol=0, atol=0)


def test_a_step_holds_the_module_of_the_network_itself() -> None:
    net, x = Reuser(), a_batch(1, 3, 4, 4)
    network = steps(net, x)
    before = outputs(network, x, ["conv1"])["conv1"]
    with torch.no_grad():
        net.conv1.weight.mul_(2)
        net.conv1.bias.mul_(2)  # type: ignore[union-attr]
    assert network[0].module is net.conv1
    torch.testing.assert_close(outputs(network, x, ["conv1"])["conv1"], 2 * before)


def test_a_module_with_two_names_stays_one_module() -> None:
    shared = nn.Conv2d(2, 2, 1)
    network = steps(nn.Sequential(shared, shared), a_batch(1, 2, 3, 3))
    assert [(step.name, step.inputs) for step in network] == [("0", (INPUT,)), ("0_1", ("0",))]
    assert network[0].module is network[1].module is shared


def test_what_passes_its_input_on_is_a_step_beside_it() -> None:
    class Past(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.dropout, self.add = nn.Conv2d(3, 4, 1), nn.Dropout(), Add()

        def forward(self, x: Tensor) -> Tensor:
            x = self.conv(x)
            return self.add(self.dropout(x), x)

    assert recorded(Past(), 1, 3, 5, 4)["add"].inputs == ("dropout", "conv")


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda x: x + x, Add),
        (lambda x: x.add_(x), Add),
        (lambda x: x * x.mean((2, 3), keepdim=True), Multiply),
        (lambda x: torch.cat([x, x], 1), Concat),
        (lambda x: torch.cat([x, x], dim=1), Concat),
        (lambda x: x.relu(), nn.ReLU),
        (lambda x: F.relu(x, inplace=True), nn.ReLU),
        (lambda x: x.sigmoid(), nn.Sigmoid),
        (torch.tanh, nn.Tanh),
        (lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True), nn.MaxPool2d),
        (lambda x: F.avg_pool2d(x, (2, 3), padding=1, count_include_pad=False), nn.AvgPool2d),
        (lambda x: F.adaptive_avg_pool2d(x, (2, 1)), nn.AdaptiveAvgPool2d),
        (lambda x: F.dropout(x, 0.3, training=False), nn.Dropout),
        (lambda x: x.flatten(1), nn.Flatten),
        (lambda x: torch.flatten(x, start_dim=2), nn.Flatten),
        (lambda x: x.view(1, -1), Call),
        (lambda x: x[:, 1:3], Call),
        (lambda x: x.chunk(2, dim=1)[1], Call),
        (lambda x: torch.add(x, x, alpha=3), Call),  # no plain sum
        (lambda x: torch.cat([x, x]), Call),  # one batch after the other
        (lambda x: torch.cat([x, torch.ones(1, 2, 7, 5)], 1), Call),  # not of steps alone
        (lambda x: 1 - x, Call),
        (lambda x: x * 2, Call),
        (lambda x: x.mul_(2), Call),
        (lambda x: F.hardtanh(x, inplace=True), Call),
    ],
)
def test_functions_become_modules_that_do_the_same(
    function: Callable[[Tensor], Tensor], kind: type[nn.Module]
) -> None:
    net, x = Through(function).eval(), a_batch(1, 3, 7, 5)
    network = steps(net, a_batch(1, 3, 7, 5, seed=9))
    assert type(network[-1].module) is kind
    found = outputs(network, x)
    assert torch.equal(found[network[-1].name], net(x))
    assert torch.equal(found["conv"], net.conv(x))  # in-place functions write over a copy


def test_a_learned_factor_is_a_scale_with_that_parameter() -> None:
    factors = nn.Parameter(torch.tensor([2.0, 3.0, 4.0, 5.0]).view(4, 1, 1))
    for function in (lambda x: factors * x, lambda x: x * factors):
        net, x = Through(function), a_batch(1, 3, 2, 4)
        step = steps(net, x)[-1]
        assert isinstance(step.module, Scale)
        assert step.module.factors is factors
        assert torch.equal(step.module(net.conv(x)), net(x))


@pytest.mark.parametrize("order", [((0, 2, 3, 1),), (0, 2, 3, 1)])
def test_maps_come_back_whatever_the_order_of_the_axes(order: tuple[object, ...]) -> None:
    net, x = (
        nn.Sequential(Through(lambda x: x.permute(*order)), nn.Linear(4, 6), nn.GELU()),
        a_batch(1, 3, 7, 5),
    )
    network = steps(net, x)
    assert [step.channels_last for step in network] == [False, True, True, True]
    found = outputs(network, x)
    maps = graphs.as_maps(found["2"], network[-1].channels_last)
    assert maps.shape == (1, 6, 7, 5)
    assert torch.equal(maps[0, :, 3, 2], found["2"][0, 3, 2])


def test_a_list_of_values_counts_as_maps_of_one_by_one() -> None:
    assert graphs.as_maps(torch.zeros(2, 7)).shape == (2, 7, 1, 1)


def test_a_constant_is_never_taken_for_an_output_that_is_gone() -> None:
    class Shifted(Through):
        def forward(self, x: Tensor) -> Tensor:
            for _ in range(9):
                x = self.conv(x).relu()[:, :3]
                x = x + torch.ones(3, 1, 1)  # may lie where the convolution's output has lain
            return x

    network = steps(Shifted(torch.relu), a_batch(1, 3, 7, 5))
    assert all(len(step.inputs) == 1 for step in network)


def test_gradients_pass_all_steps_down_to_the_picture() -> None:
    net = Through(lambda x: x * (torch.ones(4, 1, 1) * 2)).requires_grad_(False)
    network = steps(net, a_batch(1, 3, 2, 2))
    x = a_batch(1, 3, 2, 2).requires_grad_()
    (found,) = torch.autograd.grad(outputs(network, x)["mul"].sum(), x)
    torch.testing.assert_close(found[0, :, 0, 0], 2 * net.conv.weight.sum(dim=(0, 2, 3)))


def test_a_network_of_one_layer_is_one_step() -> None:
    (step,) = steps(nn.Conv2d(3, 2, 1), a_batch(1, 3, 2, 2))
    assert step.inputs == (INPUT,)


def test_the_pass_ends_when_the_wanted_layers_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    net, x = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU(), nn.Sigmoid()), a_batch(1, 1, 2, 2)
    network = steps(net, x)
    monkeypatch.setattr(net[2], "forward", lambda _: pytest.fail("ran too far"))
    assert list(outputs(network, x, ["1"])) == ["1"]
    assert list(outputs(network, x, iter(["1", "0", INPUT]))) == ["1", "0", INPUT]
    assert outputs(network, x, [INPUT])[INPUT] is x


def test_a_step_that_is_not_there_is_named() -> None:
    net, x = nn.Sequential(nn.ReLU()), a_batch(1, 2)
    with pytest.raises(KeyError, match="nowhere"):
        outputs(steps(net, x), x, ["0", "nowhere"])


def test_no_hook_is_left_after_success_or_failure() -> None:
    net = Reuser()
    steps(net, a_batch(1, 3, 4, 4))
    with pytest.raises(RuntimeError, match="channels"):
        steps(net, a_batch(1, 2, 4, 4))  # two channels instead of three
    assert hooks(net) == 0
    assert torch.overrides._get_current_function_mode_stack() == []


def test_hooks_of_the_network_itself_stay_and_are_not_called_by_the_recording() -> None:
    net, calls = Reuser(), []
    net.conv1.register_forward_hook(lambda *_: calls.append(1))
    net.conv2.register_forward_pre_hook(lambda *_: calls.append(2))
    steps(net, a_batch(1, 3, 4, 4))
    assert hooks(net) == 2
    assert calls == []


def test_nothing_of_a_recording_stays_in_memory() -> None:
    gc.collect()
    gc.disable()
    try:
        net, x = nn.Sequential(Reuser(), nn.Dropout()).eval(), a_batch(1, 3, 4, 4)
        noticed = [weakref.ref(thing) for thing in (net, x)]
        network = steps(net, x)
        del net, x
        assert [ref() is None for ref in noticed] == [True, True]
        assert len(network) == 6
    finally:
        gc.enable()


def test_a_picture_is_left_as_it_is() -> None:
    net, x = nn.Sequential(nn.ReLU(inplace=True), nn.Conv2d(3, 1, 1)), a_batch(1, 3, 4, 4)
    before = x.clone()
    outputs(steps(net, x.clone()), x)
    assert torch.equal(x, before)


def test_recordings_of_one_network_in_eight_threads_are_all_whole() -> None:
    net = filled("squeezenet1_1")
    wanted = [step.name for step in steps(net, a_batch(1, 3, 48, 48))]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: steps(net, a_batch(1, 3, 48, 48)), range(24)))
    assert all([step.name for step in network] == wanted for network in found)
    assert hooks(net) == 0


def test_eight_threads_in_one_network_get_their_own_results() -> None:
    net = Reuser().eval()
    batches = [a_batch(1, 3, 16, 16, seed=seed) for seed in range(8)]
    network = steps(net, batches[0])
    wanted = [net(batch) for batch in batches]

    def right(index: int) -> bool:
        return torch.equal(outputs(network, batches[index % 8])["relu_1"], wanted[index % 8])

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(right, range(320)))


def test_a_recording_never_disturbs_what_other_threads_run() -> None:
    """With torch.fx in the place of `steps`, hundreds of these passes fail."""
    other, reuser, x = filled("squeezenet1_1"), Reuser().eval(), a_batch(1, 3, 32, 32)
    net, wanted, done, failed = filled("resnet18"), reuser(x), threading.Event(), []

    def forward() -> int:
        passes = 0
        while not done.is_set():
            passes += 1
            try:
                with torch.inference_mode():
                    other(x)
                    if not torch.equal(reuser(x), wanted):
                        failed.append("another result")
            except Exception as error:
                failed.append(repr(error))
        return passes

    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(forward) for _ in range(3)]
        names = [{step.name for step in steps(net, x)} for _ in range(15)]
        done.set()
    assert failed == []
    assert all(work.result() for work in running)
    assert all(found == names[0] for found in names)


@pytest.mark.parametrize("name", PRETRAINED)
def test_steps_bound_to_a_network_are_those_recorded_while_it_runs(name: str) -> None:
    net, bare, batch = filled(name), on_meta(name), a_batch(1, 3, 96, 96)
    found = bound(steps(bare, batch.to("meta")), bare, net)
    wanted = steps(net, batch)
    assert [(step.name, step.inputs, step.channels_last) for step in found] == [
        (step.name, step.inputs, step.channels_last) for step in wanted
    ]
    assert torch.equal(outputs(found, batch)[found[-1].name], net(batch))
    assert all(not weight.is_meta for step in found for weight in step.module.parameters())


def test_a_bound_function_gets_the_weights_that_it_was_given_there() -> None:
    class Floor(Through):
        def __init__(self) -> None:
            super().__init__(lambda x: torch.maximum(x, self.low))
            self.low = nn.Parameter(torch.tensor(9.0))

    with torch.device("meta"):
        bare = Floor()
    found = bound(steps(bare, a_batch(1, 3, 2, 2).to("meta")), bare, Floor())
    assert outputs(found, a_batch(1, 3, 2, 2))["maximum"].eq(9).all()


@pytest.mark.parametrize("name", PRETRAINED)
def test_shapes_without_values_are_those_with_values(name: str) -> None:
    net, batch = filled(name), a_batch(1, 3, 96, 96)
    wanted = outputs(steps(net, batch), batch)
    found = outputs(steps(on_meta(name), batch.to("meta")), batch.to("meta"))
    assert {key: out.shape for key, out in found.items()} == {key: out.shape for key, out in wanted.items()}
