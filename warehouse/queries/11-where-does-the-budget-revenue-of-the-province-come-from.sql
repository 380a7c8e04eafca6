-- Where does the budget revenue of Quang Ninh come from, and what does each part add to the growth of the whole?
-- Land use fees are a part of domestic revenue. A contribution needs both years of the part and of the whole it belongs to;
-- the residual is what the parts that are known leave unexplained.
WITH RECURSIVE revenue AS (
    SELECT indicator_code, indicator_code AS path, 0 AS depth
    FROM core.dim_indicator
    WHERE indicator_code = 'budget_revenue_total'
    UNION ALL
    SELECT i.indicator_code, r.path || '/' || i.indicator_code, r.depth + 1
    FROM core.dim_indicator AS i
    JOIN revenue AS r ON i.parent_code = r.indicator_code
),
figures AS (
    SELECT g.*, r.path, r.depth
    FROM marts.growth AS g
    JOIN revenue AS r USING (indicator_code)
    WHERE g.area_code = '22'
      AND g.comparison = 'same_period_last_year'
)
SELECT
    p.period_name_en                                       AS period,
    repeat('  ', part.depth) || part.indicator_name_en     AS part,
    part.value                                             AS billion_vnd,
    round(100 * part.value / whole.value, 2)               AS share_of_total_pct,
    part.base_period,
    part.base,
    part.growth_pct,
    part.growth_reported_pct,
    part.growth_agreement,
    part.contribution_pp,
    part.contribution_residual_pp
FROM figures AS part
JOIN core.dim_period AS p ON p.period_code = part.period
LEFT JOIN figures AS whole ON whole.period = part.period AND whole.depth = 0
ORDER BY part.period_last_day, part.period, part.path
