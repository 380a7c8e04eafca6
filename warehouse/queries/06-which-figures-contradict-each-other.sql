-- Which figures contradict each other: parts and totals, printed shares, printed growth beside that of the parts or of the series?
-- Contradiction means that no values inside the printed intervals fit together.
WITH contradictions AS (
    SELECT check_name, indicator_code, area_code, period, role, expected_lower, expected_upper, found_lower, found_upper, explanation
    FROM marts.consistency
    WHERE verdict = 'inconsistent'
    UNION ALL
    SELECT
        'growth_of_the_series',
        g.indicator_code,
        g.area_code,
        g.period,
        'result',
        g.growth_lower_pct,
        g.growth_upper_pct,
        o.growth_reported_lower_pct,
        o.growth_reported_upper_pct,
        format('the growth is printed as {:.2f} %, but {:,.2f} on {:,.2f} in {} is {:.2f} %',
               g.growth_reported_pct, g.value, g.base, g.base_period, g.growth_pct)
    FROM marts.growth AS g
    JOIN core.fact_observation AS o USING (observation_key)
    WHERE g.growth_agreement = 'incompatible'
)
SELECT
    c.check_name,
    a.area_name_en      AS area,
    i.indicator_name_en AS indicator,
    c.period,
    c.role,
    c.expected_lower,
    c.expected_upper,
    c.found_lower,
    c.found_upper,
    c.explanation
FROM contradictions AS c
JOIN core.dim_indicator AS i USING (indicator_code)
JOIN core.dim_period AS p ON p.period_code = c.period
JOIN core.dim_area AS a
    ON  a.area_code = c.area_code
    AND a.valid_from <= p.last_day
    AND (a.valid_to IS NULL OR a.valid_to > p.first_day)
-- A code can have two versions in one period: the later one is meant.
QUALIFY row_number() OVER (
    PARTITION BY c.check_name, c.indicator_code, c.area_code, c.period, c.role
    ORDER BY a.valid_from DESC
) = 1
ORDER BY c.area_code, c.period, i.indicator_name_en, c.check_name
