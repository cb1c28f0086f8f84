"""Writes and reads each model in the container, and with the files beside it, that its authors published."""
import hashlib
import io
import json
import pathlib
import zipfile
from collections import OrderedDict

import numpy as np
import torch
from safetensors.torch import load_file, save_file

import published_preprocessing as preprocessing
import wordpiece_vocabulary
from chexzero_model import Tokenizer as ClipTokenizer, byte_characters, published_merges
from published_architectures import SIZES, build

LOWER = {"medclip-vit": True, "medclip-resnet": True, "biomedclip": True, "bioclinicalbert": False, "pubmedbert": True,
         "distilbert": True, "tinybert": True}
CONTEXT = {"medclip-vit": 77, "medclip-resnet": 77, "biomedclip": 256, "medfilip": 77, "clip": 77}
WEIGHTS = {"medclip-vit": "medclip-vit-pretrained.zip", "medclip-resnet": "medclip-pretrained.zip",
           "biomedclip": "open_clip_pytorch_model.bin", "medfilip": "model.pt", "clip": "model.safetensors",
           "bioclinicalbert": "pytorch_model.bin", "pubmedbert": "pytorch_model.bin", "distilbert": "model.safetensors",
           "tinybert": "pytorch_model.bin"}
DUAL = ("medclip-vit", "medclip-resnet", "biomedclip", "medfilip", "clip")
TEXT_ONLY = ("bioclinicalbert", "pubmedbert", "distilbert", "tinybert")
# Uploaded before torch 1.6 changed its container, or after it by a library that still wrote the old one.
LEGACY = ("pubmedbert", "tinybert")


def contiguous(state):
    plain = OrderedDict((key, value.detach().contiguous()) for key, value in state.items())
    if hasattr(state, "_metadata"):
        plain._metadata = state._metadata
    return plain


def save(name, model, folder, size="miniature"):
    """Weights and configuration of `model` into `folder`; the vocabulary is written before, and is left alone."""
    state, path = contiguous(model.published()), pathlib.Path(folder) / WEIGHTS[name]
    if name.startswith("medclip"):
        inner = io.BytesIO()
        torch.save(state, inner)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            archive.writestr(zipfile.ZipInfo("pytorch_model.bin"), inner.getbuffer(), zipfile.ZIP_DEFLATED,
                             9 if size == "miniature" else 1)
    elif name == "medfilip":
        save_training_state(model, state, path)
    elif name == "distilbert":
        # A tied matrix is written once, as transformers does.
        save_file({key: value for key, value in state.items() if key != "vocab_projector.weight"}, path, {"format": "pt"})
    elif name == "clip":
        save_file(state, path, {"format": "pt"})
    else:
        torch.save(state, path, _use_new_zipfile_serialization=name not in LEGACY)
    write_configuration(name, model, pathlib.Path(folder), size)
    return path


def save_training_state(model, state, path):
    """MedFILIP's training loop: state of optimizer and schedule beside the network, and the image tower a second time."""
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=100, eta_min=1e-6)
    image = OrderedDict((key.removeprefix("image_model."), value) for key, value in state.items()
                        if key.startswith("image_model."))
    schedule_state = {**schedule.state_dict(), "_last_lr": [np.float64(1e-4)]}
    torch.save(dict(it=19, network=state, image_model=image, optimizer=optimizer.state_dict(), scheduler=schedule_state), path)


def dump(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_configuration(name, model, folder, size):
    if name == "biomedclip":
        config = SIZES[name][size]
        hub = "microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract"
        dump(folder / "open_clip_config.json", dict(
            model_cfg=dict(embed_dim=config["dimension"],
                           vision_cfg=dict(timm_model_name=config["timm"], timm_model_pretrained=False, timm_pool="",
                                           timm_proj="linear", image_size=224),
                           text_cfg=dict(hf_model_name=hub, hf_tokenizer_name=hub, hf_proj_type="mlp",
                                         hf_pooler_type="cls_last_hidden_state_pooler", context_length=config["context"])),
            preprocess_cfg=dict(mean=preprocessing.CLIP_MEAN, std=preprocessing.CLIP_STD)))
    elif name == "clip":
        text, vision = model.model.config.text_config, model.model.config.vision_config
        keep = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", "layer_norm_eps",
                "projection_dim")
        dump(folder / "config.json", dict(
            architectures=["CLIPModel"], model_type="clip", projection_dim=model.model.config.projection_dim,
            logit_scale_init_value=2.6592,
            text_config={"model_type": "clip_text_model", **{k: getattr(text, k) for k in keep}, "vocab_size": text.vocab_size,
                         "max_position_embeddings": 77, "bos_token_id": text.bos_token_id, "eos_token_id": text.eos_token_id},
            vision_config={"model_type": "clip_vision_model", **{k: getattr(vision, k) for k in keep},
                           "patch_size": vision.patch_size, "image_size": vision.image_size}))
        dump(folder / "preprocessor_config.json", dict(
            crop_size=224, do_center_crop=True, do_normalize=True, do_resize=True, feature_extractor_type="CLIPFeatureExtractor",
            image_mean=preprocessing.CLIP_MEAN, image_std=preprocessing.CLIP_STD, resample=3, size=224))
        write_clip_tokenizer(folder, text.vocab_size)
    elif name == "distilbert":
        c = model.model.config
        dump(folder / "config.json", dict(
            activation="gelu", architectures=["DistilBertForMaskedLM"], dim=c.dim, hidden_dim=c.hidden_dim,
            max_position_embeddings=c.max_position_embeddings, model_type="distilbert", n_heads=c.n_heads, n_layers=c.n_layers,
            pad_token_id=0, sinusoidal_pos_embds=False, tie_weights_=True, vocab_size=c.vocab_size))
    elif name in TEXT_ONLY:
        c = model.model.config
        keep = ("hidden_size", "intermediate_size", "max_position_embeddings", "num_attention_heads", "num_hidden_layers",
                "type_vocab_size", "vocab_size")
        value = dict(hidden_act="gelu", hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1, initializer_range=0.02,
                     **{k: getattr(c, k) for k in keep})
        if name == "tinybert":
            value.update(cell={}, emb_size=c.hidden_size, structure=[], pre_trained="", training="")
        # The clinical and the tiny one come from times before these two fields.
        if name == "pubmedbert":
            value.update(model_type="bert", layer_norm_eps=1e-12, architectures=["BertForMaskedLM"])
        dump(folder / "config.json", value)


def write_clip_tokenizer(folder, size):
    """vocab.json and merges.txt as transformers has them: CLIP's own, without the merges beyond the vocabulary."""
    letters = list(byte_characters().values())
    merges = published_merges()[:size - 514]
    tokens = [*letters, *(c + "</w>" for c in letters), *("".join(m) for m in merges), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(" ".join(m) + "\n" for m in merges), encoding="utf-8")
    dump(folder / "tokenizer_config.json", dict(
        add_prefix_space=False, bos_token="<|startoftext|>", do_lower_case=True, eos_token="<|endoftext|>", errors="replace",
        model_max_length=77, pad_token="<|endoftext|>", tokenizer_class="CLIPTokenizer", unk_token="<|endoftext|>"))


class ClipTexts:
    """texts -> ids [n, longest], mask. CLIP's padding is no token: the towers are causal, and read at the end token."""

    def __init__(self, size):
        self.tokenizer = ClipTokenizer(size)

    def __call__(self, texts, pad_to=None):
        ids = self.tokenizer(list(texts))
        ids = ids[:, :pad_to or int((ids > 0).sum(1).max())]
        return ids, (ids > 0).long()


def texts_of(name, folder, vocabulary=None):
    if name in ("medfilip", "clip"):
        return ClipTexts(vocabulary or SIZES[name]["miniature"]["text"]["vocab_size"])
    return wordpiece_vocabulary.WordPiece(pathlib.Path(folder), CONTEXT.get(name, 128))


def load_state(name, folder):
    path = pathlib.Path(folder) / WEIGHTS[name]
    if name.startswith("medclip"):
        with zipfile.ZipFile(path) as archive:
            return torch.load(io.BytesIO(archive.read("pytorch_model.bin")), weights_only=True)
    if name == "medfilip":
        return torch.load(path, weights_only=False)["network"]
    if path.suffix == ".safetensors":
        return load_file(path)
    return torch.load(path, weights_only=True)


def load(name, folder, size="miniature"):
    """The model of a folder that `save` wrote, in evaluation mode, from the file alone."""
    state = load_state(name, folder)
    vocabulary = next((len(value) for key, value in state.items() if key.endswith("word_embeddings.weight")), None)
    model = build(name, size, vocabulary)
    if name in TEXT_ONLY:
        missing, unexpected = model.model.load_state_dict(state, strict=False)
        assert set(missing) <= {"cls.predictions.decoder.bias", "vocab_projector.weight"}, missing
        assert all(key.startswith("fit_denses") for key in unexpected), unexpected
    else:
        model.load_published(state)
    return model.eval().requires_grad_(False)


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
