SELECT area_key, indicator_key, period_key, unit_key, status, value AS value_as_printed,
       translate(value, ',.', '.')::DECIMAL(18, 6) AS value
FROM {{ source("raw", "printed") }}
JOIN {{ ref("area") }} USING (area)
JOIN {{ ref("indicator") }} USING (indicator)
JOIN {{ ref("period") }} USING (period)
JOIN {{ ref("unit") }} USING (unit)
