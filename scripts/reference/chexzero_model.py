"""CheXzero's model, tokenizer and preprocessing in PyTorch, written anew from their description.

The architecture is OpenAI's CLIP with a vision transformer (Radford et al. 2021, arXiv:2103.00020); state-dict keys and
shapes are those of the released CheXzero checkpoints (Tiu et al. 2022, doi:10.1038/s41551-022-00936-9). Dimensions are
inferred from a state dict, so that miniatures with the same keys load the same way.
"""
import gzip
import html
import os
import unicodedata
from collections import OrderedDict
from functools import lru_cache

import cv2
import numpy as np
import regex
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

CONTEXT_LENGTH = 77
HEAD_WIDTH = 64
BYTE_TOKENS = 512
SPECIAL_TOKENS = 2
CANVAS = 320
RESOLUTION = 224
MEAN = 101.48761
STANDARD_DEVIATION = 83.43944


# ---- architecture -------------------------------------------------------------------------------------------------

class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class ResidualAttentionBlock(nn.Module):
    """Pre-norm transformer block: attention, then a four times wider perceptron."""

    def __init__(self, width, heads):
        super().__init__()
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_1 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(OrderedDict(
            c_fc=nn.Linear(width, width * 4), gelu=QuickGELU(), c_proj=nn.Linear(width * 4, width)))
        self.ln_2 = nn.LayerNorm(width)

    def forward(self, x, mask=None):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, need_weights=False, attn_mask=mask)[0]
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, width, layers):
        super().__init__()
        self.resblocks = nn.ModuleList(ResidualAttentionBlock(width, width // HEAD_WIDTH) for _ in range(layers))

    def forward(self, x, mask=None):
        for block in self.resblocks:
            x = block(x, mask)
        return x


class VisionTransformer(nn.Module):
    def __init__(self, resolution, patch, width, layers, dimension):
        super().__init__()
        scale = width ** -0.5
        self.class_embedding = nn.Parameter(scale * torch.randn(width))
        self.positional_embedding = nn.Parameter(scale * torch.randn((resolution // patch) ** 2 + 1, width))
        self.proj = nn.Parameter(scale * torch.randn(width, dimension))
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = Transformer(width, layers)
        self.ln_post = nn.LayerNorm(width)

    def forward(self, pixels):
        """pixels [n, 3, r, r], or [n, 1, r, r] for a grey image repeated over the channels -> [n, dimension]"""
        kernel = self.conv1.weight
        if pixels.shape[1] == 1:
            kernel = kernel.sum(1, keepdim=True)
        x = F.conv2d(pixels, kernel, stride=self.conv1.stride).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.expand(len(x), 1, -1), x], 1) + self.positional_embedding
        x = self.transformer(self.ln_pre(x))
        return self.ln_post(x[:, 0]) @ self.proj


class Clip(nn.Module):
    def __init__(self, *, resolution=RESOLUTION, patch, vision_width, vision_layers, text_width, text_layers,
                 vocabulary, dimension):
        super().__init__()
        self.positional_embedding = nn.Parameter(0.01 * torch.randn(CONTEXT_LENGTH, text_width))
        self.text_projection = nn.Parameter(text_width ** -0.5 * torch.randn(text_width, dimension))
        self.logit_scale = nn.Parameter(torch.tensor(float(np.log(1 / 0.07))))
        self.visual = VisionTransformer(resolution, patch, vision_width, vision_layers, dimension)
        self.transformer = Transformer(text_width, text_layers)
        self.token_embedding = nn.Embedding(vocabulary, text_width)
        nn.init.normal_(self.token_embedding.weight, std=0.2)
        self.ln_final = nn.LayerNorm(text_width)
        for tower, width, layers in ((self.visual.transformer, vision_width, vision_layers),
                                     (self.transformer, text_width, text_layers)):
            for block in tower.resblocks:
                nn.init.normal_(block.attn.in_proj_weight, std=width ** -0.5)
                nn.init.normal_(block.attn.out_proj.weight, std=width ** -0.5 * (2 * layers) ** -0.5)
                nn.init.normal_(block.mlp.c_fc.weight, std=(2 * width) ** -0.5)
                nn.init.normal_(block.mlp.c_proj.weight, std=width ** -0.5 * (2 * layers) ** -0.5)

    def encode_image(self, pixels):
        """Not normalised."""
        return self.visual(pixels)

    def encode_text(self, tokens):
        """tokens [n, length <= 77], zero-padded -> [n, dimension], not normalised. The end token is the largest id."""
        length = tokens.shape[1]
        mask = torch.full((length, length), float("-inf")).triu(1)
        x = self.token_embedding(tokens) + self.positional_embedding[:length]
        x = self.ln_final(self.transformer(x, mask))
        return x[torch.arange(len(x)), tokens.argmax(1)] @ self.text_projection


# ---- checkpoint ---------------------------------------------------------------------------------------------------

def released_precision(model):
    """State dict in the mix of CLIP's own GPU conversion: linear, convolution, attention and projections fp16; rest fp32."""
    keep = ("ln_", "embedding", "logit_scale")
    return OrderedDict(
        (key, value.detach().clone().contiguous() if any(word in key for word in keep)
         else value.detach().half().contiguous())
        for key, value in model.state_dict().items())


def dimensions(state):
    """Constructor arguments from shapes alone, as OpenAI's build_model does."""
    width, _, patch, _ = state["visual.conv1.weight"].shape
    side = round((state["visual.positional_embedding"].shape[0] - 1) ** 0.5)
    vocabulary, text_width = state["token_embedding.weight"].shape
    return dict(
        resolution=side * patch, patch=patch, vision_width=width, text_width=text_width, vocabulary=vocabulary,
        vision_layers=sum(k.startswith("visual.") and k.endswith("ln_1.weight") for k in state),
        text_layers=sum(k.startswith("transformer.") and k.endswith("ln_1.weight") for k in state),
        dimension=state["text_projection"].shape[1])


def load(path):
    """Checkpoint file -> model in fp32, evaluation mode."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = Clip(**dimensions(state))
    model.load_state_dict({key: value.float() for key, value in state.items()})
    return model.eval().requires_grad_(False)


# ---- tokenizer ----------------------------------------------------------------------------------------------------

def published_merges():
    """CLIP's merge list, as open_clip ships it."""
    import open_clip
    path = os.path.join(os.path.dirname(open_clip.__file__), "bpe_simple_vocab_16e6.txt.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.read().split("\n")
    return [tuple(line.split()) for line in lines[1:49152 - 256 - 2 + 1]]


def byte_characters():
    """One printable character for each byte, in CLIP's order: printable Latin-1 first, the others from U+0100."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + i) for i, b in enumerate(others)}}


class Tokenizer:
    """CLIP's byte-level BPE. With fewer rows in the token embedding, as many fewer merges: the first V - 514."""

    pattern = regex.compile(
        r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", regex.IGNORECASE)

    def __init__(self, vocabulary):
        merges = published_merges()[:vocabulary - BYTE_TOKENS - SPECIAL_TOKENS]
        self.bytes = byte_characters()
        letters = list(self.bytes.values())
        tokens = [*letters, *(c + "</w>" for c in letters), *("".join(m) for m in merges)]
        assert len(tokens) == vocabulary - SPECIAL_TOKENS
        self.ids = {token: i for i, token in enumerate(tokens)}
        self.ranks = {merge: i for i, merge in enumerate(merges)}
        self.start, self.end = vocabulary - 2, vocabulary - 1
        self.word = lru_cache(maxsize=None)(self._word)

    def _word(self, word):
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            rank, at = min((self.ranks.get(pair, len(self.ranks)), i) for i, pair in enumerate(zip(parts, parts[1:])))
            if rank == len(self.ranks):
                break
            # Merging one place at a time, leftmost first, ends where merging every occurrence at once does.
            parts[at:at + 2] = [parts[at] + parts[at + 1]]
        return [self.ids[part] for part in parts]

    def encode(self, text):
        """Ids without start and end. Texts here are ASCII or already clean, for which ftfy is the identity."""
        assert unicodedata.is_normalized("NFC", text)
        text = regex.sub(r"\s+", " ", html.unescape(html.unescape(text))).strip().lower()
        return [i for word in self.pattern.findall(text)
                for i in self.word("".join(self.bytes[b] for b in word.encode("utf-8")))]

    def __call__(self, texts, length=CONTEXT_LENGTH):
        """int64 [n, length]; a text that is too long is cut and keeps its end token."""
        rows = torch.zeros(len(texts), length, dtype=torch.int64)
        for row, text in zip(rows, texts):
            ids = [self.start, *self.encode(text)[:length - 2], self.end]
            row[:len(ids)] = torch.tensor(ids)
        return rows


# ---- preprocessing ------------------------------------------------------------------------------------------------

def decode(path):
    """RGB uint8 [height, width, 3], as OpenCV reads it."""
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError(f"not an image: {path}")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def canvas(rgb):
    """Longer side to 320 (Pillow's Lanczos, sizes truncated), centred on black: uint8 [320, 320]."""
    image = Image.fromarray(rgb)
    ratio = CANVAS / max(image.size)
    image = image.resize(tuple(int(side * ratio) for side in image.size), Image.Resampling.LANCZOS)
    square = Image.new("L", (CANVAS, CANVAS))
    square.paste(image, tuple((CANVAS - side) // 2 for side in image.size))
    return np.asarray(square)


def tensor(grey):
    """uint8 [n, 320, 320] -> float32 [n, 1, 224, 224]: normalised on 0..255, then torch bicubic without antialias."""
    pixels = (torch.from_numpy(np.array(grey, dtype=np.float32)).unsqueeze(1) - MEAN) / STANDARD_DEVIATION
    return F.interpolate(pixels, size=(RESOLUTION, RESOLUTION), mode="bicubic", align_corners=False, antialias=False)


def preprocess(path):
    """File -> float32 [3, 224, 224]."""
    return tensor(canvas(decode(path))[None])[0].repeat(3, 1, 1)


# ---- protocol -----------------------------------------------------------------------------------------------------

def pair_probabilities(images, positive, negative):
    """CheXzero's pair softmax on raw cosines (no logit scale). images [n, d], texts [c, d] -> [n, c]"""
    images, positive, negative = (F.normalize(x.double(), dim=-1) for x in (images, positive, negative))
    return torch.sigmoid(images @ positive.T - images @ negative.T)
