-- Which documents print different values for the same thing, and which of them counts?
-- A figure that is printed twice with the same value is not listed.
WITH figures AS (
    SELECT o.*, i.indicator_code, i.indicator_name_en, i.unit_code, a.area_code, a.area_name_en, p.period_code, p.last_day,
           s.published_on, s.address
    FROM core.fact_observation AS o
    JOIN core.dim_indicator AS i USING (indicator_key)
    JOIN core.dim_area AS a USING (area_key)
    JOIN core.dim_period AS p USING (period_key)
    JOIN core.dim_source AS s USING (source_key)
)
SELECT
    counts.area_name_en                                                       AS area,
    counts.indicator_name_en                                                  AS indicator,
    counts.period_code                                                        AS period,
    u.unit_name_en                                                            AS unit,
    counts.value                                                              AS value_that_counts,
    counts.published_on                                                       AS published_on,
    counts.address                                                            AS address,
    other.value                                                               AS other_value,
    other.published_on                                                        AS other_published_on,
    other.address                                                             AS other_address,
    counts.value - other.value                                                AS difference,
    coalesce(counts.lower > other.upper OR counts.upper < other.lower, false) AS bounds_exclude_each_other
FROM figures AS counts
JOIN figures AS other
    ON  other.indicator_code = counts.indicator_code
    AND other.area_code      = counts.area_code
    AND other.period_code    = counts.period_code
    AND NOT other.is_current
    AND other.value <> counts.value
JOIN core.dim_unit AS u ON u.unit_code = counts.unit_code
WHERE counts.is_current
ORDER BY counts.area_code, counts.indicator_name_en, counts.last_day, counts.period_code, other.published_on, other.value
