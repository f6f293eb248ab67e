"""The app with an untrained ResNet-18 at 224 px among its networks: a size that users bring."""

import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from torchvision.models import resnet18

from app import app
from vizcore.toolkit import nets

_FILE = Path(tempfile.mkdtemp()) / "resnet18.safetensors"
torch.manual_seed(0)
save_file(resnet18(weights=None).state_dict(), _FILE)
nets.NETS["resnet18"] = nets.Net(
    title="ResNet-18",
    summary="Untrained, for measuring.",
    build=lambda: resnet18(weights=None),
    file=str(_FILE),
    input_shape=(3, 224, 224),
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
    classes=tuple(f"class {index}" for index in range(1000)),
    source="He et al. 2015, arXiv:1512.03385",
)

if __name__ == "__main__":
    app.run(config={"server.port": int(sys.argv[1]), "server.headless": True})
