"""Tiny random towers of the reference libraries under their published key names, with what they compute.
Output: test/golden/onnx/{bert,distilbert}.{safetensors,json}"""
import base64, json, os, pathlib

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
import torch, transformers
from safetensors.torch import save_file
from transformers import BertConfig, BertForPreTraining, DistilBertConfig, DistilBertForMaskedLM

torch.set_num_threads(1)
out = pathlib.Path(__file__).parents[2] / "test/golden/onnx"
VERSIONS = {"torch": torch.__version__, "transformers": transformers.__version__}


def packed(tensor):
    tensor = tensor.detach().contiguous()
    return {"shape": list(tensor.shape), "base64": base64.b64encode(tensor.float().numpy().tobytes()).decode()}


def lively(model):
    """Norms, biases and embeddings away from their trivial start values."""
    for parameter in model.parameters():
        parameter.data += (0.1 if parameter.ndim == 1 else 0.3 / parameter.shape[-1] ** 0.5) * torch.randn_like(parameter)
    return model.eval()


def write(name, state, golden):
    out.mkdir(parents=True, exist_ok=True)
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
