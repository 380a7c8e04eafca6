-- Which targets have no result inside their period, and does the same series have a result for any other period?
WITH results AS (
    SELECT
        a.area_code,
        i.indicator_code,
        count(*)                                                        AS results,
        string_agg(DISTINCT p.period_code, ', ' ORDER BY p.period_code) AS result_periods
    FROM core.fact_observation AS o
    JOIN core.dim_indicator AS i USING (indicator_key)
    JOIN core.dim_area AS a USING (area_key)
    JOIN core.dim_period AS p USING (period_key)
    WHERE o.is_current
    GROUP BY a.area_code, i.indicator_code
)
SELECT
    t.area_name_en                AS area,
    t.target_period,
    t.indicator_name_en           AS indicator,
    t.target_operator,
    t.target_value,
    t.unit_name_en                AS unit,
    t.target_as_printed,
    t.target_period_last_day      AS due_on,
    coalesce(r.results, 0)        AS results_in_other_periods,
    r.result_periods              AS other_periods,
    s.published_on                AS target_published_on,
    s.address                     AS target_address
FROM marts.attainment AS t
JOIN core.dim_source AS s ON s.source_key = t.target_source_key
LEFT JOIN results AS r USING (area_code, indicator_code)
WHERE t.status = 'no_result'
ORDER BY t.area_code, t.target_period, t.indicator_name_en
