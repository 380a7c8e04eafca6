"""Why a figure or record is set aside: the one list of all rules, with cause, remedy and an example.

The contracts allow no other name, and `docs/rejections.md` is made from this list. Names are those of Frictionless' error
types where one fits. How a rule finds its rows stands where it judges: `reading` for records, `transforms` for figures.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rejection:
    """One rule by its stable name, in words for an analyst (Markdown)."""

    rule: str
    cause: str
    remedy: str
    example: str


RECORDS: tuple[Rejection, ...] = (
    Rejection(
        "missing-cell",
        "The record has fewer cells than the header: a cell was left out, a line break stands in a cell that is not quoted, or the line is no record but a remark.",
        "Write every cell in the export, an empty one as well. Name the line of a remark in `commentRows`, or its mark as `commentChar`.",
        "`output;2024` under the header `what;when;figure`",
    ),
    Rejection(
        "extra-cell",
        "The record has more cells than the header, or text in a column without a name: a delimiter stands inside a cell that is not quoted, or somebody has written beside the table.",
        "Quote the cell in the export, or export with another delimiter and declare it. A column of remarks needs a name in the header.",
        "`1,234` unquoted in a file with commas",
    ),
    Rejection(
        "quote-error",
        "A quote stands inside a cell that is not quoted, or one that opens never closes. Most readers merge or shift cells here without a word.",
        "Quote the cell from end to end in the export, and double the quotes inside it. If the file does not quote at all, declare another `quoteChar`.",
        '`output;5" pipes;100`',
    ),
    Rejection(
        "ambiguous-quote",
        "A quoted cell spans several lines, of which at least one is a whole record by itself: the closing quote may be missing, and both readings are possible.",
        "Close the quote in the export, or remove the line breaks from the cell.",
        '`"output;2024;100`, and some lines below `output;2024";300`',
    ),
    Rejection(
        "control-character",
        "The record holds a control character, which no table needs: the file was damaged, or its encoding is another.",
        "Export the file again; if that does not help, correct `encoding`.",
        "a bell (0x07) inside a word",
    ),
    Rejection(
        "incorrect-label",
        "Separators or quotes of the header are damaged, while its letters are those of the declared names. The columns are read as declared; the line itself is reported.",
        "Mend the header's line in the export, and check that the columns stand in the declared order.",
        '`what;wh"en;figure`',
    ),
    Rejection(
        "repeated-header",
        "The record is the header again, as after a page break, or where several exports were put into one file.",
        "Nothing needs to be done: it holds no figure. Name its line in `commentRows` to have it no longer reported.",
        "a second `what;when;figure` in the middle of the file",
    ),
    Rejection(
        "another-table",
        "Above the record stands the header again, but printed otherwise than the first one, for instance with other quotes: a second export was pasted below the first, and nothing says how it is to be read.",
        "Give each export a file of its own in the folder.",
        '`"what";"when";"figure"` in the middle of a file that begins with `what;when;figure`',
    ),
    Rejection(
        "duplicate-row",
        "The record is the same, cell for cell, as an earlier one of the file. The earlier one loads.",
        "Delete the line in the export. If both are meant, add a column that tells them apart.",
        "`output;2024;100` twice",
    ),
    Rejection(
        "excluded",
        "The descriptor sets the record aside on purpose under `excluded`, such as a total that no area stands for. It does not count towards `max_rejected_share`.",
        "Nothing needs to be done. To load it after all, take its text out of `excluded`.",
        "`Red River Delta` in a column of provinces",
    ),
)

FIGURES: tuple[Rejection, ...] = (
    Rejection(
        "unknown-indicator",
        "No code, name or synonym of an indicator is written so, or the cell is empty. The reason names the nearest known ones.",
        "Map the publisher's word under `names`, or add a line or a synonym to `reference/indicators.csv`.",
        "`outputt`",
    ),
    Rejection(
        "unknown-area",
        "No code, name or synonym of an area is written so, the cell is empty, or no such unit existed in the period.",
        "Map the publisher's word under `names`, or add a line or a synonym to `reference/areas.csv`. For a unit that did not exist yet, correct the period or the code.",
        "`Đường Hoa` in 2024: the commune exists since 1 July 2025",
    ),
    Rejection(
        "ambiguous-area",
        "The name or code fits several units in the period; the reason names them with their dates.",
        "Map it to a code under `names`; where a code was re-used within the period, give a period on one side of the change.",
        "code `06946` in 2025: Quang Phong until 30 June, Duong Hoa from 1 July",
    ),
    Rejection(
        "unknown-period",
        "`period` or `baseline_period` cannot be read, or its year lies outside 1900 to 2100.",
        "Write it as `2024`, `2024-S1`, `2024-Q1`, `2024-07` or `2024-01-01/P7M`, or map it under `names`.",
        "`last summer`",
    ),
    Rejection(
        "unknown-role",
        "The role is none of `result`, `target`, `baseline`.",
        "Map the publisher's word under `names`.",
        "`Ziel`",
    ),
    Rejection(
        "unknown-growth-basis",
        "What the growth compares with is neither `same_period_last_year` nor `previous_period`.",
        "Map the publisher's word under `names`; a comparison with the plan belongs in `plan_fulfilment`.",
        "`the plan`",
    ),
    Rejection(
        "unknown-unit",
        "No code, name or synonym of a unit is written so, or the cell is empty. The reason names the nearest known ones.",
        "Map the publisher's word under `names`, give the unit under `constants`, or add a line or a synonym to `reference/units.csv`.",
        "`bilion VND`",
    ),
    Rejection(
        "unit-of-another-quantity",
        "The unit measures something else than the indicator, or per cent stand in the cell beside another unit. Units convert only inside one quantity.",
        "Correct the unit, or map the row to the indicator that it really is, such as one in USD.",
        "`million USD` for an indicator in billion VND",
    ),
    Rejection(
        "type-error",
        "The cell holds no number in the declared format, as in brackets or with no digit before its mark; for `published_on` no date.",
        "Correct `decimalChar` and `groupChar`. Map a single word under `names`, declare a mark for a gap under `missingValues`, or correct the cell by a line in `corrections.csv`.",
        "`1,234.5` where the comma is declared as decimal mark",
    ),
    Rejection(
        "unknown-words",
        "A word beside the number is not known, words contradict each other, or they say a fall or an index in a value, so that the meaning is not certain.",
        "Map the whole cell under `names`, or correct it by a line in `corrections.csv`. A word that many sources use belongs in `hai_ha_pipeline/parsing/words.py`.",
        "`100 per head`; `down -7 %`",
    ),
    Rejection(
        "missing-baseline",
        "The figure is printed as a reduction, but nothing says from which level.",
        "Give the level in a column or constant `baseline`, or the cell as a part of it.",
        "`reduced by 39` where `39/67` is meant",
    ),
    Rejection(
        "constraint-error",
        "The figure lies outside the indicator's plausible range, is too large or has more than six decimals in the indicator's unit, or is a range whose end is below its start.",
        "Correct the unit or the number format, or the cell by a line in `corrections.csv`. If the figure is right, widen the range in `reference/indicators.csv`; for more than six decimals give `round_to`.",
        "`500.000.000` billion VND where 100,000 is plausible at most",
    ),
    Rejection(
        "ambiguous-number",
        "One separator before three digits has two readings. The declared one lies outside the plausible range, or a thousand times off the nearest figures of the series; the other does not.",
        "Look it up, and settle it with a line in `corrections.csv` that says why: in `corrected` the cell as it is to be read in the declared format.",
        "`33.796` million USD for half a year, beside 53 for the whole",
    ),
    Rejection(
        "magnitude-jump",
        "The figure is about a thousand (or a million) times off its series, as where a unit changes from million to thousand without a word. Where as many figures stand on either level, all are set aside, for either may be wrong.",
        "Correct the unit in the descriptor, or the cell by a line in `corrections.csv`. If the figure is right, a line whose `corrected` is its `expected` confirms it, and with it the others of its level.",
        "`26.68`, then `33785.30` in the next year",
    ),
)

REJECTIONS = (*RECORDS, *FIGURES)
RULE_NAMES = tuple(rejection.rule for rejection in REJECTIONS)
REMEDIES = {rejection.rule: rejection.remedy for rejection in REJECTIONS}
