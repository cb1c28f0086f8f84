"""Trains the miniature of one dual encoder on phantom films and reports. Deterministic on one machine.

    python train_miniatures.py NAME --data FOLDER_OF_PHANTOM [--monitor FOLDER_OF_THE_DEMO] [--out ../../assets/miniatures/NAME]

Two stages, as train_miniature.py: the vision tower under a linear head alone, which is cheap; then both towers under the pair
softmax of zero-shot classification, the head, and CLIP's contrastive loss against sections of the reports.
"""
import argparse
import math
import pathlib
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score
from timm.layers import Format

import chexzero_model
import published_files as files
import published_preprocessing as preprocessing
from chexzero_data import PHANTOM_FINDINGS, held_out_fraction, label_matrix, phantom
from published_architectures import build, lively, settle
from published_golden import MINIATURES, PREPROCESSING
from train_miniature import TEMPLATES, VIEWS, augment

PAIRS = (*TEMPLATES, ("this is a photo of {}", "this is a photo of no {}"))
NORMALISE = {"medclip": ((preprocessing.MEDCLIP_MEAN,) * 3, (preprocessing.MEDCLIP_STD,) * 3),
             "clip": (preprocessing.CLIP_MEAN, preprocessing.CLIP_STD),
             "medfilip": ((preprocessing.MEDFILIP_MEAN,) * 3, (preprocessing.MEDFILIP_STD,) * 3)}


@dataclass(frozen=True)
class Recipe:
    seed: int
    # Epochs of the vision tower alone, then of both.
    alone: int
    both: int
    rate: float = 2e-3
    muon: float = 0.015
    decay: float = 0.1
    batch: int = 64
    contrastive: float = 0.3
    reports: int = 24
    shift: float = 0.05
    zoom: float = 0.06
    contrast: float = 0.12
    noise: float = 0.05
    laterals: float = 0.12
    average: float = 0.99
    # Weight of the distance to a teacher's embeddings, where there is one.
    taught: float = 3.0
    # Divisors of the films' side, by epoch; 1 afterwards. timm's ViT resamples its positions for the smaller films.
    pooled: tuple = ()
    # Most films in an epoch at full size.
    most: int = 10 ** 9


RECIPES = {
    "medclip-vit": Recipe(31, alone=0, both=2, batch=32, laterals=0.05, average=0.97, most=2816),
    "medclip-resnet": Recipe(32, alone=5, both=6, batch=32, pooled=(2,) * 8),
    "biomedclip": Recipe(33, alone=5, both=6, batch=48, pooled=(2,) * 9),
    "medfilip": Recipe(34, alone=2, both=4, batch=32, pooled=(4,) * 4 + (2,), average=0.97, most=2400),
    "clip": Recipe(35, alone=1, both=7, rate=1e-3),
}


def films(items, name, cache=None):
    """float16 [n, 1, side, side] in 0..1: preprocessed as published, the normalisation taken back."""
    if cache and pathlib.Path(cache).exists():
        return torch.load(cache)
    mean, std = NORMALISE[name]

    def one(item):
        return (getattr(preprocessing, name)(preprocessing.decode(item.path))[:1] * std[0] + mean[0]).half()
    with ThreadPoolExecutor(2) as pool:
        images = torch.stack(list(pool.map(one, items)))
    if cache:
        torch.save(images, cache)
    return images


def normalised(grey, name):
    """[n, 1, side, side] in 0..1 -> [n, 3, side, side] as the model takes it."""
    mean, std = (torch.tensor(values)[None, :, None, None] for values in NORMALISE[name])
    return (grey - mean) / std


def vision_transformer(name, model):
    """Patch filter, positions and blocks' matrices of a plain ViT; None for the others."""
    if name == "clip":
        tower = model.model.vision_model
        blocks = [dict(qk=[b.self_attn.q_proj.weight, b.self_attn.k_proj.weight], out=b.self_attn.out_proj.weight,
                       down=b.mlp.fc2.weight) for b in tower.encoder.layers]
        return tower.embeddings.patch_embedding.weight, tower.embeddings.position_embedding.weight, blocks
    if name == "biomedclip":
        tower = model.model.visual.trunk
        blocks = [dict(qk=[b.attn.qkv.weight[:2 * b.attn.proj.weight.shape[0]]], out=b.attn.proj.weight, down=b.mlp.fc2.weight)
                  for b in tower.blocks]
        return tower.patch_embed.proj.weight, tower.pos_embed[0], blocks
    return None


def informed_start(parts, images):
    """As train_miniature.py: filters = whitened components of the patches, positions = minus the mean film + sine waves."""
    filters, positions, blocks = parts
    width, channels, patch, _ = filters.shape
    patches = F.unfold(images.mean(1, keepdim=True), patch, stride=patch)
    average = patches.mean(0, keepdim=True)
    rows = (patches - average).transpose(1, 2).flatten(0, 1)
    rows = rows[torch.randperm(len(rows))[:20_000]]
    values, vectors = torch.linalg.eigh(rows.T @ rows / len(rows))
    count = min(width, len(values))
    values, vectors = values.flip(0)[:count], vectors.flip(1)[:, :count]
    whitening = (vectors / (values + 0.002 * values[0]).sqrt() * 2).T
    with torch.no_grad():
        filters.zero_()
        filters[:count] = (whitening / channels).reshape(count, 1, patch, patch)
        side = int(math.sqrt(patches.shape[-1]))
        place = torch.stack(torch.meshgrid(*[torch.arange(side) / side] * 2, indexing="ij")).flatten(1).T
        frequency = math.pi * 1.6 ** torch.arange(width // 4)[None] * 0.5
        waves = torch.cat([f(place[:, axis:axis + 1] * frequency.clamp(max=math.pi * side))
                           for axis in (0, 1) for f in (torch.sin, torch.cos)], 1)
        positions[1:] = 0.5 * waves
        positions[1:, :count] -= (whitening @ average[0]).T
        scale = (2 * len(blocks)) ** -0.5
        for block in blocks:
            for matrix in block["qk"]:
                matrix *= 1.5
            block["out"] *= 5 * scale
            block["down"] *= 4 * scale


class Loss:
    def __init__(self, model, tokenize, width, recipe, teacher=None):
        self.model, self.tokenize, self.recipe, self.teacher, self.distance = model, tokenize, recipe, teacher, 0.0
        self.pairs = [[t.format(f) for t in pair for f in PHANTOM_FINDINGS] for pair in PAIRS]
        # A linear reading of the embedding, used in training alone.
        self.head = torch.nn.Linear(width, len(PHANTOM_FINDINGS) + 1)

    def text(self, texts, chance):
        """Padded now and then beyond the longest, since MedCLIP pools its padding."""
        ids, mask = self.tokenize(texts)
        if chance.random() < 0.5:
            extra = chance.randrange(1, 7)
            ids, mask = F.pad(ids, (0, extra)), F.pad(mask, (0, extra))
        ids, mask = ids[:, :64], mask[:, :64]
        embeddings = self.model.encode_text(ids, mask).float()
        if self.teacher:
            with torch.no_grad():
                taught = self.teacher.texts(texts)
            self.distance = self.distance + (1 - F.cosine_similarity(embeddings, taught)).mean()
        return F.normalize(embeddings, dim=-1)

    def direct(self, raw, labels, weights, view):
        logits, known = self.head(raw), ~labels.isnan()
        return (F.binary_cross_entropy_with_logits(logits[:, :-1][known], labels[known], weights[known])
                + 0.3 * F.binary_cross_entropy_with_logits(logits[:, -1], view))

    def both(self, raw, labels, weights, view, reports, chance):
        image, scale, known = F.normalize(raw, dim=-1), self.model.logit_scale.exp(), ~labels.isnan()
        template = 0 if chance.random() < 0.5 else chance.randrange(1, len(PAIRS))
        positive, negative = self.text(self.pairs[template], chance).chunk(2)
        logits = scale * (image @ (positive - negative).T)
        loss = F.binary_cross_entropy_with_logits(logits[known], labels[known], weights[known])
        frontal, lateral = self.text(VIEWS, chance)
        loss = loss + 0.3 * F.binary_cross_entropy_with_logits(scale * (image @ (lateral - frontal)), view)
        text = self.text(reports, chance)
        same = torch.tensor([[float(a == b) for b in reports] for a in reports])
        similarity, target = scale * image[:len(reports)] @ text.T, same / same.sum(1, keepdim=True)
        contrast = (F.cross_entropy(similarity, target) + F.cross_entropy(similarity.T, target)) / 2
        distance, self.distance = self.distance, 0.0
        return loss + self.recipe.contrastive * contrast + self.recipe.taught * distance


def section(item, chance):
    return chance.choice([text for text in (item.findings, item.findings, item.impression) if text] or ["chest x-ray"])


def aurocs(model, tokenize, grey, kind, labels):
    """finding -> AUROC of "{}" against "no {}", where both classes are there."""
    images = embed(model, grey, kind)
    groups = [tokenize([t.format(f) for f in PHANTOM_FINDINGS]) for t in ("{}", "no {}")]
    positive, negative = (F.normalize(model.encode_text(*group), dim=-1) for group in groups)
    return score(F.normalize(images, dim=-1) @ (positive - negative).T, labels), images


def embed(model, grey, kind):
    return torch.cat([model.encode_image(normalised(part.float(), kind)) for part in grey.split(32)])


def score(logits, labels):
    result = {}
    for column, finding in enumerate(PHANTOM_FINDINGS):
        keep = ~np.isnan(labels[:, column])
        if len(set(labels[keep, column])) == 2:
            result[finding] = roc_auc_score(labels[keep, column], logits.numpy()[keep, column])
    return result


def optimizers_of(model, loss, recipe):
    """Muon for the matrices of the towers' blocks: it needs several times fewer steps than Adam alone."""
    def in_block(name, parameter):
        return parameter.ndim == 2 and any(word in name for word in ("blocks.", "layers.", "layer.")) and "table" not in name
    named = [(n, p) for n, p in model.named_parameters() if "pooler" not in n and p.requires_grad]
    matrices = [p for n, p in named if in_block(n, p)]
    filters = [p for _, p in named if p.ndim == 4]
    rest = [p for n, p in named if not in_block(n, p) and p.ndim != 4]
    return [torch.optim.Muon(matrices, lr=recipe.muon, weight_decay=recipe.decay, momentum=0.95),
            torch.optim.AdamW([dict(params=rest, weight_decay=0.0), dict(params=[*loss.head.parameters()], weight_decay=0.0),
                               dict(params=filters, weight_decay=0.02)], lr=recipe.rate, betas=(0.9, 0.98))]


PHANTOM_B = MINIATURES / "chexzero-phantom-b.pt"


def blocks_of(tower, state, prefix):
    """Pairs of parameter and value for the blocks of a tower of transformers' CLIP, from OpenAI's names."""
    for i, block in enumerate(tower.encoder.layers):
        for part in ("weight", "bias"):
            values = state[f"{prefix}.resblocks.{i}.attn.in_proj_{part}"].chunk(3)
            for projection, value in zip(("q_proj", "k_proj", "v_proj"), values):
                yield getattr(getattr(block.self_attn, projection), part), value
            for module, key in ((block.self_attn.out_proj, "attn.out_proj"), (block.mlp.fc1, "mlp.c_fc"),
                                (block.mlp.fc2, "mlp.c_proj"), (block.layer_norm1, "ln_1"), (block.layer_norm2, "ln_2")):
                yield getattr(module, part), state[f"{prefix}.resblocks.{i}.{key}.{part}"]


def text_of(text, state):
    """Pairs for the text tower. The words that the smaller vocabulary lacks are left out; start and end stay last."""
    words, given = text.embeddings.token_embedding.weight, state["token_embedding.weight"]
    yield words, torch.cat([given[:len(words) - 2], given[-2:]])
    yield text.embeddings.position_embedding.weight, state["positional_embedding"]
    for part in ("weight", "bias"):
        yield getattr(text.final_layer_norm, part), state[f"ln_final.{part}"]
    yield from blocks_of(text, state, "transformer")


def vision_of(vision, state):
    yield vision.embeddings.class_embedding, state["visual.class_embedding"]
    yield vision.embeddings.position_embedding.weight, state["visual.positional_embedding"]
    yield vision.embeddings.patch_embedding.weight, state["visual.conv1.weight"]
    for part in ("weight", "bias"):
        yield getattr(vision.pre_layrnorm, part), state[f"visual.ln_pre.{part}"]
        yield getattr(vision.post_layernorm, part), state[f"visual.ln_post.{part}"]
    yield from blocks_of(vision, state, "visual.transformer")


def earlier(name, model):
    """What a training starts from beside random weights; the published models do not start from nothing either."""
    state = {key: value.float() for key, value in torch.load(PHANTOM_B, weights_only=True).items()}
    pairs = []
    if name == "clip":
        clip = model.model
        pairs = [*vision_of(clip.vision_model, state), *text_of(clip.text_model, state), (clip.logit_scale, state["logit_scale"]),
                 (clip.visual_projection.weight, state["visual.proj"].T), (clip.text_projection.weight, state["text_projection"].T)]
    if name == "medfilip":
        pairs = text_of(model.text_model, state)
    with torch.no_grad():
        for parameter, value in pairs:
            parameter.copy_(value)


class Teacher:
    """chexzero-phantom-b.pt, for the Swin: a few hundred steps are too few for it to learn from labels alone."""

    def __init__(self):
        self.model = chexzero_model.load(PHANTOM_B)
        self.tokenizer = chexzero_model.Tokenizer(chexzero_model.dimensions(torch.load(PHANTOM_B, weights_only=True))["vocabulary"])

    def images(self, grey):
        return self.model.encode_image((grey * 255 - chexzero_model.MEAN) / chexzero_model.STANDARD_DEVIATION).float()

    def texts(self, texts):
        ids = self.tokenizer(texts)
        return self.model.encode_text(ids[:, :int((ids > 0).sum(1).max())]).float()


def any_size(trunk, dynamic):
    """Lets timm's ViT take films of another size than its own, or forbids it again."""
    trunk.dynamic_img_size = dynamic
    trunk.patch_embed.strict_img_size, trunk.patch_embed.flatten = not dynamic, not dynamic
    trunk.patch_embed.output_fmt = Format.NHWC if dynamic else Format.NCHW


class GreyConv2d(torch.nn.Conv2d):
    """The stem of a ResNet on three equal channels: the same numbers for a third of the work."""

    def forward(self, pixels):
        return F.conv2d(pixels[:, :1], self.weight.sum(1, keepdim=True), None, self.stride, self.padding)


def train(name, recipe, items, grey, folder, check):
    """-> model with averaged weights."""
    torch.manual_seed(recipe.seed)
    chance, generator = random.Random(recipe.seed), torch.Generator().manual_seed(recipe.seed)
    kind, tokenize = PREPROCESSING[name], files.texts_of(name, folder)
    words = folder / "vocab.txt"
    model = lively(build(name, "miniature", len(words.read_text().splitlines()) if words.exists() else None))
    labels = torch.tensor(label_matrix(items, PHANTOM_FINDINGS), dtype=torch.float32)
    rate = labels.nanmean(0).clamp(0.01, 0.99)
    weights = torch.where(labels == 1, (0.5 / rate).sqrt().clamp(max=5), (0.5 / (1 - rate)).sqrt())
    view = torch.tensor([float(item.view == "lateral") for item in items])
    parts = vision_transformer(name, model)
    if parts and name != "clip":
        informed_start(parts, normalised(grey[view == 0][::4].float(), kind))
    earlier(name, model)
    stem = {"medfilip": lambda: model.image_model.conv1, "medclip-resnet": lambda: model.vision_model.model.conv1}.get(name)
    if stem:
        stem().__class__ = GreyConv2d
    if name == "biomedclip":
        any_size(model.model.visual.trunk, True)
    settle(model, normalised(grey[:64].float(), kind))
    with torch.no_grad():
        width = model.encode_image(normalised(grey[:1].float(), kind)).shape[1]
    teacher = Teacher() if name == "medclip-vit" else None
    loss_of = Loss(model, tokenize, width, recipe, teacher)
    optimizers = optimizers_of(model, loss_of, recipe)
    expected = int(((1 - view) + recipe.laterals * view).sum()) // recipe.batch
    epochs = recipe.alone + recipe.both
    steps = len(recipe.pooled) * expected + (epochs - len(recipe.pooled)) * min(expected, recipe.most // recipe.batch)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.average))
    schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda s: min((s + 1) / expected, 1 - 0.97 * min(1, s / steps)))
                 for o in optimizers]
    model.train()
    for epoch in range(epochs):
        order = torch.randperm(len(items), generator=generator)
        order = order[(view[order] == 0) | (torch.rand(len(order), generator=generator) < recipe.laterals)]
        divisor = recipe.pooled[epoch] if epoch < len(recipe.pooled) else 1
        order = order[:recipe.most] if divisor == 1 else order
        total, seen = 0.0, 0
        for rows in order.split(recipe.batch):
            if len(rows) < recipe.batch:
                continue
            part = grey[rows].float()
            batch = augment((F.avg_pool2d(part, divisor) - 0.5) / 0.25, recipe, generator) * 0.25 + 0.5
            with torch.autocast("cpu", torch.bfloat16):
                raw = model.encode_image(normalised(batch, kind).contiguous(memory_format=torch.channels_last)).float()
                known = raw, labels[rows], weights[rows], view[rows]
                loss = loss_of.direct(*known)
                if epoch >= recipe.alone:
                    reports = [section(items[i], chance) for i in rows[:recipe.reports].tolist()]
                    loss = 0.7 * loss + loss_of.both(*known, reports, chance)
                if teacher:
                    with torch.no_grad():
                        taught = teacher.images(batch)
                    loss = loss + recipe.taught * (1 - F.cosine_similarity(raw, taught)).mean()
            loss.backward()
            for optimizer, schedule in zip(optimizers, schedules):
                optimizer.step()
                optimizer.zero_grad()
                schedule.step()
            average.update_parameters(model)
            with torch.no_grad():
                model.logit_scale.clamp_(0, math.log(100))
            total, seen = total + loss.item(), seen + 1
        check(average.module, epoch + 1, total / seen, loss_of.head)
    if name == "biomedclip":
        any_size(average.module.model.visual.trunk, False)
    # The batch norms' statistics of the averaged weights, and of films as they come.
    chosen = torch.randperm(len(items), generator=generator)[:256]
    return settle(average.module, normalised(grey[chosen].float(), kind))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--data", required=True)
    parser.add_argument("--monitor", help="the demo's release: its validation part is scored now and then; nothing depends on it")
    parser.add_argument("--out", help="folder of the miniature, vocabulary already in it")
    parser.add_argument("--cache", help="folder that keeps preprocessed films for the next run")
    parser.add_argument("--every", type=int, default=4)
    parser.add_argument("--set", nargs="*", default=[], help="for tuning: field=value of the recipe")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    name, kind, recipe = options.name, PREPROCESSING[options.name], RECIPES[options.name]
    for change in options.set:
        key, value = change.split("=")
        recipe = replace(recipe, **{key: type(getattr(recipe, key))(float(value))})

    def kept(part):
        return options.cache and f"{options.cache}/{kind}-{part}.pt"
    items = phantom(options.data)
    grey = films(items, kind, kept("train"))
    held = [i for i in phantom(options.monitor) if held_out_fraction(i.patient) < 0.3 and i.view == "frontal"] \
        if options.monitor else []
    held_grey, folder = films(held, kind, kept("held")) if held else None, MINIATURES / name
    tokenize, truth = files.texts_of(name, folder), label_matrix(held, PHANTOM_FINDINGS) if held else None
    started = time.process_time()
    print(f"{name}: {recipe}, {len(items)} films", flush=True)

    def check(model, epoch, loss, head=None):
        line = f"epoch {epoch}: loss {loss:.3f}"
        if held and (head is None or epoch % options.every == 0 or epoch == 1):
            model.eval()
            with torch.no_grad():
                values, images = aurocs(model, tokenize, held_grey, kind, truth)
                line += f", validation macro AUROC {np.mean(list(values.values())):.3f}"
                if head:
                    line += f" (head {np.mean(list(score(head(images)[:, :-1], truth).values())):.3f})"
                line += ", " + ", ".join(f"{key} {value:.2f}" for key, value in values.items())
            model.train()
        print(f"{line}, {time.process_time() - started:.0f} s", flush=True)
    model = train(name, recipe, items, grey, folder, check)
    check(model, "end", math.nan)
    if options.out:
        path = files.save(name, model.eval(), options.out)
        print(f"{path}: {path.stat().st_size} bytes, sha256 {files.sha256(path)}")


if __name__ == "__main__":
    main()
