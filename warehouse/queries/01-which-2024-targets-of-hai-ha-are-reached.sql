-- Which of the targets that Hai Ha set itself for 2024 are reached, which still ran at the last known result, and why?
-- One row a target and result period; `is_latest` marks the row that counts.
WITH targets AS (
    SELECT *
    FROM marts.attainment
    WHERE area_code = '201'
      AND target_period = '2024'
),
verdicts AS (
    SELECT target_key, status AS verdict
    FROM targets
    WHERE is_latest
)
SELECT
    t.indicator_name_en AS indicator,
    t.target_as_printed,
    p.period_name_en    AS result_until,
    t.result_as_printed,
    t.result_value,
    t.unit_name_en      AS unit,
    t.fulfilment_pct,
    t.progress_pct,
    t.expected_pct,
    t.is_latest,
    t.status,
    t.status_reason
FROM targets AS t
JOIN verdicts AS v USING (target_key)
LEFT JOIN core.dim_period AS p ON p.period_code = t.result_period
ORDER BY
    CASE v.verdict WHEN 'achieved' THEN 1 WHEN 'not_achieved' THEN 2 WHEN 'no_result' THEN 9 ELSE 5 END,
    t.indicator_name_en,
    t.result_period_last_day
