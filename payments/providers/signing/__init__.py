"""How providers sign: exact to the character, compared in constant time, and no input makes it raise. Pure."""
