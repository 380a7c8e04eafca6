-- How fast does each figure grow: computed from two printed figures, beside the growth that its source prints?
-- Rates have no growth; their change in percentage points stands in its own column.
SELECT
    g.area_name_en      AS area,
    g.indicator_name_en AS indicator,
    p.period_name_en    AS period,
    g.comparison,
    g.value,
    g.unit_name_en      AS unit,
    g.base_period,
    g.base,
    g.growth_pct,
    g.growth_reported_pct,
    g.implied_base,
    g.change_pp
FROM marts.growth AS g
JOIN core.dim_period AS p ON p.period_code = g.period
WHERE g.growth_pct IS NOT NULL
   OR g.growth_reported_pct IS NOT NULL
   OR g.change_pp IS NOT NULL
ORDER BY g.area_code, g.indicator_name_en, g.period_last_day, g.period, g.comparison
