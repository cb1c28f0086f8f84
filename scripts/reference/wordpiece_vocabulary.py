"""Small WordPiece vocabularies of phantom reports, in the order of BERT's own: special tokens, characters, pieces."""
import json
import string

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import BertTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def vocabulary(texts, size, lower):
    """-> entries. Every printable ASCII character is one, alone and within a word, so that ASCII text is never unknown."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    characters = string.digits + (string.ascii_lowercase if lower else string.ascii_letters)
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=SPECIAL, show_progress=False,
                                        initial_alphabet=[*characters, *string.punctuation])
    tokenizer.train_from_iterator(texts, trainer)
    learned = [word for word, _ in sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])]
    fixed = [*SPECIAL, *string.punctuation, *characters, *("##" + c for c in characters)]
    return fixed + [word for word in learned if word not in set(fixed)][:size - len(fixed)]


def write(folder, entries, lower):
    """vocab.txt and tokenizer_config.json, as the BERT repositories have them."""
    (folder / "vocab.txt").write_text("".join(word + "\n" for word in entries), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps(dict(do_lower_case=lower, model_max_length=512, tokenizer_class="BertTokenizer")) + "\n")


def read(folder):
    """transformers' tokenizer of such a folder."""
    config = json.loads((folder / "tokenizer_config.json").read_text())
    words = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return BertTokenizer(vocab={word: i for i, word in enumerate(words)}, do_lower_case=config["do_lower_case"])


class WordPiece:
    """texts -> ids, mask, both int64 [n, longest]; a text longer than `length` is cut before its [SEP]."""

    def __init__(self, folder, length):
        self.tokenizer, self.length = read(folder), length

    def __call__(self, texts, pad_to=None):
        rows = self.tokenizer(list(texts), truncation=True, max_length=pad_to or self.length, return_tensors="pt",
                              padding="max_length" if pad_to else "longest")
        return rows["input_ids"], rows["attention_mask"]
