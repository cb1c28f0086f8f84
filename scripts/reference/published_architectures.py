"""The importable architectures, built of the reference libraries' own modules, and their published key names.

`build(name, size)` gives a module with random weights: encode_image(pixels), encode_text(ids, mask), published() -> state
dict under the names of the authors' file. `size` is one of SIZES[name], full or miniature; nothing else differs.
"""
import contextlib
import json
import math
import os
import tempfile
from collections import OrderedDict

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg, CustomTextCLIP
from timm.models import generate_default_cfgs, register_model
from timm.models.vision_transformer import _cfg, _create_vision_transformer
from torch import nn
from torchvision.models.resnet import Bottleneck, ResNet
from transformers import (BertConfig, BertForPreTraining, BertModel, CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTextModel,
                          DistilBertConfig, DistilBertForMaskedLM, SwinConfig, SwinModel)

BASE_BERT = dict(vocab_size=30522, hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072,
                 max_position_embeddings=512)
CLINICAL_BERT = {**BASE_BERT, "vocab_size": 28996}
CLIP_B32_TEXT = dict(vocab_size=49408, hidden_size=512, num_hidden_layers=12, num_attention_heads=8, intermediate_size=2048,
                     max_position_embeddings=77)
SMALL_BERT = dict(vocab_size=0, hidden_size=64, num_hidden_layers=3, num_attention_heads=1, intermediate_size=128,
                  max_position_embeddings=128)
SMALL_CLIP_TEXT = dict(vocab_size=768, hidden_size=64, num_hidden_layers=2, num_attention_heads=1, intermediate_size=256,
                       max_position_embeddings=77)


def clip_vision(width, layers, patch):
    return dict(hidden_size=width, num_hidden_layers=layers, num_attention_heads=width // 64, intermediate_size=4 * width,
                patch_size=patch, image_size=224)


def clip_text(width):
    return {**CLIP_B32_TEXT, "hidden_size": width, "num_attention_heads": width // 64, "intermediate_size": 4 * width}


SIZES = {
    "medclip-vit": dict(
        full=dict(swin=dict(embed_dim=96, depths=[2, 2, 6, 2], num_heads=[3, 6, 12, 24]), text=CLINICAL_BERT, dimension=512),
        miniature=dict(swin=dict(embed_dim=16, depths=[2, 2, 2, 1], num_heads=[1, 2, 4, 8]), text=SMALL_BERT, dimension=64)),
    "medclip-resnet": dict(
        full=dict(resnet=dict(layers=[3, 4, 6, 3], width=64), text=CLINICAL_BERT, dimension=512),
        miniature=dict(resnet=dict(layers=[2, 2, 2, 1], width=8), text=SMALL_BERT, dimension=64)),
    "biomedclip": dict(
        full=dict(timm="vit_base_patch16_224", text=BASE_BERT, dimension=512, context=256),
        miniature=dict(timm="vit_miniature_patch16_224", dimension=64, context=256,
                       text={**SMALL_BERT, "num_hidden_layers": 2, "max_position_embeddings": 256})),
    "medfilip": dict(
        full=dict(resnet=dict(layers=[3, 4, 6, 3], width=64), text=CLIP_B32_TEXT, dimension=768),
        miniature=dict(resnet=dict(layers=[2, 2, 2, 1], width=8), text=SMALL_CLIP_TEXT, dimension=96)),
    "clip": {
        "b32": dict(vision=clip_vision(768, 12, 32), text=clip_text(512), dimension=512),
        "b16": dict(vision=clip_vision(768, 12, 16), text=clip_text(512), dimension=512),
        "l14": dict(vision=clip_vision(1024, 24, 14), text=clip_text(768), dimension=768),
        "miniature": dict(vision=clip_vision(64, 3, 32), text=SMALL_CLIP_TEXT, dimension=64)},
    "bioclinicalbert": dict(full=CLINICAL_BERT, miniature={**SMALL_BERT, "hidden_size": 48, "num_attention_heads": 3,
                                                           "num_hidden_layers": 2}),
    "pubmedbert": dict(full=BASE_BERT, miniature={**SMALL_BERT, "hidden_size": 48, "num_attention_heads": 2,
                                                  "num_hidden_layers": 3, "intermediate_size": 96}),
    "distilbert": dict(
        full=dict(vocab_size=30522, dim=768, n_layers=6, n_heads=12, hidden_dim=3072, max_position_embeddings=512),
        miniature=dict(vocab_size=0, dim=48, n_layers=2, n_heads=3, hidden_dim=144, max_position_embeddings=128)),
    "tinybert": dict(
        full={**BASE_BERT, "hidden_size": 312, "num_hidden_layers": 4, "intermediate_size": 1200},
        miniature={**SMALL_BERT, "hidden_size": 52, "num_attention_heads": 2, "num_hidden_layers": 2, "intermediate_size": 120}),
}


default_cfgs = generate_default_cfgs({"vit_miniature_patch16_224.untrained": _cfg()})


@register_model
def vit_miniature_patch16_224(pretrained=False, **options):
    """timm's plain ViT with one head of 64."""
    return _create_vision_transformer("vit_miniature_patch16_224", pretrained=pretrained,
                                      **{**dict(patch_size=16, embed_dim=64, depth=3, num_heads=1), **options})


@contextlib.contextmanager
def folder_of(config):
    with tempfile.TemporaryDirectory() as folder:
        config.save_pretrained(folder)
        yield folder


class Narrow(ResNet):
    """torchvision's bottleneck ResNet with `width` instead of 64 channels at the start of each count."""

    def __init__(self, layers, width, classes, bias):
        nn.Module.__init__(self)
        self._norm_layer, self.inplanes, self.dilation, self.groups, self.base_width = nn.BatchNorm2d, 2 * width, 1, 1, 64
        self.conv1 = nn.Conv2d(3, self.inplanes, 7, 2, 3, bias=False)
        self.bn1, self.relu, self.maxpool = nn.BatchNorm2d(self.inplanes), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
        for stage, blocks in enumerate(layers):
            setattr(self, f"layer{stage + 1}", self._make_layer(Bottleneck, width << stage, blocks, 2 if stage else 1))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(4 * (width << 3), classes, bias=bias)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def resnet(layers, width, classes, bias):
    if width != 64:
        return Narrow(layers, width, classes, bias)
    model = ResNet(Bottleneck, layers)
    model.fc = nn.Linear(2048, classes, bias=bias)
    return model


class Tower(nn.Module):
    def __init__(self, model, width, dimension):
        super().__init__()
        self.model, self.projection_head = model, nn.Linear(width, dimension, bias=False)


class MedClip(nn.Module):
    """Swin Transformer or ResNet, and BERT with MedCLIP's pooling."""

    def __init__(self, text, dimension, swin=None, resnet=None):
        super().__init__()
        self.swin = swin is not None
        if self.swin:
            self.vision_model = Tower(SwinModel(SwinConfig(**swin)), 8 * swin["embed_dim"], dimension)
        else:
            self.vision_model = nn.Module()
            self.vision_model.model = globals()["resnet"](**resnet, classes=dimension, bias=False)
        self.text_model = Tower(BertModel(BertConfig(**text)), text["hidden_size"], dimension)
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def encode_image(self, pixels):
        if not self.swin:
            return self.vision_model.model(pixels)
        return self.vision_model.projection_head(self.vision_model.model(pixels).pooler_output)

    def encode_text(self, ids, mask, masked=False):
        """masked: the mean over real tokens alone, which is not what the authors do."""
        hidden = self.text_model.model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        layers = (hidden[1], hidden[2], hidden[-1])
        weight = (mask if masked else torch.ones_like(mask)).float()[..., None]
        means = [(layer * weight).sum(1) / weight.sum(1) for layer in layers]
        return self.text_model.projection_head(sum(means) / 3)

    def published(self, buffers=True):
        """buffers: with the index tables that transformers 4.24 still wrote."""
        state = OrderedDict()
        for key, value in self.state_dict().items():
            state[old_swin(key) if key.startswith("vision_model") else key] = value
            if buffers and key.endswith("relative_position_bias_table"):
                state[old_swin(key).replace("bias_table", "index")] = relative_position_index(7)
        if buffers:
            positions = self.text_model.model.config.max_position_embeddings
            state["text_model.model.embeddings.position_ids"] = torch.arange(positions)[None]
        return state

    def load_published(self, state):
        kept = {new_swin(key) if key.startswith("vision_model") and self.swin else key: value for key, value in state.items()
                if not key.endswith(("relative_position_index", "position_ids"))}
        self.load_state_dict(kept)


SWIN_NAMES = (("attention.q_proj.", "attention.self.query."), ("attention.k_proj.", "attention.self.key."),
              ("attention.v_proj.", "attention.self.value."), ("attention.o_proj.", "attention.output.dense."),
              ("attention.relative_position_bias.relative_position_bias_table", "attention.self.relative_position_bias_table"),
              ("mlp.fc1.", "intermediate.dense."), ("mlp.fc2.", "output.dense."))


def old_swin(key):
    """transformers 5's name -> that of the releases before, which the published file has."""
    for new, old in SWIN_NAMES:
        key = key.replace(new, old)
    return key


def new_swin(key):
    for new, old in SWIN_NAMES:
        if old != "output.dense." or "attention.output" not in key:
            key = key.replace(old, new)
    return key


def relative_position_index(window):
    """int64 [window ** 2, window ** 2]: the row of the bias table for each pair of places in a window."""
    place = torch.stack(torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")).flatten(1)
    apart = place[:, :, None] - place[:, None] + window - 1
    return apart[0] * (2 * window - 1) + apart[1]


class BiomedClip(nn.Module):
    """open_clip's CustomTextCLIP: timm's ViT, and BERT without pooler under an MLP head."""

    def __init__(self, timm, text, dimension, context):
        super().__init__()
        with folder_of(BertConfig(**text)) as folder:
            self.model = CustomTextCLIP(
                dimension, CLIPVisionCfg(timm_model_name=timm, timm_pool="", timm_proj="linear", image_size=224),
                CLIPTextCfg(hf_model_name=folder, hf_tokenizer_name=folder, hf_model_pretrained=False, hf_proj_type="mlp",
                            hf_pooler_type="cls_last_hidden_state_pooler", context_length=context))

    def encode_image(self, pixels):
        return self.model.encode_image(pixels)

    def encode_text(self, ids, mask=None):
        return self.model.encode_text(ids)

    @property
    def logit_scale(self):
        return self.model.logit_scale

    def published(self):
        return self.model.state_dict()

    def load_published(self, state):
        self.model.load_state_dict(state)


class MedFilip(nn.Module):
    def __init__(self, resnet, text, dimension):
        super().__init__()
        self.image_model = globals()["resnet"](**resnet, classes=dimension, bias=True)
        end = text["vocab_size"] - 1
        self.text_model = CLIPTextModel(CLIPTextConfig(**text, eos_token_id=end, bos_token_id=end - 1, pad_token_id=end))
        self.text_projection = nn.Linear(text["hidden_size"], dimension, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def encode_image(self, pixels):
        return self.image_model(pixels)

    def encode_text(self, ids, mask=None):
        return self.text_projection(self.text_model(ids).pooler_output)

    def published(self):
        return self.state_dict()

    def load_published(self, state):
        self.load_state_dict(state)


class Clip(nn.Module):
    """transformers' CLIPModel."""

    def __init__(self, vision, text, dimension):
        super().__init__()
        end = text["vocab_size"] - 1
        special = dict(eos_token_id=end, bos_token_id=end - 1, pad_token_id=end)
        self.model = CLIPModel(CLIPConfig(text_config={**text, **special, "projection_dim": dimension},
                                          vision_config={**vision, "projection_dim": dimension}, projection_dim=dimension))

    def encode_image(self, pixels):
        return self.model.visual_projection(self.model.vision_model(pixels).pooler_output)

    def encode_text(self, ids, mask=None):
        return self.model.text_projection(self.model.text_model(ids).pooler_output)

    @property
    def logit_scale(self):
        return self.model.logit_scale

    def published(self):
        return self.model.state_dict()

    def load_published(self, state):
        self.model.load_state_dict(state)


class OpenClip(nn.Module):
    """open_clip's own CLIP with OpenAI's names and QuickGELU."""

    def __init__(self, vision, text, dimension):
        super().__init__()
        self.model = CLIP(
            dimension, CLIPVisionCfg(layers=vision["num_hidden_layers"], width=vision["hidden_size"],
                                     patch_size=vision["patch_size"], image_size=vision["image_size"]),
            CLIPTextCfg(vocab_size=text["vocab_size"], width=text["hidden_size"], heads=text["num_attention_heads"],
                        layers=text["num_hidden_layers"]), quick_gelu=True)

    def encode_image(self, pixels):
        return self.model.encode_image(pixels)

    def encode_text(self, ids, mask=None):
        padded = torch.zeros(len(ids), 77, dtype=torch.int64)
        padded[:, :ids.shape[1]] = ids
        return self.model.encode_text(padded)

    def published(self):
        return self.model.state_dict()


class TextOnly(nn.Module):
    """BERT or DistilBERT with the heads that its file carries."""

    def __init__(self, name, config):
        super().__init__()
        self.distilled, self.fits = name == "distilbert", name == "tinybert"
        if self.distilled:
            self.model = DistilBertForMaskedLM(DistilBertConfig(**config))
        else:
            self.model = BertForPreTraining(BertConfig(**config))
        if self.fits:
            width = config["hidden_size"]
            # The released file keeps the layers that matched the student to its teacher, one more than it has blocks.
            self.fit_denses = nn.ModuleList(nn.Linear(width, 2 * width) for _ in range(config["num_hidden_layers"] + 1))

    @property
    def trunk(self):
        return self.model.distilbert if self.distilled else self.model.bert

    def hidden(self, ids, mask):
        return self.trunk(input_ids=ids, attention_mask=mask).last_hidden_state

    def encode_text(self, ids, mask, pooling="mean"):
        hidden = self.hidden(ids, mask)
        if pooling == "cls":
            return hidden[:, 0]
        return (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)

    def published(self):
        state = self.model.state_dict()
        # The files before transformers 4.30 hold the bias of the vocabulary once.
        state.pop("cls.predictions.decoder.bias", None)
        if self.fits:
            state.update({f"fit_denses.{key}": value for key, value in self.fit_denses.state_dict().items()})
        return state


def build(name, size, vocabulary=None):
    """`size`: 'full', 'miniature', or for clip 'b32', 'b16', 'l14'. `vocabulary`: rows of a miniature's WordPiece embedding."""
    config = json.loads(json.dumps(SIZES[name][size]))
    for part in (config, config.get("text", {})):
        if part.get("vocab_size") == 0:
            part["vocab_size"] = vocabulary
    kinds = {"medclip-vit": MedClip, "medclip-resnet": MedClip, "biomedclip": BiomedClip, "medfilip": MedFilip, "clip": Clip}
    return kinds[name](**config) if name in kinds else TextOnly(name, config)


def lively(model):
    """Random weights with which the activations neither die nor burst: matrices by their width, norms and biases off their
    trivial start values. Batch norms want `settle` afterwards."""
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if key.endswith("logit_scale"):
                continue
            if parameter.ndim == 1:
                parameter.copy_((1.0 if is_norm(model, key) and key.endswith("weight") else 0.0)
                                + 0.1 * torch.randn_like(parameter))
            elif parameter.ndim == 4 and not key.endswith(("patch_embedding.weight", "patch_embed.proj.weight")):
                nn.init.kaiming_normal_(parameter, mode="fan_in", nonlinearity="relu")
            elif any(word in key for word in ("embedding", "pos_embed", "cls_token", "bias_table")):
                parameter.normal_(std=0.3 if "bias_table" in key else 0.2 if parameter.shape[-1] < 200 else 0.05)
            else:
                parameter.normal_(std=parameter[0].numel() ** -0.5)
    return model


def settle(model, pixels):
    """Gives batch norms the statistics of these pixels, as training would have."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    if norms:
        model.train()
        with torch.no_grad():
            model.encode_image(pixels)
    for norm in norms:
        norm.momentum = 0.1
    return model.eval()


def is_norm(model, key):
    return isinstance(model.get_submodule(key.rpartition(".")[0]), (nn.LayerNorm, nn.BatchNorm2d))
