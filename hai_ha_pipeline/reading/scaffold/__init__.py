"""From files of an unknown shape to a first descriptor: guesses, each with its evidence, and doubts where there is too little."""
