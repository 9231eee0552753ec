"""How much one caller may ask of us in a second."""
