WITH figure AS (
    SELECT *, left(period, 4)::INTEGER AS year, right(period, 2) AS month
    FROM {{ ref("observation") }} JOIN {{ ref("period") }} USING (period_key)
)
SELECT figure.area_key, figure.indicator_key, figure.period_key, figure.value, before.value AS base,
       100 * (figure.value - before.value) / before.value AS growth_pct
FROM figure LEFT JOIN figure AS before
  ON before.area_key = figure.area_key AND before.indicator_key = figure.indicator_key
 AND before.month = figure.month AND before.year = figure.year - 1
