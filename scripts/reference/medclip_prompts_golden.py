"""MedCLIP's prompts and how they become scores, by the authors' own code (MedCLIP 0.0.3 of PyPI, installed without its
dependencies). Only counts and digests of the prompts are kept. Output: test/golden/text/medclip-prompts.json"""
import hashlib, importlib.util, json, pathlib, sys, types
import numpy as np
import torch

ROOT = pathlib.Path(importlib.util.find_spec("medclip").submodule_search_locations[0])
package = types.ModuleType("medclip")  # its __init__ imports what is not needed here
package.__path__ = [str(ROOT)]
sys.modules["medclip"] = package
sys.modules.setdefault("requests", types.ModuleType("requests"))  # only for the download of weights
from medclip import modeling_medclip, prompts

torch.set_num_threads(1)
torch.Tensor.cuda = lambda self: self  # the authors' code runs on a GPU alone


def described(texts):
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    return {"count": len(texts), "distinct": len(set(texts)), "sha256": digest}


sets = {"medclip-chexpert": prompts.generate_chexpert_class_prompts(), "medclip-covid": prompts.generate_covid_class_prompts(),
        "medclip-rsna": prompts.generate_rsna_class_prompts()}


class Stub(torch.nn.Module):
    """Embeddings in place of images and texts; the logits are the authors' arithmetic."""

    def __init__(self, logit_scale):
        super().__init__()
        self.logit_scale = torch.nn.Parameter(torch.tensor(logit_scale, dtype=torch.float64))

    def forward(self, pixel_values, input_ids):
        unit = lambda x: x / x.norm(dim=-1, keepdim=True)
        return {"logits": modeling_medclip.MedCLIPModel.compute_logits(self, unit(pixel_values), unit(input_ids))}


random = np.random.default_rng(4)
images = random.normal(size=(5, 6)).astype(np.float32)
classes = {"one": 1, "three": 3, "repeated": 4}
texts = {name: random.normal(size=(count, 6)).astype(np.float32) for name, count in classes.items()}
texts["repeated"][3] = texts["repeated"][1]
cases = []
for logit_scale in (float(np.log(1 / 0.07)), -0.5, 6.0):  # the latter two are clamped
    for ensemble in (True, False):
        model = modeling_medclip.PromptClassifier(Stub(logit_scale), ensemble=ensemble)
        inputs = {name: {"input_ids": torch.tensor(rows, dtype=torch.float64)} for name, rows in texts.items()}
        with torch.no_grad():
            outputs = model(pixel_values=torch.tensor(images, dtype=torch.float64), prompt_inputs=inputs)
        scale = float(model.model.logit_scale.exp())
        cases.append({"logitScale": scale, "ensemble": ensemble, "classes": outputs["class_names"],
                      "scores": outputs["logits"].sigmoid().tolist()})
golden = {"versions": {"MedCLIP": "0.0.3", "torch": torch.__version__},
          "sets": {name: {key: described(value) for key, value in classes.items()} for name, classes in sets.items()},
          "arithmetic": {"images": images.tolist(), "texts": {name: rows.tolist() for name, rows in texts.items()},
                         "cases": cases}}
out = pathlib.Path(__file__).parents[2] / "test/golden/text/medclip-prompts.json"
out.write_text(json.dumps(golden, indent=1) + "\n")
