{% macro dimension(name) %}
SELECT row_number() OVER (ORDER BY {{ name }})::INTEGER AS {{ name }}_key, {{ name }}
FROM (SELECT DISTINCT {{ name }} FROM {{ source("raw", "printed") }})
{% endmacro %}
