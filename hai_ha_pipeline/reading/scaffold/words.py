"""The words that headers, roles and release stages are printed with, and the language of a text.

English, Vietnamese, German, and the codes of SDMX and the World Bank. A word that is missing only costs a doubt: add it here.
"""

import re
import unicodedata
from collections.abc import Iterable

from hai_ha_pipeline.reading.descriptor import StatementField

HEADERS: dict[StatementField, str] = {
    "indicator": "indicator|indicator name|indicator_name|series name|series|measure|variable|item|indicator code|series code|chỉ tiêu|tên chỉ tiêu|nội dung|các chỉ tiêu|indikator|kennzahl|merkmal|indicateur",
    "area": "area|ref_area|reference area|geo|country name|country|region|location|province|district|commune|city|cities, provincies|country code|địa bàn|địa phương|khu vực|vùng|tỉnh|huyện|xã|tỉnh, thành phố|đơn vị hành chính|gebiet|ort|land|kreis|gemeinde|provinz|bundesland",
    "period": "period|time_period|time period|time|year|date|month|quarter|kỳ|năm|thời gian|thời kỳ|tháng|quý|zeitraum|jahr|zeit|periode|stichtag",
    "role": "role|type|kind|loại|art|rolle",
    "value": "value|obs_value|observation value|amount|figure|giá trị|số liệu|trị số|wert|betrag|valeur",
    "unit": "unit|unit_measure|unit of measure|units|đơn vị|đơn vị tính|đvt|einheit|maßeinheit|unité",
    "qualifier": "qualifier|mức độ|zusatz",
    "growth": "growth|change|growth rate|% change|tăng|tăng trưởng|tốc độ tăng|so với cùng kỳ|veränderung|wachstum|zuwachs",
    "growth_basis": "growth_basis|growth basis|gốc so sánh|vergleichsbasis",
    "plan_fulfilment": "plan_fulfilment|plan fulfilment|fulfilment|% of plan|so với kế hoạch|% kế hoạch|planerfüllung",
    "status": "status|obs_status|observation status|flag|flags|tình trạng",
    "baseline": "baseline|baseline value|mức gốc|ausgangswert|basiswert",
    "baseline_period": "baseline_period|baseline period|baseline year|kỳ gốc|basiszeitraum|basisjahr",
    "address": "address|url|link|địa chỉ|adresse",
    "title": "title|document|source|tiêu đề|nguồn|titel|quelle",
    "published_on": "published_on|published|publication date|ngày đăng|ngày công bố|veröffentlicht|erschienen",
    "question": "question|câu hỏi|frage",
    "description": "description|mô tả|beschreibung",
    "note": "note|notes|remark|comment|comments|footnote|comment_obs|obs_note|ghi chú|hinweis|anmerkung|bemerkung",
}  # fmt: skip
NO_FIGURES = frozenset(
    ["nr", "no", "stt", "tt", "id", "code", "mã", "mã số", "schlüssel", "lfd. nr", "unit_mult", "decimals", "structure_id", "version", "#"]
)
MULTIPLIER = "unit_mult"
UNIT_WORDS = ("đơn vị tính", "đơn vị", "đvt", "unit of measure", "unit", "einheit")
UNIT_BEFORE = re.compile(rf"(?i)(?:\b(?:{'|'.join(UNIT_WORDS)})(?:s|en)?\s*[:：]|\bin)\s*(.+)$")
ROLES: dict[str, str] = {
    "target": "target|plan|planned|goal|kế hoạch|mục tiêu|chỉ tiêu kế hoạch|ziel|zielwert|soll",
    "result": "result|actual|actuals|achieved|observed|thực hiện|kết quả|ergebnis|ist|istwert",
    "baseline": "baseline|base|gốc|ausgangswert|basis",
}
STATUSES: dict[str, str] = {
    "P": "prel.|prel|preliminary|provisional|prov.|(p)|sơ bộ|vorläufig|vorl.",
    "E": "est.|est|estimate|estimated|(e)|ước|ước tính|geschätzt|schätzung",
    "F": "forecast|proj.|projection|projected|dự báo|dự kiến|prognose",
}
NUMBER_WORDS = {
    "keine": "0", "keiner": "0", "none": "0", "no": "0", "không": "0", "không có": "0", "ein": "1", "eine": "1", "one": "1", "một": "1",
    "zwei": "2", "two": "2", "hai": "2", "drei": "3", "three": "3", "ba": "3", "vier": "4", "four": "4", "bốn": "4", "fünf": "5", "five": "5",
    "năm": "5", "sechs": "6", "six": "6", "sáu": "6",
}  # fmt: skip
TOTALS = re.compile(
    r"(?i)^(?:total|tổng|cả nước|toàn tỉnh|whole country|insgesamt|gesamt|summe|all\b|cộng|trong đó|đồng bằng|trung du|bắc trung bộ|tây nguyên|đông nam bộ|vùng |.*\b(?:delta|region|highlands|coast)\b)"
)
_GERMAN = re.compile(r"(?i)\b(?:und|der|die|das|von|mit|Millionen|Milliarden|mehr als|Einheit|Wert|Jahr|Ergebnis|Ziel|Haushalte)\b|[äöüß]")
_ENGLISH = re.compile(r"(?i)\b(?:the|and|of|with|million|billion|value|year|name|total|source)\b")
_VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")


def tidy(header: str) -> str:
    """A header in lower case, without its footnotes and brackets; of `REF_AREA: Reference area` the code."""
    bare = re.sub(r"\([^)]*\)|\*+", "", header).strip().lower()
    return re.sub(r"\s+", " ", bare.split(":")[0]).strip(" .,;")


def fields_of_header(header: str) -> dict[StatementField, float]:
    """The statement fields that a header may name: 2 where it is that word, 1 where it begins or ends with it."""
    said = tidy(header)
    found: dict[StatementField, float] = {}
    for field, words in HEADERS.items():
        for word in words.split("|"):
            if said == word:
                found[field] = 2.0 - 0.01 * words.split("|").index(word)
                break
            if field not in found and len(word) > 2 and (said.startswith(word + " ") or said.endswith(" " + word)):
                found[field] = 1.0
    return found


def role_of(text: str) -> str | None:
    """The role that a word names, or none."""
    return _named(ROLES, text)


def status_of(text: str) -> str | None:
    """The release stage that a word beside a period names, or none."""
    return _named(STATUSES, text)


def _named(table: dict[str, str], text: str) -> str | None:
    return next((code for code, words in table.items() if text.strip().lower() in words.split("|")), None)


def language_of(texts: Iterable[str]) -> str | None:
    """Vietnamese, German or English, by letters and small words; none where nothing tells."""
    joined = unicodedata.normalize("NFC", " ".join(texts))
    letters = sum(char.isalpha() for char in joined) or 1
    if len(_VIETNAMESE.findall(joined)) / letters > 0.05:
        return "vi"
    german, english = len(_GERMAN.findall(joined)), len(_ENGLISH.findall(joined))
    if german + english == 0:
        return None
    return "de" if german > english else "en"
