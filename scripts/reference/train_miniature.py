"""Trains one miniature CheXzero checkpoint. Deterministic on one machine: fixed seeds, one thread, fixed step count.

    python train_miniature.py phantom-a --data FOLDER_OF_PHANTOM --out ../../assets/miniatures/chexzero-phantom-a.pt
    python train_miniature.py nih --data FOLDER_OF_NIH --init ../../assets/miniatures/chexzero-phantom-a.pt \
        --out ../../assets/miniatures/chexzero-nih.pt

Loss: binary cross-entropy of the zero-shot pair softmax itself (finding against "no finding", and the views) plus CLIP's
contrastive loss against reports or captions, in which equal texts are all correct.
"""
import argparse
import hashlib
import math
import pathlib
import random
import time
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score

from chexzero_data import NIH_FINDINGS, PHANTOM_FINDINGS, held_out_fraction, label_matrix, nih, phantom, pixels
from chexzero_model import Clip, Tokenizer, load, pair_probabilities, released_precision

VIEWS = ("a frontal chest x-ray", "a lateral chest x-ray")
# The evaluation's own pair first; the others keep the text tower from learning two phrases alone.
TEMPLATES = (("{}", "no {}"), ("evidence of {}", "no evidence of {}"), ("there is {}", "there is no {}"),
             ("chest x-ray with {}", "chest x-ray without {}"))


@dataclass(frozen=True)
class Recipe:
    model: dict
    seed: int
    epochs: int
    # Epochs at the start in which the vision tower learns by the linear head alone, which is cheaper and quicker.
    alone: int = 0
    rate: float = 1e-3
    muon: float = 0.015
    decay: float = 0.1
    batch: int = 64
    contrastive: float = 0.3
    shift: float = 0.05
    zoom: float = 0.06
    contrast: float = 0.12
    noise: float = 0.1
    laterals: float = 0.12
    average: float = 0.99


RECIPES = {
    "phantom-a": Recipe(dict(patch=56, vision_width=64, vision_layers=3, text_width=64, text_layers=1, vocabulary=896,
                             dimension=64), seed=21, epochs=55, alone=20),
    "phantom-b": Recipe(dict(patch=32, vision_width=64, vision_layers=3, text_width=64, text_layers=2, vocabulary=2000,
                             dimension=64), seed=22, epochs=31, alone=15),
    "nih": Recipe(dict(patch=56, vision_width=64, vision_layers=3, text_width=64, text_layers=1, vocabulary=896,
                       dimension=64), seed=11, epochs=50, alone=16, batch=32, muon=0.01, decay=0.3, contrastive=0.2,
                  zoom=0.08, contrast=0.2, noise=0.2, average=0.98),
}


def caption(item, chance):
    """A section of the report; for films that come without one, a short report made of the labels."""
    sections = [text for text in (item.findings, item.findings, item.impression) if text]
    if sections:
        return chance.choice(sections)
    found = [name for name, value in item.labels.items() if value and name != "No Finding"]
    chance.shuffle(found)
    absent = chance.choice([n for n, value in item.labels.items() if not value and n != "No Finding"])
    if not found:
        return chance.choice(["No Finding", "normal chest x-ray", "no acute cardiopulmonary abnormality",
                              f"no {absent}. no finding", f"clear lungs, no {absent}"])
    listed = " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
    return chance.choice([listed, f"chest x-ray with {listed}", f"there is {listed}", f"{listed}. no {absent}",
                          f"abnormal chest x-ray: {listed}"])


def augment(batch, recipe, generator):
    """One zoom for the batch, then for each image a shift, contrast and brightness, and noise. Cheap on purpose."""
    n, side = len(batch), batch.shape[-1]

    def uniform(*shape):
        return torch.rand(*shape, generator=generator) * 2 - 1
    zoomed = [round(side * (1 + recipe.zoom * factor)) for factor in uniform(2).tolist()]
    x = F.interpolate(batch, size=zoomed, mode="bilinear", align_corners=False)
    margin = math.ceil(side * (recipe.shift + recipe.zoom / 2)) + 1
    x = F.pad(x, (margin,) * 4, mode="replicate")
    spans = torch.tensor([(length + 2 * margin - side) / 2 for length in zoomed])
    corners = (spans + side * recipe.shift * uniform(n, 2)).round().int().clamp(min=0).tolist()
    x = torch.stack([image[:, top:top + side, left:left + side] for image, (top, left) in zip(x, corners)])
    x = x * (1 + recipe.contrast * uniform(n, 1, 1, 1)) + recipe.contrast * uniform(n, 1, 1, 1)
    return x + recipe.noise * torch.randn(x.shape, generator=generator)


def short(tokens):
    """Without the columns that are padding in every row: the tower is causal, so nothing changes."""
    return tokens[:, :int((tokens > 0).sum(1).max())]


class Loss:
    def __init__(self, model, tokenizer, findings, recipe, views):
        self.model, self.recipe, self.findings, self.views = model, recipe, findings, views
        self.pairs = [short(tokenizer([t.format(f) for t in pair for f in findings])) for pair in TEMPLATES]
        self.view_tokens = short(tokenizer(VIEWS))
        # A linear reading of the embedding, used in training alone: at the start all texts look alike, and teach nothing.
        self.head = torch.nn.Linear(recipe.model["dimension"], len(findings) + 1)

    def direct(self, images, labels, weights, view):
        """Vision tower and linear head alone."""
        logits = self.head(self.model.encode_image(images).float()).float()
        known = ~labels.isnan()
        loss = F.binary_cross_entropy_with_logits(logits[:, :-1][known], labels[known], weights[known])
        return loss + (0.3 * F.binary_cross_entropy_with_logits(logits[:, -1], view) if self.views else 0)

    def __call__(self, images, labels, weights, view, reports, template):
        scale = self.model.logit_scale.exp()
        raw = self.model.encode_image(images).float()
        image, direct = F.normalize(raw, dim=-1), self.head(raw)
        text = F.normalize(self.model.encode_text(self.pairs[template]).float(), dim=-1)
        positive, negative = text.chunk(2)
        logits = scale * (image @ (positive - negative).T)
        known = ~labels.isnan()
        loss = sum(F.binary_cross_entropy_with_logits(x[known], labels[known], weights[known])
                   for x in (logits, direct[:, :-1]))
        if self.views:
            frontal, lateral = F.normalize(self.model.encode_text(self.view_tokens).float(), dim=-1)
            loss = loss + 0.3 * sum(F.binary_cross_entropy_with_logits(x, view)
                                    for x in (scale * (image @ (lateral - frontal)), direct[:, -1]))
        same = (reports[:, None] == reports[None]).all(-1).float()
        report = F.normalize(self.model.encode_text(short(reports)).float(), dim=-1)
        similarity = scale * image @ report.T
        target = same / same.sum(1, keepdim=True)
        contrast = (F.cross_entropy(similarity, target) + F.cross_entropy(similarity.T, target)) / 2
        return loss + self.recipe.contrastive * contrast


def informed_start(model, images):
    """Patch filters = whitened principal components of the training patches, positions = minus the mean film + sine waves.

    A small transformer on few films otherwise spends most of its steps on learning to see at all.
    """
    visual = model.visual
    width, channels, patch, _ = visual.conv1.weight.shape
    patches = F.unfold(images.float(), patch, stride=patch)
    average = patches.mean(0, keepdim=True)
    rows = (patches - average).transpose(1, 2).flatten(0, 1)
    rows = rows[torch.randperm(len(rows))[:20_000]]
    values, vectors = torch.linalg.eigh(rows.T @ rows / len(rows))
    count = min(width, len(values))
    values, vectors = values.flip(0)[:count], vectors.flip(1)[:, :count]
    filters = (vectors / (values + 0.002 * values[0]).sqrt() * 2).T
    with torch.no_grad():
        visual.conv1.weight.zero_()
        visual.conv1.weight[:count] = (filters / channels).reshape(count, 1, patch, patch)
        side = int(math.sqrt(patches.shape[-1]))
        place = torch.stack(torch.meshgrid(*[torch.arange(side) / side] * 2, indexing="ij")).flatten(1).T
        frequency = math.pi * 1.6 ** torch.arange(width // 4)[None] * 0.5
        waves = torch.cat([f(place[:, axis:axis + 1] * frequency.clamp(max=math.pi * side))
                           for axis in (0, 1) for f in (torch.sin, torch.cos)], 1)
        visual.positional_embedding[1:] = 0.5 * waves
        visual.positional_embedding[1:, :count] -= (filters @ average[0]).T
        for block in visual.transformer.resblocks:
            # The class token starts as a constant: without a louder, choosier attention it hears too little of the film.
            block.attn.out_proj.weight *= 5
            block.attn.in_proj_weight[:2 * width] *= 1.5
            block.mlp.c_proj.weight *= 2


def embed(model, images, tokens):
    with torch.no_grad():
        return (torch.cat([model.encode_image(part.float()) for part in images.split(64)]),
                model.encode_text(tokens))


def aurocs(model, tokenizer, images, labels, findings):
    """AUROC of each finding under CheXzero's pair softmax; NaN where one class is missing."""
    tokens = tokenizer([*findings, *(f"no {f}" for f in findings)])
    image, text = embed(model, images, tokens)
    scores = pair_probabilities(image, *text.chunk(2)).numpy()
    result = {}
    for column, finding in enumerate(findings):
        target = labels[:, column]
        keep = ~np.isnan(target)
        two = len(set(target[keep])) == 2
        result[finding] = roc_auc_score(target[keep], scores[keep, column]) if two else math.nan
    return result


def train(recipe, items, findings, *, views, check=None, every=10, cache=None, init=None):
    """-> model with averaged weights. `check(model, epoch)` is called now and then."""
    torch.manual_seed(recipe.seed)
    chance, generator = random.Random(recipe.seed), torch.Generator().manual_seed(recipe.seed)
    model, tokenizer = Clip(**recipe.model), Tokenizer(recipe.model["vocabulary"])
    images, labels = pixels(items, cache), torch.tensor(label_matrix(items, findings), dtype=torch.float32)
    rate = labels.nanmean(0).clamp(0.01, 0.99)
    weights = torch.where(labels == 1, (0.5 / rate).sqrt().clamp(max=5), (0.5 / (1 - rate)).sqrt())
    view = torch.tensor([float(item.view == "lateral") for item in items])
    loss_of = Loss(model, tokenizer, findings, recipe, views)
    # Muon for the transformer's matrices: on small data it needs several times fewer steps than Adam alone.
    blocks = [p for name, p in model.named_parameters() if "resblocks" in name and p.ndim == 2]
    rest = [*loss_of.head.parameters(), *(p for name, p in model.named_parameters()
                                          if "resblocks" not in name or p.ndim != 2)]
    optimizers = [torch.optim.Muon(blocks, lr=recipe.muon, weight_decay=recipe.decay, momentum=0.95),
                  torch.optim.AdamW(rest, lr=recipe.rate, weight_decay=0.0, betas=(0.9, 0.98))]
    expected = int(((1 - view) + recipe.laterals * view).sum())
    steps, warm = recipe.epochs * expected // recipe.batch, expected // recipe.batch
    schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(
        (step + 1) / warm, 1 - 0.97 * min(1, step / steps))) for optimizer in optimizers]
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.average))
    if init:
        model.load_state_dict(load(init).state_dict())
    else:
        informed_start(model, images[view == 0][::3])
    for epoch in range(recipe.epochs):
        # Findings are judged on frontal films: of the laterals each epoch sees some, enough for the view prompts.
        order = torch.randperm(len(items), generator=generator)
        order = order[(view[order] == 0) | (torch.rand(len(order), generator=generator) < recipe.laterals)]
        total, seen = 0.0, 0
        for rows in order.split(recipe.batch):
            if len(rows) < recipe.batch:
                continue
            reports = tokenizer([caption(items[i], chance) for i in rows.tolist()])
            template = 0 if chance.random() < 0.6 else chance.randrange(1, len(TEMPLATES))
            known = augment(images[rows].float(), recipe, generator), labels[rows], weights[rows], view[rows]
            with torch.autocast("cpu", torch.bfloat16):
                loss = loss_of.direct(*known) if epoch < recipe.alone else loss_of(*known, reports, template)
            loss.backward()
            for optimizer, schedule in zip(optimizers, schedules):
                optimizer.step()
                optimizer.zero_grad()
                schedule.step()
            average.update_parameters(model)
            with torch.no_grad():
                model.logit_scale.clamp_(0, math.log(100))
            total, seen = total + loss.item(), seen + 1
        if check and (epoch + 1) % every == 0:
            check(average.module, epoch + 1, total / seen, loss_of.head)
    return average.module


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", help="checkpoint; without it nothing is written")
    parser.add_argument("--inner", type=int, help="for tuning: hold out this fifth of the training patients (0..4)")
    parser.add_argument("--monitor", help="phantom release whose validation part is scored now and then; nothing depends on it")
    parser.add_argument("--every", type=int, default=10, help="epochs between lines of the log")
    parser.add_argument("--cache", help="file that keeps the preprocessed films for the next run")
    parser.add_argument("--init", help="checkpoint of the same shapes to start from")
    parser.add_argument("--set", nargs="*", default=[], help="for tuning: field=value of the recipe")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    started = time.time()
    recipe = RECIPES[options.name]
    for change in options.set:
        key, value = change.split("=")
        recipe = Recipe(**{**recipe.__dict__, **({"model": {**recipe.model, key: int(value)}} if key in recipe.model
                                                 else {key: type(getattr(recipe, key))(value)})})
    views = options.name.startswith("phantom")
    items, findings = (phantom(options.data), PHANTOM_FINDINGS) if views else (nih(options.data, "train"), NIH_FINDINGS)
    held = []
    if options.inner is not None:
        def fold(item):
            return int(hashlib.sha256(f"inner:{item.patient}".encode()).hexdigest()[:8], 16) % 5
        held = [item for item in items if fold(item) == options.inner and item.view == "frontal"]
        items = [item for item in items if fold(item) != options.inner]
    if options.monitor:
        held = [item for item in phantom(options.monitor)
                if held_out_fraction(item.patient) < 0.3 and item.view == "frontal"]
    print(f"{options.name}: torch {torch.__version__}, {len(items)} images of {len({i.patient for i in items})} patients")
    check = None
    if held:
        tokenizer, held_pixels = Tokenizer(recipe.model["vocabulary"]), pixels(held)
        def check(model, epoch, loss, head):
            model.eval()
            values = aurocs(model, tokenizer, held_pixels, label_matrix(held, findings), findings)
            with torch.no_grad():
                direct = head(torch.cat([model.encode_image(part.float()) for part in held_pixels.split(64)])).numpy()
            truth = label_matrix(held, findings)
            direct = [roc_auc_score(truth[known, c], direct[known, c]) for c in range(len(findings))
                      for known in [~np.isnan(truth[:, c])] if len(set(truth[known, c])) == 2]
            print(f"epoch {epoch}: loss {loss:.3f}, held-out macro AUROC {np.nanmean(list(values.values())):.3f} "
                  f"(linear head {np.mean(direct):.3f}), "
                  + ", ".join(f"{k} {v:.2f}" for k, v in values.items()) + f", {time.time() - started:.0f} s", flush=True)
            model.train()
    else:
        def check(_model, epoch, loss, _head):
            print(f"epoch {epoch}: loss {loss:.3f}, {time.time() - started:.0f} s", flush=True)
    model = train(recipe, items, findings, views=views, check=check, every=options.every, cache=options.cache, init=options.init)
    if options.out:
        torch.save(released_precision(model), options.out)
        size = pathlib.Path(options.out).stat().st_size
        digest = hashlib.sha256(pathlib.Path(options.out).read_bytes()).hexdigest()
        print(f"{options.out}: {size} bytes, sha256 {digest}, trained in {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
