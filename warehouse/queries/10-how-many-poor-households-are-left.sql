-- How many poor and near-poor households are left, how many were lifted out, and how far is that on the way to the target?
SELECT
    t.area_name_en                    AS area,
    t.indicator_name_en               AS indicator,
    t.baseline_period,
    t.baseline_value                  AS households_before,
    t.result_period                   AS until,
    t.result_as_printed,
    t.baseline_value - t.result_value AS lifted_out,
    t.result_value                    AS households_left,
    t.reduction_pct,
    t.target_value                    AS households_aimed_at,
    t.progress_pct,
    t.status
FROM marts.attainment AS t
WHERE t.indicator_code IN ('poor_households', 'near_poor_households')
ORDER BY t.area_code, t.indicator_name_en DESC, t.result_period_last_day
