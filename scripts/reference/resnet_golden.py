"""Tiny random bottleneck ResNets of torchvision, with and without a bias in the last layer, and their embeddings.
Output: test/golden/onnx/resnet-biased.pt, resnet-plain.pt and resnet.json"""
import base64, json, pathlib
import torch, torchvision
from torchvision.models.resnet import Bottleneck, ResNet

torch.manual_seed(6)
torch.set_num_threads(1)
out = pathlib.Path(__file__).parents[2] / "test/golden/onnx"
out.mkdir(parents=True, exist_ok=True)


class Narrow(ResNet):
    """The same code with fewer channels: torchvision fixes them to 64, 128, 256 and 512."""

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        return super()._make_layer(block, planes // 16, blocks, stride, dilate)


def narrow(bias):
    model = Narrow(Bottleneck, [2, 1, 2, 1])
    # torchvision widens the stem to 64 channels; the first stage gives 16.
    model.fc = torch.nn.Linear(128, 12, bias=bias)
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        if name.endswith("running_var"):
            value.copy_(torch.rand_like(value) + 0.2)
        elif value.is_floating_point() and value.ndim == 1:
            value.data += 0.2 * torch.randn_like(value)
    for value in [*model.parameters(), *model.buffers()]:
        if value.is_floating_point():
            value.data = value.data.half().float()
    return model.eval()


def packed(tensor):
    return {"shape": list(tensor.shape), "base64": base64.b64encode(tensor.float().numpy().tobytes()).decode()}


# Sides that no stride divides: the borders are cut as torch cuts them.
cases = {}
for name, bias, side in (("biased", True, 64), ("plain", False, 45)):
    model = narrow(bias)
    pixels = torch.randn(2, 3, side, side)
    with torch.no_grad():
        embeddings = model(pixels)
    state = {f"image_model.{key}": value.half() if value.is_floating_point() else value for key, value in model.state_dict().items()}
    torch.save(state, out / f"resnet-{name}.pt")
    cases[name] = {"parameters": sum(value.numel() for value in model.parameters()), "pixels": packed(pixels),
                   "embeddings": packed(embeddings)}
golden = {"versions": {"torch": torch.__version__, "torchvision": torchvision.__version__}, **cases}
(out / "resnet.json").write_text(json.dumps(golden) + "\n")
