"""Holds chexzero_model.py against open_clip, an independent implementation: same weights, same numbers; same texts, same ids."""
import open_clip
import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

from chexzero_model import Clip, Tokenizer, released_precision

TEXTS = ["Pleural Effusion", "no Pleural  Effusion", "a frontal chest x-ray", "The heart's size is 5.5 cm; it's enlarged.",
         "No pneumothorax.\nLungs are clear!", "", "XXXX-XXXX caf\u00e9 \u00b5m \u4e2d", "word " * 100, "aaaaaaa bananana",
         "AT&amp;T &lt;5 mm"]

torch.set_num_threads(2)
torch.manual_seed(0)
ours = Tokenizer(49408)(TEXTS)
theirs = open_clip.SimpleTokenizer()(TEXTS)
assert torch.equal(ours, theirs), (ours != theirs).nonzero()

dims = dict(patch=32, vision_width=128, vision_layers=2, text_width=64, text_layers=2, vocabulary=49408, dimension=64)
model = Clip(**dims).eval()
other = CLIP(64, CLIPVisionCfg(layers=2, width=128, patch_size=32, image_size=224),
             CLIPTextCfg(width=64, heads=1, layers=2), quick_gelu=True).eval()
missing, unexpected = other.load_state_dict(model.state_dict(), strict=False)
assert not unexpected and all(key == "attn_mask" for key in missing), (missing, unexpected)
pixels = torch.randn(3, 3, 224, 224)
with torch.no_grad():
    for name, a, b in (("image", model.encode_image(pixels), other.encode_image(pixels)),
                       ("text", model.encode_text(ours), other.encode_text(theirs)),
                       ("grey", model.encode_image(pixels[:, :1]), model.encode_image(pixels[:, :1].repeat(1, 3, 1, 1)))):
        print(f"{name}: largest difference {(a - b).abs().max():.1e}, largest value {a.abs().max():.2f}")
        assert torch.allclose(a, b, atol=2e-5)
mix = {key: value.dtype for key, value in released_precision(model).items()}
assert mix["visual.conv1.weight"] == mix["text_projection"] == mix["transformer.resblocks.0.attn.in_proj_bias"] == torch.half
assert mix["visual.class_embedding"] == mix["token_embedding.weight"] == mix["visual.ln_pre.weight"] == torch.float
print(f"tokens of {len(TEXTS)} texts equal; {len(mix)} keys")
