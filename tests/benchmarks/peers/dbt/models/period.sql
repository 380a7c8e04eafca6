{{ dimension("period") }}
