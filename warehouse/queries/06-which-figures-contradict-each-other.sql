-- Which figures contradict each other: parts and totals, printed shares, growths, plans, cumulative values, two sources?
-- Contradiction means that no values inside the printed intervals fit together; in implied_pace, that no plausible ones do.
SELECT
    c.check_name,
    c.area_name_en      AS area,
    c.indicator_name_en AS indicator,
    c.period,
    c.role,
    c.expected_lower,
    c.expected_upper,
    c.found_lower,
    c.found_upper,
    c.explanation
FROM marts.consistency AS c
WHERE c.verdict = 'inconsistent'
ORDER BY c.area_code, c.period, c.indicator_name_en, c.check_name
