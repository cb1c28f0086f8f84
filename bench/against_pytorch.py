"""The same files through open_clip's preprocessing, PyTorch's DataLoader and timm's vision transformer, on the CPU.

usage: against_pytorch.py CHECKPOINT < settings
The first line of stdin is a JSON list of image paths. Every further line, {"threads", "workers", "batch", "channels_last"}, is
one timed pass over them, answered with one JSON line {"seconds", "embedding"}: the elapsed time of a whole pass, DataLoader's
start included, and the first image's embedding, for a check that both sides compute the same.
"""
import json
import sys
import time

import open_clip
import timm
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset


def load_tower(path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    trunk = timm.create_model("vit_base_patch16_224", num_classes=0)
    trunk.load_state_dict({k[len("visual.trunk."):]: v for k, v in state.items() if k.startswith("visual.trunk.")})
    head = torch.nn.Linear(768, 512, bias=False)
    head.load_state_dict({"weight": state["visual.head.proj.weight"]})
    return torch.nn.Sequential(trunk, head).eval()


class Films(Dataset):
    def __init__(self, paths):
        self.paths = paths
        self.transform = open_clip.image_transform(224, is_train=False)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        with Image.open(self.paths[index]) as image:
            return self.transform(image)


def one_pass(model, films, threads, workers, batch, channels_last):
    torch.set_num_threads(threads)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    start = time.perf_counter()
    with torch.inference_mode():
        loader = DataLoader(films, batch_size=batch, num_workers=workers)
        rows = torch.cat([model(images.to(memory_format=layout)) for images in loader])
    return {"seconds": time.perf_counter() - start, "embedding": rows[0].tolist()}


def ceiling(threads):
    """GFLOP/s of PyTorch's own float32 matrix product."""
    torch.set_num_threads(threads)
    a, b = torch.randn(2048, 2048), torch.randn(2048, 2048)
    a @ b
    best = min(timed(lambda: a @ b) for _ in range(12))
    return 2 * 2048**3 / best / 1e9


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    films = Films(json.loads(sys.stdin.readline()))
    model = load_tower(sys.argv[1])
    versions = {"torch": torch.__version__, "timm": timm.__version__, "open_clip": open_clip.__version__}
    print(json.dumps({**versions, "gflops": ceiling(torch.get_num_threads())}), flush=True)
    for line in sys.stdin:
        print(json.dumps(one_pass(model, films, **json.loads(line))), flush=True)
