"""Token ids of CLIP's tokenizer (open_clip's copy of it) for texts of all kinds. Output: test/golden/text/clip-tokens.json

The start and end tokens of open_clip have other names than CLIP's but the same ids. Texts of `approximate` need the full
ftfy; what ours gives for them may differ and is only checked for shape."""
import gzip, json, pathlib, tempfile
import open_clip
from open_clip.tokenizer import SimpleTokenizer, default_bpe

exact = [
    "", " ", "\n\t", "a", "Z", "0", ".", "no", "No Finding", "no No Finding", "Cardiomegaly", "no Pleural Effusion",
    "Enlarged Cardiomediastinum", "Support Devices", "chest x-ray", "Frontal view of the chest",
    "The heart is normal in size. The mediastinum is unremarkable. The lungs are clear.",
    "IMPRESSION: 1. No acute cardiopulmonary abnormality. 2. Stable 4.5 mm nodule in the RIGHT upper lobe (RUL).",
    "Comparison: XXXX, XXXX. Indication: XXXX-year-old male, chest pain", "XXXX XXXX XXXX",
    "There is no evidence of pneumothorax, pleural effusion, or focal airspace consolidation.",
    "PA and lateral views of the chest dated 01/02/2003 at 10:45 a.m.",
    "Heart size upper limits of normal; c/w prior exam. S/P CABG w/ sternotomy wires.",
    "small left-sided effusion/atelectasis, R>L", "cannot exclude early pneumonia ???", "T-spine: DJD @ T8-T10, ~25% loss of height",
    "5'10\" patient, 72 kg", "don't", "I'm sure it's what they've said; we'll see, he'd know, you're right", "patient's LUNG'S",
    "DON'T CAN'T IT'S", "'s't're", "o'clock 'quoted' rock 'n' roll",
    "naïve café résumé coöperate", "Säuglingsröntgenthorax über 3 Tage", "¿Hay derrame? ¡Sí!", "Ångström µm ± ° × ÷",
    "cœur élargi, épanchement pleural à gauche", "e\u0301panchement de\u0301ja\u0300", "ﬁbrosis with ﬂuid and eﬀusion",
    "胸部X光片显示心脏扩大", "胸水は認めない。", "흉부 방사선 사진", "Рентген грудной клетки", "صورة صدر", "ακτινογραφία θώρακος ΣΑΣ",
    "&amp;", "R &lt; L &gt; 3", "a &amp;lt; b", "Tom &amp; Jerry&#39;s &quot;finding&quot;", "x&nbsp;y", "AT&T; 5 & 6",
    "“curly” ‘quotes’ patient’s", "em — dash – and … ellipsis", "emoji 🫁 lungs ❤️ heart", "tab\tnew\nline\r\nend",
    "   leading and   inner    spaces   ", "hard\u00a0space\u2003em\u3000ideographic", "zero\u200bwidth", "bell\x07 and null\x00 gone",
    "1234567890 12.5% 3x4 1e-5", "!!! ... --- ___ ### $$$ ^^^ ***", "under_score and CamelCaseWord", "http://example.org/?q=1&r=2",
    "supercalifragilisticexpialidocious pneumonoultramicroscopicsilicovolcanoconiosis", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "hahahahahahahahahaha", "½ ¼ ² ³ ① Ⅷ", "İstanbul ẞ STRASSE", "\ufeffbom first",
    "finding " * 75, "finding " * 76, "no acute disease. " * 60,
]
approximate = ["Ｆｕｌｌ ｗｉｄｔｈ", "sÃ£o Paulo naÃ¯ve", "&eacute; &copy; &AMP; &#233;", "\x1b[31mred\x1b[0m"]

tokenizer = SimpleTokenizer()
cases = [{"text": text, "ids": [int(i) for i in row]} for text, row in zip(exact, tokenizer(exact))]
for case, text in zip(cases, exact):
    case["length"] = len(tokenizer.encode(text)) + 2
    while case["ids"] and case["ids"][-1] == 0:  # padding; no text here ends in the id 0
        case["ids"].pop()


def smaller(vocabulary, texts):
    """Ids under the first vocabulary - 514 merges."""
    with gzip.open(default_bpe(), "rt", encoding="utf-8") as file:
        lines = file.read().split("\n")[:1 + vocabulary - 514]
    with tempfile.NamedTemporaryFile(suffix=".gz") as trimmed:
        trimmed.write(gzip.compress("\n".join(lines).encode()))
        trimmed.flush()
        small = SimpleTokenizer(trimmed.name)
    assert small.vocab_size == vocabulary
    return {"vocabulary": vocabulary, "ids": [[int(i) for i in row] for row in small(texts, 32)]}


some = exact[6:22] + ["胸部X光片", "naïve café", "don't worry"]
out = pathlib.Path(__file__).parents[2] / "test/golden/text"
out.mkdir(parents=True, exist_ok=True)
golden = {"versions": {"open_clip": open_clip.__version__}, "contextLength": 77, "cases": cases,
          "smaller": {"contextLength": 32, "texts": some, "cases": [smaller(v, some) for v in (515, 640, 2000, 12000)]},
          "approximate": [{"text": text, "ids": [49406, *tokenizer.encode(text), 49407]} for text in approximate]}
(out / "clip-tokens.json").write_text(json.dumps(golden, indent=0, ensure_ascii=True) + "\n")
