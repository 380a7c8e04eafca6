"""The checks of `marts.consistency`, a module for each kind of figures that must agree.

A check is a function from what is known to one row a subject: the interval found, the one expected, and a sentence. Register
it in `CHECKS` of `consistency`, name it in the contract, and explain it in docs/method.md.
"""
