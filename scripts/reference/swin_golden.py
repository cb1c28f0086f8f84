"""A tiny random Swin transformer of transformers with a projection, under both generations of names, and its embeddings.
Output: test/golden/onnx/swin-classic.pt (names of transformers 4, with its index buffers), swin-current.pt, swin.json"""
import base64, json, pathlib, tempfile
import torch, transformers
from safetensors.torch import load_file
from transformers import SwinConfig, SwinModel

torch.manual_seed(5)
torch.set_num_threads(1)
config = SwinConfig(image_size=64, patch_size=4, embed_dim=8, depths=[2, 2, 3], num_heads=[1, 2, 4], window_size=4)
model = SwinModel(config).eval()
head = torch.nn.Linear(32, 12, bias=False)
for name, parameter in model.named_parameters():  # away from trivial start values
    scale = 0.5 if "bias_table" in name else 0.1
    parameter.data += scale * torch.randn_like(parameter)
for parameter in [*model.parameters(), *head.parameters()]:
    parameter.data = parameter.data.half().float()

pixels = torch.randn(2, 3, 64, 64)
with torch.no_grad():
    embeddings = head(model(pixels).pooler_output)

with tempfile.TemporaryDirectory() as folder:  # the library saves under the names that its older versions read
    model.save_pretrained(folder)
    classic = load_file(pathlib.Path(folder) / "model.safetensors")
index = model.encoder.layers[0].blocks[0].attention.relative_position_bias.relative_position_index.view(16, 16)
tables = [key for key in classic if key.endswith("relative_position_bias_table")]
buffers = {key.replace("bias_table", "index"): index.clone() for key in tables}
current = model.state_dict()


def saved(state, name):
    named = {f"vision_model.model.{key}": value if value.dtype == torch.int64 else value.half() for key, value in state.items()}
    torch.save({**named, "vision_model.projection_head.weight": head.weight.detach().half()}, out / name)


def packed(tensor):
    return {"shape": list(tensor.shape), "base64": base64.b64encode(tensor.float().numpy().tobytes()).decode()}


out = pathlib.Path(__file__).parents[2] / "test/golden/onnx"
out.mkdir(parents=True, exist_ok=True)
saved({**classic, **buffers}, "swin-classic.pt")
saved(current, "swin-current.pt")
golden = {"versions": {"torch": torch.__version__, "transformers": transformers.__version__},
          "parameters": sum(value.numel() for value in [*model.parameters(), *head.parameters()]),
          "classic": sorted(classic)[:3], "pixels": packed(pixels), "embeddings": packed(embeddings)}
(out / "swin.json").write_text(json.dumps(golden) + "\n")
