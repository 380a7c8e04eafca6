"""What a printed figure means: numbers, the words around them, and periods. Pure functions of text."""
