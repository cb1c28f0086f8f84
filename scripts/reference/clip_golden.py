"""A tiny random CLIP of open_clip, saved as CheXzero saves its own, with the embeddings that open_clip computes.
Output: test/golden/clip/tiny.pt and tiny.json"""
import base64, json, pathlib
import open_clip, torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

torch.manual_seed(11)
VOCABULARY, CONTEXT = 640, 77
vision = CLIPVisionCfg(layers=2, width=128, head_width=64, patch_size=8, image_size=24)
text = CLIPTextCfg(context_length=CONTEXT, vocab_size=VOCABULARY, width=64, heads=1, layers=2)
model = CLIP(48, vision, text, quick_gelu=True).eval()
for name, parameter in model.named_parameters():  # norms and biases away from their trivial start values
    if parameter.ndim == 1:
        parameter.data += 0.1 * torch.randn_like(parameter)

# The precision of released checkpoints: linear, convolution, attention and projections fp16, norms and embeddings fp32.
keep = ("ln_", "embedding", "logit_scale")
state = {key: value if any(word in key for word in keep) else value.half() for key, value in model.state_dict().items()}
model.load_state_dict({key: value.float() for key, value in state.items()})

pixels = torch.randn(3, 3, 24, 24)
ids = torch.zeros(4, CONTEXT, dtype=torch.int64)
for row, length in zip(ids, (2, 5, 40, CONTEXT)):
    row[:length] = torch.randint(0, VOCABULARY - 2, (length,))
    row[0], row[length - 1] = VOCABULARY - 2, VOCABULARY - 1
with torch.no_grad():
    images, texts = model.encode_image(pixels), model.encode_text(ids)


def packed(tensor):
    tensor = tensor.detach()
    return {"shape": list(tensor.shape), "base64": base64.b64encode(tensor.float().numpy().tobytes()).decode()}


out = pathlib.Path(__file__).parents[2] / "test/golden/clip"
out.mkdir(parents=True, exist_ok=True)
torch.save(state, out / "tiny.pt")
golden = {"versions": {"torch": torch.__version__, "open_clip": open_clip.__version__},
          "dtypes": {key: str(value.dtype) for key, value in state.items()},
          "parameters": sum(value.numel() for value in state.values()),
          "logitScale": model.logit_scale.detach().exp().item(), "pixels": packed(pixels), "ids": ids.tolist(),
          "images": packed(images), "texts": packed(texts)}
(out / "tiny.json").write_text(json.dumps(golden) + "\n")
