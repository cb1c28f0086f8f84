"""Tiny random towers of the reference libraries under their published key names, with what they compute.
Output: test/golden/onnx/{bert,distilbert}.{safetensors,json} and clip-gelu/"""
import base64, json, os, pathlib

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
import open_clip, torch, transformers
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from safetensors.torch import save_file
from transformers import BertConfig, BertForPreTraining, DistilBertConfig, DistilBertForMaskedLM

torch.set_num_threads(1)
out = pathlib.Path(__file__).parents[2] / "test/golden/onnx"
VERSIONS = {"torch": torch.__version__, "transformers": transformers.__version__, "open_clip": open_clip.__version__}


def packed(tensor):
    tensor = tensor.detach().contiguous()
    return {"shape": list(tensor.shape), "base64": base64.b64encode(tensor.float().numpy().tobytes()).decode()}


def lively(model):
    """Norms, biases and embeddings away from their trivial start values."""
    for parameter in filter(lambda one: one.ndim, model.parameters()):
        parameter.data += (0.1 if parameter.ndim == 1 else 0.3 / parameter.shape[-1] ** 0.5) * torch.randn_like(parameter)
    return model.eval()


def write(name, state, golden):
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.detach().clone().contiguous() for key, value in state.items()}, out / f"{name}.safetensors")
    (out / f"{name}.json").write_text(json.dumps({"versions": VERSIONS, **golden}) + "\n")


def texts(vocabulary, length):
    """Ids and mask of four texts of different lengths, padded with 0."""
    ids, mask = torch.zeros(4, length, dtype=torch.int64), torch.zeros(4, length, dtype=torch.int64)
    for row, count in enumerate((1, 3, 7, length)):
        ids[row, :count], mask[row, :count] = torch.randint(1, vocabulary, (count,)), 1
    return ids, mask


def encoder(name, model, trunk):
    ids, mask = texts(40, 11)
    with torch.no_grad():
        states = trunk(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
    write(name, model.state_dict(), {"ids": ids.tolist(), "mask": mask.tolist(), "states": [packed(s) for s in states]})


torch.manual_seed(5)
small = BertConfig(vocab_size=40, hidden_size=52, num_hidden_layers=2, num_attention_heads=2, intermediate_size=90,
                   max_position_embeddings=12)
bert = lively(BertForPreTraining(small))
encoder("bert", bert, bert.bert)
distil = lively(DistilBertForMaskedLM(DistilBertConfig(
    vocab_size=40, dim=48, n_layers=2, n_heads=3, hidden_dim=96, max_position_embeddings=12)))
encoder("distilbert", distil, distil.distilbert)

# open_clip's CLIP as it is trained from scratch: exact GELU, and heads that are not 64 wide.
torch.manual_seed(6)
vision = dict(layers=2, width=32, head_width=16, patch_size=16, image_size=32)
text = dict(context_length=16, vocab_size=520, width=32, heads=4, layers=2)
clip = lively(CLIP(24, CLIPVisionCfg(**vision), CLIPTextCfg(**text)))
pixels, ids = torch.randn(3, 3, 32, 32), torch.zeros(3, 16, dtype=torch.int64)
for row, length in zip(ids, (3, 9, 16)):
    row[:length] = torch.randint(0, 518, (length,))
    row[length - 1] = 519
with torch.no_grad():
    images, features = clip.encode_image(pixels), clip.encode_text(ids)
write("clip-gelu/open_clip_model", clip.state_dict(), {
    "pixels": packed(pixels), "ids": ids.tolist(), "images": packed(images), "texts": packed(features)})
(out / "clip-gelu/open_clip_config.json").write_text(json.dumps(
    {"model_cfg": {"embed_dim": 24, "vision_cfg": vision, "text_cfg": text}}, indent=2) + "\n")
