-- Which documents print different values for the same thing, and which of them counts?
-- A figure that is printed twice with the same value is not listed. A raised target shows here too.
WITH stated AS (
    SELECT 'result' AS role, indicator_key, area_key, period_key, source_key, value, lower, upper, is_current
    FROM core.fact_observation
    UNION ALL
    SELECT 'target', indicator_key, area_key, period_key, source_key, value, lower, upper, is_current
    FROM core.fact_target
),
figures AS (
    SELECT f.*, a.area_code, s.published_on, s.address
    FROM stated AS f
    JOIN core.dim_area AS a USING (area_key)
    JOIN core.dim_source AS s USING (source_key)
)
SELECT
    a.area_name_en      AS area,
    i.indicator_name_en AS indicator,
    p.period_code       AS period,
    counts.role,
    u.unit_name_en      AS unit,
    counts.value        AS value_that_counts,
    counts.published_on,
    counts.address,
    other.value         AS other_value,
    other.published_on  AS other_published_on,
    other.address       AS other_address,
    coalesce(counts.lower > other.upper OR counts.upper < other.lower, false) AS bounds_exclude_each_other
FROM figures AS counts
JOIN figures AS other USING (role, indicator_key, area_code, period_key)
JOIN core.dim_indicator AS i USING (indicator_key)
JOIN core.dim_area AS a ON a.area_key = counts.area_key
JOIN core.dim_period AS p USING (period_key)
JOIN core.dim_unit AS u USING (unit_code)
WHERE counts.is_current
  AND NOT other.is_current
  AND other.value <> counts.value
ORDER BY a.area_code, i.indicator_name_en, p.last_day, p.period_code, counts.role, other.published_on, other.value
