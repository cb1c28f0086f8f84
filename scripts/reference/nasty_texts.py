"""Texts that tokenizers stumble over, all made up."""

NASTY = [
    "", " ", "   \t  \n ", "a", "XXXX", "XXXX XXXX, XXXX-year-old XXXX.", "x-XXXX", "The heart is normal in size. The lungs are clear.",
    "IMPRESSION: 1. No acute cardiopulmonary abnormality. 2. Stable 4.5 mm nodule, RIGHT upper lobe (RUL).",
    "naïve café Ångström Über façade ÉPANCHEMENT", "e\u0301panchement de\u0301ja\u0300 vu\u0308", "a\u0323\u0307 a\u0307\u0323", "ıIİi Straße STRASSE ẞ ŉ ǅ",
    "ΟΔΟΣ ΣΑΣ Σ ΑΣ. ακτινογραφία ΘΏΡΑΚΟΣ", "Рентген ГРУДНОЙ клетки Ёё Йй", "胸部X光片显示心脏扩大", "胸水は認めない。カテーテル", "흉부 방사선 사진",
    "\U00020000\U0002A6D6x\U0002B740y\U0002B820z\U0002CEA1 \U0002F800\uF900", "㐀䶵一龥", "صورة صدر طبيعية ١٢٣", "שָׁלוֹם עולם", "abc \u202eright\u202c to \u200fleft\u200e", "हिन्दी छाती", "ทรวงอก",
    "emoji 🫁 lungs ❤️ heart 👩🏽‍⚕️ 🇫🇷", "zero\u200bwidth\u200cjoin\u200der\u2060word\ufeff", "\ufeffmark first", "soft\u00adhyphen", "hard\u00a0space\u2003em\u3000wide\u2028line\u2029paragraph\u0085next",
    "bell\x07 null\x00 escape\x1b[0m del\x7f \x01\x02 unit\x1fsep", "vertical\x0btab form\x0cfeed", "tab\tnew\nline\r\nend\r", "replacement \ufffd private \ue000 unassigned \u0378",
    "ﬁbrosis ﬂuid eﬀusion", "Ｆｕｌｌ ｗｉｄｔｈ １２３！", "½ ² ³ ① Ⅷ ™ № ℃ ㎎", "𝐁𝐨𝐥𝐝 𝒾𝓉 \U0001D7D9", "“curly” ‘quotes’ patient’s – — … « » ‹ › „ ‚",
    "[CLS] literal [SEP] tokens [MASK] in [PAD] text [UNK]", "[cls] [Sep]x[MASK]y", "<|startoftext|> <|endoftext|>", "&amp; &lt;b&gt; R &gt; L &quot;q&quot; &#39;s &nbsp;x", "&eacute; &copy; &#233; &#x41; &AMP; &notanentity; AT&T",
    "sÃ£o Paulo naÃ¯ve donâ€™t", "don't DON'T o'clock 'twas rock'n'roll I'm we'll they've he'd you're it's", "under_score CamelCase http://a.b/c?d=1&e=2 x@y.org #1 $5 50% ^ ~ ` | \\",
    "3.14 1,000,000 10/12/2003 10:45a.m. T8-T10 ~25% 5'10\" 1e-5 -7 +8 a=b", "!!! ... --- ___ ### $$$ ***", "a" * 99, "b" * 100, "c" * 101, "d" * 200, "é" * 100, "long" + "x" * 500 + " word", "e\u0301" * 60, "𝐁" * 101,
    "pneumonoultramicroscopicsilicovolcanoconiosis", "no acute disease . " * 40, "＜ｔａｇ＞ \u2212 \u00d7 \u00f7 \u00b1 \u00b5 \u03bc", "ＡＢ ｶﾞ ﾊﾟ", "\u1e9b\u0323 \u212b \u2126 \u00c5", "a\u0300\u0301\u0302\u0303\u0304b",
]
LONG = " ".join(["no", "focal", "consolidation", "XXXX,", "pleural", "effusion.", "naïve", "3.5", "cm"][i * i % 9] for i in range(10000))
