{{ dimension("indicator") }}
