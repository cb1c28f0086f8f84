"""Reads the training and evaluation material of the miniatures: NIH films by label table, phantom releases by their own."""
import csv
import gzip
import hashlib
import pathlib
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import torch

from chexzero_model import canvas, decode, tensor

NIH_NAMES = {"Effusion": "Pleural Effusion", "Pleural_Thickening": "Pleural Thickening"}
NIH_FINDINGS = ["Atelectasis", "Cardiomegaly", "Pleural Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia",
                "Pneumothorax", "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural Thickening", "Hernia",
                "No Finding"]


@dataclass(frozen=True)
class Item:
    """One image. labels: finding -> 1, 0 or None (uncertain)."""
    id: str
    study: str
    patient: str
    path: pathlib.Path
    view: str
    labels: dict = field(hash=False)
    findings: str = ""
    impression: str = ""


def nih(root, part):
    """Films of nih1000-64px/{part} with a row in the official table; patients who also occur in 'valid' are left out of 'train'."""
    root = pathlib.Path(root)
    with open(root / "labels.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("nih1000-64px/")]
    with gzip.open(next(root.glob("Data_Entry_2017*.csv.gz")), "rt", newline="") as file:
        official = {row["Image Index"] for row in csv.DictReader(file)}
    judged_patients = {row["Patient ID"] for row in rows if row["origin_split"] == "valid"}
    items = []
    for row in sorted(rows, key=lambda row: row["Image Index"]):
        if row["origin_split"] != part or row["Image Index"] not in official:
            continue
        if part == "train" and row["Patient ID"] in judged_patients:
            continue
        found = {NIH_NAMES.get(name, name) for name in row["Finding Labels"].split("|")}
        items.append(Item(row["Image Index"], row["Image Index"], row["Patient ID"], root / row["file"], "frontal",
                          {name: int(name in found) for name in NIH_FINDINGS}))
    return items


PHANTOM_FINDINGS = ["No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion", "Edema",
                    "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion", "Pleural Other",
                    "Fracture", "Support Devices"]
TARGET = {"present": 1, "absent": 0, "unmentioned": 0, "uncertain": None}


def phantom(root):
    """Images of a release that generate-phantom.mjs wrote, sorted by id. Truth from phantom.csv, text from the XML."""
    root = pathlib.Path(root)
    with open(root / "phantom.csv", newline="") as file:
        truth = {row["uid"]: row for row in csv.DictReader(file)}
    with open(root / "indiana_projections.csv", newline="") as file:
        views = {"CXR" + row["filename"].removesuffix(".dcm.png"): row["projection"].lower()
                 for row in csv.DictReader(file)}
    items = []
    for path in (root / "ecgen-radiology").glob("*.xml"):
        report = xml.parse(path).getroot()
        uid = report.find("uId").get("id").removeprefix("CXR")
        row = truth[uid]
        text = {part.get("Label"): " ".join((part.text or "").split()) for part in report.iter("AbstractText")}
        for image in report.iter("parentImage"):
            name = image.get("id")
            items.append(Item(name, uid, row["patient"], root / f"{name}.png", views[name],
                              {f: TARGET[row[f]] for f in PHANTOM_FINDINGS},
                              text.get("FINDINGS", ""), text.get("IMPRESSION", "")))
    return sorted(items, key=lambda item: item.id)


def held_out_fraction(patient):
    """Below 0.3: validation part of the split held-out-v1; the rest is its test part."""
    return int(hashlib.sha256(f"held-out-v1:{patient}".encode()).hexdigest()[:8], 16) / 2 ** 32


def pixels(items, cache=None):
    """float16 [n, 1, 224, 224], preprocessed as CheXzero does; kept in the file `cache`, where one is given."""
    if cache and pathlib.Path(cache).exists():
        ids, images = torch.load(cache)
        if ids == [item.id for item in items]:
            return images
    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(lambda item: tensor(canvas(decode(item.path))[None]).half(), items)
        images = torch.cat(list(parts))
    if cache:
        torch.save(([item.id for item in items], images), cache)
    return images


def label_matrix(items, findings):
    """float [n, findings]; NaN where uncertain."""
    return np.array([[np.nan if item.labels[f] is None else item.labels[f] for f in findings] for item in items], float)
