"""The room of the attainment ladder: five levels that the two write together, and the score over all goals."""
