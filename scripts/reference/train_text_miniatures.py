"""Trains the miniatures of the text-only encoders on phantom reports. Deterministic on one machine.

    python train_text_miniatures.py NAME ... --data FOLDER_OF_PHANTOM [--monitor FOLDER_OF_THE_DEMO]

Two losses at once: masked words, which is what the published ones learnt, and the contrast of a report's FINDINGS with its
IMPRESSION (masked mean and CLS), which they never did: without it a net of this size says nothing of a whole text.
The next-sentence head and TinyBERT's `fit_denses` stay random.
"""
import argparse
import random
import time

import torch
import torch.nn.functional as F

import published_files as files
from chexzero_data import phantom
from published_architectures import build, lively
from published_golden import MINIATURES

SEEDS = {"bioclinicalbert": 41, "pubmedbert": 42, "distilbert": 43, "tinybert": 44}
EPOCHS = {"bioclinicalbert": 10, "pubmedbert": 3, "distilbert": 3, "tinybert": 3}
BATCH, SCALE, LONGEST = 48, 20.0, 72


def studies(root):
    """One item a study that has both sections, in order."""
    return list({item.study: item for item in phantom(root) if item.findings and item.impression}.values())


def masked_words(ids, mask, words, generator):
    """BERT's corruption: of 15 % of the tokens, 80 % hidden, 10 % exchanged. -> corrupted ids, targets (-100 elsewhere)"""
    special = (ids <= 4) | (mask == 0)
    chosen = (torch.rand(ids.shape, generator=generator) < 0.15) & ~special
    fate = torch.rand(ids.shape, generator=generator)
    other = torch.randint(5, words, ids.shape, generator=generator)
    corrupted = torch.where(chosen & (fate < 0.8), torch.full_like(ids, 4), ids)
    corrupted = torch.where(chosen & (fate > 0.9), other, corrupted)
    return corrupted, torch.where(chosen, ids, torch.full_like(ids, -100))


def contrast(left, right, groups):
    similarity = SCALE * F.normalize(left, dim=-1) @ F.normalize(right, dim=-1).T
    same = torch.tensor([[float(a == b) for b in groups] for a in groups])
    target = same / same.sum(1, keepdim=True)
    return (F.cross_entropy(similarity, target) + F.cross_entropy(similarity.T, target)) / 2


def first_place(model, tokenize, items):
    """Share of impressions whose own findings section is nearest, among those of `items`."""
    with torch.no_grad():
        left, right = (F.normalize(model.encode_text(*tokenize([getattr(i, part) for i in items])), dim=-1)
                       for part in ("impression", "findings"))
    return float((right[(left @ right.T).argmax(1)] == right).all(1).float().mean())


def train(name, items, monitored):
    torch.manual_seed(SEEDS[name])
    chance, generator = random.Random(SEEDS[name]), torch.Generator().manual_seed(SEEDS[name])
    folder = MINIATURES / name
    words = len((folder / "vocab.txt").read_text().splitlines())
    model, tokenize = lively(build(name, "miniature", words)), files.texts_of(name, folder)
    head = [p for key, p in model.named_parameters() if p.ndim == 2 and ("layer." in key)]
    others = [p for key, p in model.named_parameters() if not (p.ndim == 2 and "layer." in key)]
    optimizers = [torch.optim.Muon(head, lr=0.01, weight_decay=0.05), torch.optim.AdamW(others, lr=2e-3, weight_decay=0.0)]
    steps = EPOCHS[name] * (len(items) // BATCH)
    schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda s: min((s + 1) / 50, 1 - 0.97 * s / steps)) for o in optimizers]
    model.train()
    for epoch in range(EPOCHS[name]):
        chance.shuffle(items)
        sums = [0.0, 0.0]
        for start in range(0, len(items) - BATCH + 1, BATCH):
            batch = items[start:start + BATCH]
            hidden, masks = [], []
            for part in ("findings", "impression"):
                ids, mask = (value[:, :LONGEST] for value in tokenize([getattr(item, part) for item in batch]))
                corrupted, targets = masked_words(ids, mask, words, generator)
                output = model.model(input_ids=corrupted, attention_mask=mask, output_hidden_states=True)
                logits = output.prediction_logits if hasattr(output, "prediction_logits") else output.logits
                hidden.append((output.hidden_states[-1], mask))
                masks.append(F.cross_entropy(logits.transpose(1, 2), targets))
            means = [(h * m[..., None]).sum(1) / m.sum(1, keepdim=True) for h, m in hidden]
            groups = [item.impression for item in batch]
            pair = contrast(*means, groups) + contrast(hidden[0][0][:, 0], hidden[1][0][:, 0], groups)
            words_loss = sum(masks) / 2
            (words_loss + 0.3 * pair).backward()
            for optimizer, schedule in zip(optimizers, schedules):
                optimizer.step()
                optimizer.zero_grad()
                schedule.step()
            sums = [sums[0] + words_loss.item(), sums[1] + pair.item() / 2]
        count = len(items) // BATCH
        print(f"{name} epoch {epoch + 1}: masked words {sums[0] / count:.3f}, contrast {sums[1] / count:.3f}", flush=True)
    model.eval()
    if monitored:
        print(f"{name}: first place of {len(monitored)} impressions {first_place(model, tokenize, monitored):.3f}")
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=SEEDS)
    parser.add_argument("--data", required=True)
    parser.add_argument("--monitor", help="the demo's release, for a line of the log; nothing depends on it")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    monitored = studies(options.monitor) if options.monitor else None
    for name in options.names:
        started = time.process_time()
        model = train(name, studies(options.data), monitored)
        path = files.save(name, model, MINIATURES / name)
        print(f"{path}: {path.stat().st_size} bytes, sha256 {files.sha256(path)}, {time.process_time() - started:.0f} s")


if __name__ == "__main__":
    main()
