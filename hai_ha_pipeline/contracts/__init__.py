"""What every table must be: one Pandera class a table. The class is also its documentation."""
