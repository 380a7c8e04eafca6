{{ dimension("area") }}
