"""Ukrainian numbers that are no figures: times, ordinals, ages, references, designations, years, "one of"."""

from __future__ import annotations

import re

from factcheck.text.patterns import Pattern

PHONE = Pattern(
    r"\+?\d{0,3}[\s(-]{0,3}\d{3}\)?[\s-]\d{2,3}[\s-]\d{2}[\s-]\d{2}|(?:\d-){2,12}\d|0[\s-]?800[\d\s-]{1,20}"
)
"""A telephone number."""
_CLOCK = Pattern(r"\d{1,2}[:.]\d{2}(?!\d|\s?(?:%|млн|млрд|тис))")
_OCLOCK_BEFORE = Pattern(r"(?i:(?<![\w'])(?:о|об|після|до|близько|з)\s$)")
_OCLOCK_AFTER = Pattern(r"(?i:\s?(?:годині|годину|ранку|вечора|ночі|дня)\b|-й\sгодин)")
_ORDINAL_AFTER = Pattern(r"-(?:та|тя|ша|га|ма|й|го|му|ї|х|м|те|ту|ті|ій|ою|им|их|а|е|у)(?![\w'])")
_JOINED_AFTER = Pattern(
    r"(?i:-(?:річн|мм|міліметров|го|денн|годинн|поверхов|відсотков|кілометров|тонн|місячн|тижнев|х\s|рази|кратн"
    r"|пункт)\w*)"
)
_KEPT_JOIN = Pattern(r"(?i:-(?:поверхов|кілометров|тонн|відсотков)\w*)")
_NAMED_BEFORE = Pattern(r"(?:(?<![\w'])[\w']*[^\W\d_]-$|№\s?$|\bn\s$)", re.IGNORECASE)
_REFERENCE_BEFORE = Pattern(
    r"(?i:(?<![\w'])(?:ст|статт\w+|статей|ч|частин\w+|п|пункт\w*|буд|будин\w+|кв|квартир\w*|каб|кабінет\w*"
    r"|вул\.?\s[\w'\s-]{1,40},|"
    r"просп\.?\s[\w'\s-]{1,40},|проспект\w*\s[\w'\s-]{1,40},|вулиц\w+\s[\w'\s-]{1,40},|тел|телефон\w*|лінія"
    r"|номер\w*|маршрут\w*|рейс\w*|"
    r"канал\w*|школ\w+|бригад\w+|калібр\w*|зал\w?|ліні[яюї]|резолюці\w+|закон\w*|потяг\w*|траса|траси|палата"
    r"|аудиторі\w+)\.?[:\s]\s?(?:№\s?)?$)"
)
_AGE = Pattern(r"(?i:(?:віком|віці|виповнилос\w+)\s(?:від\s|до\s)?$)")
_ONE_OF = Pattern(r"(?i:\s(?:із|з|зі|одного|одним|одному|одну|лише|інш\w+)\b)")
_YEAR_BEFORE = Pattern(r"(?i:(?<![\w'])(?:у|в|з|до|від|після|станом\sна|січні|травні)\s$)")


def is_no_figure(text: str, match: re.Match[str], floor: int, stop: int, limit: int) -> bool:
    """Whether a number is a time, an ordinal, an age, a reference, a designation, a year or "one of".

    ``match`` has the digits or words of the number as ``da`` and ``wa``, its scale as ``sa``.
    """
    begin = match.start()
    before = text[max(floor, begin - 50) : begin]
    if match["da"]:
        return _is_reference(text, match, before, stop, limit)
    low = (match["wa"] or "").lower()
    single = low in ("один", "одна", "одне", "одного", "однієї", "одну", "одному", "одним", "однією", "одній")
    return single and not match["sa"] and (bool(_ONE_OF.match(text, stop, limit)) or before.endswith(("ще ", "не ")))


def _is_reference(text: str, match: re.Match[str], before: str, stop: int, limit: int) -> bool:
    if match["sign"]:
        return False
    if _CLOCK.match(text, match.start(), limit) and not match["sa"] and "," not in match["da"]:
        return True
    if _OCLOCK_AFTER.match(text, stop, limit) and _OCLOCK_BEFORE.search(before):
        return True
    if _ORDINAL_AFTER.match(text, stop, limit) or _REFERENCE_BEFORE.search(before) or _AGE.search(before):
        return True
    if _JOINED_AFTER.match(text, stop, limit) and not _KEPT_JOIN.match(text, stop, limit):
        return True
    if _NAMED_BEFORE.search(before):
        return True
    digits = match["da"]
    if digits.startswith("0") and digits.isdecimal() and len(digits) > 1:
        return True
    year = digits.isdecimal() and len(digits) == 4 and 1900 <= int(digits) <= 2100 and not match["sa"]
    return year and bool(_YEAR_BEFORE.search(before))
