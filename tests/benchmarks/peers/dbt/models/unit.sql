{{ dimension("unit") }}
